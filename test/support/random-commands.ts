// Random commands of random people, through the services: most are fit for the moment, some are refused. Used one after another for
// histories, and by many writers at once.
import { ConditionTable } from '../../src/acceptances/condition.table.js';
import { ConditionsService } from '../../src/acceptances/conditions.service.js';
import { SuspensionTable } from '../../src/acceptances/suspension.table.js';
import { SuspensionsService } from '../../src/acceptances/suspensions.service.js';
import { AcceptancesService } from '../../src/acceptances/acceptances.service.js';
import type { Lane } from '../../src/domain/actor.js';
import { CONDITION_EFFECTS } from '../../src/domain/condition.js';
import { plusDays, plusHours } from '../../src/domain/clock.js';
import { sha256 } from '../../src/domain/digest.js';
import type { Mitigation } from '../../src/domain/mitigation.js';
import { EvidenceService } from '../../src/evidence/evidence.service.js';
import { EvidenceTable } from '../../src/evidence/evidence.table.js';
import { MitigationTable } from '../../src/mitigations/mitigation.table.js';
import { MitigationsService } from '../../src/mitigations/mitigations.service.js';
import type { Stored } from '../../src/domain/package.js';
import type { Promotion } from '../../src/domain/promotion.js';
import type { Risk } from '../../src/domain/risk.js';
import type { AiSystem } from '../../src/domain/system.js';
import { Refusal } from '../../src/domain/refusal.js';
import { IMPACT_KINDS } from '../../src/domain/impact-elements.js';
import { FindingTable } from '../../src/monitoring/finding.table.js';
import { FindingsService } from '../../src/monitoring/findings.service.js';
import { ImpactTable } from '../../src/impacts/impact.table.js';
import { ImpactsService } from '../../src/impacts/impacts.service.js';
import { ImpactApprovalsService } from '../../src/reviews/impact-approvals.service.js';
import { everyAnswer } from './given.js';
import { DeploymentsService } from '../../src/gate/deployments.service.js';
import { GateService } from '../../src/gate/gate.service.js';
import { BUILT_IN_ISSUER } from '../../src/identity/issuer.js';
import { PeopleService } from '../../src/identity/people.service.js';
import type { GovernedTable } from '../../src/platform/columns.table.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { LaneReviewsService } from '../../src/reviews/lane-reviews.service.js';
import { PromotionsService } from '../../src/reviews/promotions.service.js';
import { PromotionTable, SignOffTable } from '../../src/reviews/review.table.js';
import { BaselineTable } from '../../src/gate/baseline.table.js';
import { BreakGlassService } from '../../src/gate/break-glass.service.js';
import { BreakGlassTable } from '../../src/gate/break-glass.table.js';
import { BaselinesService } from '../../src/gate/baselines.service.js';
import { WaiverTable } from '../../src/reviews/waiver.table.js';
import { WaiversService } from '../../src/reviews/waivers.service.js';
import { SignOffsService } from '../../src/reviews/sign-offs.service.js';
import { AcceptanceTable } from '../../src/acceptances/acceptance.table.js';
import { RiskTable } from '../../src/risks/risk.table.js';
import { ConfirmationsService } from '../../src/acceptances/confirmations.service.js';
import { DelegationsService } from '../../src/identity/delegations.service.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { ReleasesService } from '../../src/systems/releases.service.js';
import { ReleaseTable, SystemTable } from '../../src/systems/system.table.js';
import { SystemsService } from '../../src/systems/systems.service.js';
import { askToSign, at, confirmSign, estimate, givenRelease, givenRisk, openPromotion, questionAbout, sign, signOn, type Register } from './register.js';
import { Nothing, type Chance } from './world-random.js';

const REVIEWERS = ['petra', 'lena', 'kim', 'vera', 'omar', 'bea', 'rita', 'hugo'] as const;

const LENDERS = [['petra', 'PRIVACY'], ['lena', 'LEGAL'], ['kim', 'SECURITY'], ['kim', 'PROVENANCE'], ['rita', 'RISK'], ['bea', 'BUSINESS'], ['omar', 'OPS']] as const;

export class RandomCommands {
  #admitted = 0;
  readonly #lent: { readonly id: string; readonly to: string; readonly lane: Lane }[] = [];

  constructor(private readonly register: Register, private readonly chance: Chance, private readonly systemIds: readonly string[]) {}

  /** Does something; says how it ended: DONE, or the code of the refusal. Nothing to choose from counts as an attempt of nothing. */
  async step(): Promise<string> {
    const command = this.chance.weighted(this.#commands);
    try {
      await command(this.chance.pick(this.systemIds));
      return 'DONE';
    } catch (error) {
      if (error instanceof Nothing) return 'NOTHING';
      if (error instanceof Refusal) return error.code;
      throw error;
    }
  }

  readonly #commands: readonly (readonly [number, (systemId: string) => Promise<unknown>])[] = [
    [4, (systemId) => givenRisk(this.register, systemId)],
    [3, async (systemId) => this.#risks.edit(this.#as('dana'), at(await this.#risk(systemId)), { affectedParties: [`party ${String(this.chance.between(1, 99))}`] })],
    [6, async (systemId) => this.#risks.assess(this.#as('sam'), at(await this.#risk(systemId, 'IDENTIFIED', 'ASSESSED', 'MONITORED')), estimate(this.chance.pick([1, 1, 2, 5])))],
    [6, async (systemId) => this.register.app.get(ConfirmationsService).confirm(this.#as('rita'), at(await this.#risk(systemId, 'ASSESSED', 'TREATING')))],
    [2, async (systemId) => this.#risks.planTreatment(this.#as('sam'), at(await this.#risk(systemId, 'ASSESSED')), this.chance.pick(['REDUCE', 'RETAIN']), 'As discussed.')],
    [2, async (systemId) => this.#risks.turn(this.#as('rita'), at(await this.#risk(systemId)), this.chance.pick(['reopen', 'reopen', 'close', 'reject']), 'Looked at again.')],
    [2, async (systemId) => this.#acceptances.request(this.#as('sam'), at(await this.#risk(systemId, 'ASSESSED')), { reason: 'Worth it.', validUntil: plusDays(new Date().toISOString(), 5) })],
    [3, async (systemId) => this.#acceptances.grant(this.#as(this.chance.pick(['hugo', 'eve', 'bea', 'rita'])), at(await this.#one(AcceptanceTable, systemId)))],
    [1, async (systemId) => this.#acceptances.end(this.#as('hugo'), at(await this.#one(AcceptanceTable, systemId)), 'revoke', 'Not any more.')],
    [1, async (systemId) => this.#suspensions.impose(this.#as('rita'), systemId, { risk: (await this.#risk(systemId)).id, cause: 'INCIDENT', reason: 'Seen in use.' })],
    [4, async (systemId) => this.#suspensions.lift(this.#as('hugo'), at(await this.#one(SuspensionTable, systemId)), 'Looked at anew.')],
    [2, async (systemId) => this.#signOn(await this.#openOne(systemId))],
    [2, async (systemId) => this.#fulfil(systemId)],
    [2, async (systemId) => this.#conditions.confirm(this.#as(this.chance.pick(REVIEWERS)), at(await this.#one(ConditionTable, systemId)), 'So it is.')],
    [3, (systemId) => givenRelease(this.register, systemId)],
    [1, async (systemId) => this.register.app.get(ReleasesService).withdraw(this.#as('hugo'), at(await this.#one(ReleaseTable, systemId)), 'Faulty.')],
    [5, async (systemId) => openPromotion(this.register, (await this.#one(ReleaseTable, systemId)).id, this.chance.pick(['pilot', 'pilot', 'production']))],
    [1, async (systemId) => this.register.app.get(PromotionsService).cancel(this.#as('sam'), at(await this.#openOne(systemId)), 'Later.')],
    [5, async (systemId) => this.#sign(await this.#openOne(systemId))],
    [3, async (systemId) => this.#claim(await this.#openOne(systemId))],
    [2, async (systemId) => this.#withdrawSignOff(systemId)],
    [4, async (systemId) => this.register.app.get(GateService).check(this.#as('pipeline'), questionAbout(await this.#one(ReleaseTable, systemId)))],
    [5, (systemId) => this.#deploy(systemId)],
    [1, async (systemId) => this.#systems.operate(this.#as('hugo'), at(await this.#system(systemId)), this.chance.pick(['suspend', 'resume', 'resume']), 'For a while.')],
    [1, async (systemId) => this.#systems.assessTier(this.#as('hugo'), at(await this.#system(systemId)), { tier: this.chance.pick(['MINIMAL', 'MODERATE']), euClass: 'MINIMAL', flags: [], rationale: 'Again.' })],
    [1, async (systemId) => this.#systems.edit(this.#as('sam'), at(await this.#system(systemId)), { affectedGroups: [`group ${String(this.chance.between(1, 9))}`] })],
    [3, async (systemId) => this.#propose((await this.#risk(systemId)).id)],
    [4, async (systemId) => this.#carryOut(systemId, await this.#one(MitigationTable, systemId))],
    [3, async (systemId) => this.#collect(systemId, (await this.#all(EvidenceTable, systemId)).at(-1)?.id ?? null)],
    [2, async (systemId) => this.#evidence.verify(this.#as('kim'), at(await this.#one(EvidenceTable, systemId)))],
    [1, async (systemId) => this.#evidence.revoke(this.#as('rita'), at(await this.#one(EvidenceTable, systemId)), 'The test was wrong.')],
    [1, async (systemId) => this.#mitigations.fail(this.#as('kim'), at(await this.#one(MitigationTable, systemId)), 'It leaks.')],
    [1, async (systemId) => this.#mitigations.cancel(this.#as(this.chance.pick(['sam', 'rita'])), at(await this.#one(MitigationTable, systemId)), 'Too dear.')],
    [3, (systemId) => this.#writeImpact(systemId)],
    [2, async (systemId) => this.register.app.get(ImpactApprovalsService).approve(this.#as(this.chance.pick(['petra', 'lena', 'rita'])), at(await this.#one(ImpactTable, systemId)), null)],
    [1, async (systemId) => this.#impacts.revise(this.#as('sam'), at(await this.#one(ImpactTable, systemId)), 'Again.')],
    [2, (systemId) => this.#findings.raise(this.#as('vera'), systemId, { source: 'VALIDATION', severity: this.chance.pick(['LOW', 'MODERATE', 'HIGH']), statement: 'Found.', owner: 'dana', release: null, risk: null, mitigation: null })],
    [2, async (systemId) => this.#findings.plan(this.#as('dana'), at(await this.#one(FindingTable, systemId)), { action: 'Mend it.', due: plusDays(new Date().toISOString(), 5) })],
    [2, async (systemId) => this.#findings.complete(this.#as('dana'), at(await this.#one(FindingTable, systemId)), [(await this.#one(EvidenceTable, systemId)).id])],
    [2, async (systemId) => this.#findings.close(this.#as('rita'), at(await this.#one(FindingTable, systemId)), 'Mended.')],
    [1, async (systemId) => this.#findings.acceptRisk(this.#as('rita'), at(await this.#one(FindingTable, systemId)), (await this.#one(AcceptanceTable, systemId)).id)],
    [1, async (systemId) => this.#findings.rate(this.#as('rita'), at(await this.#one(FindingTable, systemId)), this.chance.pick(['LOW', 'HIGH']), 'Looked at again.')],
    [2, (systemId) => this.#waive(systemId)],
    [3, async (systemId) => this.#waivers.grant(this.#as(this.chance.pick(['hanna', 'rita', 'petra', 'kim'])), at(await this.#one(WaiverTable, systemId)))],
    [1, async (systemId) => this.#waivers.end(this.#as(this.chance.pick(['sam', 'hanna'])), at(await this.#one(WaiverTable, systemId)), this.chance.pick(['withdraw', 'revoke']), 'Not any more.')],
    [4, () => this.#lend()],
    [1, async () => this.#delegations.revoke(this.#as('ada'), { id: this.chance.pick(this.#lent).id, expectedVersion: 1 }, 'Back again.')],
    [1, async (systemId) => this.#baselines.propose(this.#as('sam'), { system: systemId, environment: 'pilot', bundleDigests: [(await this.#one(ReleaseTable, systemId)).bundleDigest], until: plusDays(new Date().toISOString(), 5), reason: 'It ran before.' })],
    [1, async (systemId) => this.#baselines.confirm(this.#as(this.chance.pick(['rita', 'hugo'])), at(await this.#one(BaselineTable, systemId)))],
    [1, async (systemId) => this.#baselines.end(this.#as('sam'), at(await this.#one(BaselineTable, systemId)), this.chance.pick(['withdraw', 'end']), 'Not any more.')],
    [1, async (systemId) => this.#glass.invoke(this.#as(this.chance.pick(['sam', 'dana'])), { system: systemId, environment: 'pilot', bundleDigest: (await this.#one(ReleaseTable, systemId)).bundleDigest, emergency: 'OUTAGE', incident: 'It fails.', validUntil: plusHours(new Date().toISOString(), 5) })],
    [2, async (systemId) => this.#glass.turnSecondKey(this.#as('eve'), at(await this.#one(BreakGlassTable, systemId)))],
    [1, async (systemId) => this.#glass.review(this.#as(this.chance.pick(['rita', 'hugo'])), at(await this.#one(BreakGlassTable, systemId)), this.chance.pick(['ratify', 'condemn']), 'Looked at.')],
    [1, () => this.#admit()],
  ];

  get #risks(): RisksService { return this.register.app.get(RisksService); }
  get #acceptances(): AcceptancesService { return this.register.app.get(AcceptancesService); }
  get #evidence(): EvidenceService { return this.register.app.get(EvidenceService); }
  get #mitigations(): MitigationsService { return this.register.app.get(MitigationsService); }
  get #impacts(): ImpactsService { return this.register.app.get(ImpactsService); }
  get #findings(): FindingsService { return this.register.app.get(FindingsService); }
  get #suspensions(): SuspensionsService { return this.register.app.get(SuspensionsService); }
  get #conditions(): ConditionsService { return this.register.app.get(ConditionsService); }
  get #waivers(): WaiversService { return this.register.app.get(WaiversService); }
  get #delegations(): DelegationsService { return this.register.app.get(DelegationsService); }
  get #baselines(): BaselinesService { return this.register.app.get(BaselinesService); }
  get #glass(): BreakGlassService { return this.register.app.get(BreakGlassService); }
  get #systems(): SystemsService { return this.register.app.get(SystemsService); }

  #as(handle: string): ReturnType<Register['as']> {
    return this.register.as(handle);
  }

  async #all<T extends { readonly id: string; readonly version: number }>(table: GovernedTable<T>, systemId: string): Promise<Stored<T>[]> {
    return this.register.app.get(UnitOfWork).read(this.#as('axel'), 'register.read', (scope) => scope.all(table, { systemId }));
  }

  async #one<T extends { readonly id: string; readonly version: number }>(table: GovernedTable<T>, systemId: string): Promise<Stored<T>> {
    return this.chance.pick(await this.#all(table, systemId));
  }

  async #risk(systemId: string, ...states: Risk['state'][]): Promise<Stored<Risk>> {
    const risks = await this.#all(RiskTable, systemId);
    return this.chance.pick(states.length === 0 ? risks : risks.filter(({ state }) => states.includes(state)));
  }

  async #openOne(systemId: string): Promise<Stored<Promotion>> {
    return this.chance.pick((await this.#all(PromotionTable, systemId)).filter(({ state }) => state === 'OPEN'));
  }

  async #system(systemId: string): Promise<Stored<AiSystem>> {
    return this.register.app.get(UnitOfWork).read(this.#as('axel'), 'register.read', (scope) => scope.get(SystemTable, systemId));
  }

  async #sign(promotion: Stored<Promotion>): Promise<unknown> {
    const self = promotion.lanes.filter(({ level }) => level === 'SELF').map(({ lane }) => lane);
    if (self.length > 0 && this.chance.happens(0.7)) return sign(this.register, 'sam', promotion, self);
    if (this.chance.happens(0.3)) return this.#signInPlaceOfSomebody(promotion);
    const lane: Lane = this.chance.pick(promotion.lanes).lane;
    return sign(this.register, this.chance.pick(REVIEWERS), promotion, [lane]);
  }

  async #signInPlaceOfSomebody(promotion: Stored<Promotion>): Promise<unknown> {
    const { id, to, lane } = this.chance.pick(this.#lent);
    const { challenge, packages } = await this.register.app.get(SignOffsService).request(this.#as(to), [promotion.id], [lane], { delegation: id });
    return confirmSign(this.register, to, { challenge, packageDigests: packages.map(({ digest }) => digest) });
  }

  /** Somebody lends what they may sign to a colleague; to oneself it is refused. */
  async #lend(): Promise<void> {
    const [from, lane] = this.chance.pick(LENDERS);
    const to = this.chance.pick(REVIEWERS);
    const made = await this.#delegations.delegate(this.#as(from), {
      to, lanes: [lane], systems: this.chance.happens(0.7) ? null : [this.chance.pick(this.systemIds)], reason: 'On leave.', validFrom: null, validUntil: plusDays(new Date().toISOString(), 5),
    });
    this.#lent.push({ id: made.id, to, lane });
  }

  /** A yes of the team for itself, on one condition for Dana. */
  async #signOn(promotion: Stored<Promotion>): Promise<unknown> {
    const self = promotion.lanes.filter(({ level }) => level === 'SELF').map(({ lane }) => lane);
    if (self.length === 0) throw new Nothing();
    const asked = await askToSign(this.register, 'sam', [promotion.id], self);
    return signOn(this.register, 'sam', asked, { owner: 'dana', due: plusDays(new Date().toISOString(), 5), effect: this.chance.pick(CONDITION_EFFECTS) });
  }

  async #fulfil(systemId: string): Promise<unknown> {
    const condition = await this.#one(ConditionTable, systemId);
    return this.#conditions.fulfil(this.#as('dana'), at(condition), [(await this.#one(EvidenceTable, systemId)).id]);
  }

  /** Takes a review up, or gives one back that is held, for a person who may or may not. */
  async #claim(promotion: Stored<Promotion>): Promise<unknown> {
    const reviews = this.register.app.get(LaneReviewsService);
    const held = promotion.claims[0]?.lane;
    if (held !== undefined && this.chance.happens(0.4)) return reviews.release(this.#as('rita'), `${promotion.number}/${held}`, 'Taken over.');
    return reviews.claim(this.#as(this.chance.pick([...REVIEWERS, 'dana'])), `${promotion.id}/${this.chance.pick(promotion.lanes).lane}`, plusDays(new Date().toISOString(), 2));
  }

  /** One of the kinds, begun and handed in. */
  async #writeImpact(systemId: string): Promise<unknown> {
    const kind = this.chance.pick(IMPACT_KINDS);
    const drafted = await this.#impacts.draft(this.#as('sam'), systemId, kind);
    const answered = await this.#impacts.answer(this.#as('dana'), at(drafted), { answers: everyAnswer(kind), evidence: null });
    return this.#impacts.submit(this.#as('dana'), at(answered));
  }

  async #withdrawSignOff(systemId: string): Promise<unknown> {
    const signOff = this.chance.pick((await this.#all(SignOffTable, systemId)).filter(({ withdrawn }) => withdrawn === null));
    const signer = [...REVIEWERS, 'sam'].find((handle) => this.#as(handle).principalId === signOff.signerId) ?? 'sam';
    return this.register.app.get(SignOffsService).withdraw(this.#as(signer), at(signOff), 'I see it otherwise now.');
  }

  /** Authorizes, and with a grant reports the deployment, mostly. */
  async #deploy(systemId: string): Promise<unknown> {
    const release = await this.#one(ReleaseTable, systemId);
    const { grant } = await this.register.app.get(GateService).authorize(this.#as('pipeline'), questionAbout(release));
    if (grant === null || this.chance.happens(0.3)) return null;
    return this.register.app.get(DeploymentsService).report(this.#as('pipeline'), { grant: grant.id, bundleDigest: release.bundleDigest, environment: 'pilot' });
  }

  /** Of a lane or of a risk, for the pilot. */
  async #waive(systemId: string): Promise<unknown> {
    const requirement = this.chance.happens(0.5) ? this.chance.pick(['R5/RISK', 'R5/PRIVACY', 'R5/PROVENANCE']) : `R3/${(await this.#risk(systemId)).number}`;
    return this.#waivers.request(this.#as(this.chance.pick(['sam', 'dana'])), {
      release: (await this.#one(ReleaseTable, systemId)).id, environment: 'pilot', requirement, reason: 'It is late.', compensatingControl: 'Five users only.', validUntil: plusDays(new Date().toISOString(), 5),
    });
  }

  async #propose(riskId: string): Promise<unknown> {
    return this.#mitigations.propose(this.#as('sam'), riskId, {
      title: 'A filter', description: 'It filters.', owner: 'sam', due: plusDays(new Date().toISOString(), this.chance.between(1, 30)), effect: this.chance.pick(['LIKELIHOOD', 'BOTH']), reduces: this.chance.between(1, 3),
      requiredFrom: this.chance.happens(0.7) ? null : 'PILOT', control: null,
    });
  }

  /** Does the next step of a mitigation, whatever it is. */
  async #carryOut(systemId: string, mitigation: Stored<Mitigation>): Promise<unknown> {
    switch (mitigation.state) {
      case 'PROPOSED': return this.#mitigations.begin(this.#as('sam'), at(mitigation), 'start');
      case 'INEFFECTIVE': return this.#mitigations.begin(this.#as('sam'), at(mitigation), 'restart');
      case 'IN_PROGRESS': return this.#mitigations.implement(this.#as('sam'), at(mitigation), [(await this.#one(EvidenceTable, systemId)).id]);
      case 'IMPLEMENTED': return this.#mitigations.verify(this.#as('kim'), at(mitigation));
      case 'VERIFIED': return this.#mitigations.attach(this.#as('sam'), at(mitigation), [(await this.#one(EvidenceTable, systemId)).id]);
      case 'CANCELLED': throw new Nothing();
    }
  }

  async #collect(systemId: string, supersedes: string | null): Promise<unknown> {
    const now = new Date().toISOString();
    return this.#evidence.submit(this.#as(this.chance.pick(['sam', 'pipeline'])), systemId, {
      type: 'test_report', title: 'A test', digest: sha256(`report ${String(this.chance.next())}`), subjectDigest: this.chance.happens(0.7) ? null : sha256('model'), location: null,
      collectedAt: now, validUntil: plusDays(now, 30), supersedes: this.chance.happens(0.3) ? supersedes : null,
    });
  }

  async #admit(): Promise<unknown> {
    this.#admitted += 1;
    const subject = `guest-${String(this.chance.between(0, 1e9))}-${String(this.#admitted)}`;
    return this.register.app.get(PeopleService).admit(this.#as('ada'), { kind: 'USER', issuer: BUILT_IN_ISSUER, subject, displayName: 'A guest', function: 'business', grants: [{ role: 'AUDITOR' }] });
  }
}
