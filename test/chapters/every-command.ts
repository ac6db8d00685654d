// Every command of the published API, done at least once over it: what late-records.ts does in the second organization, and the rest here, in the
// first one. Whoever wants to know something of all commands wraps the server that they are sent to.
import { IMPACT_ELEMENTS } from '../../src/domain/impact-elements.js';
import { OPERATIONS, type Arguments } from './operations.js';
import type { Register } from './register.js';
import type { Acted, Acts } from '../support/acts.js';

const REASON = { reason: 'Because.' };
const soon = (): string => new Date(Date.now() + 20 * 86_400_000).toISOString();

export class EveryCommand {
  #made = 0;

  constructor(private readonly acts: Acts, private readonly register: Register) {}

  async doAll(): Promise<void> {
    for (const chapter of [this.#accounts, this.#delegations, this.#machines, this.#systems, this.#changeClasses, this.#risks, this.#bulk, this.#evidence, this.#mitigations, this.#acceptances, this.#suspensions, this.#impacts, this.#findings, this.#policies, this.#reviews, this.#waivers, this.#conditions, this.#running]) await chapter.call(this);
  }

  async #accounts(): Promise<void> {
    const admitted = await this.#sample('ada', 'admitPerson');
    await this.acts.act('ada', 'openAccount', { input: { person: 'new', handle: 'more', displayName: 'More' } });
    const granted = await this.acts.change('ada', 'grantRole', admitted, { input: { role: 'CONTRIBUTOR', systems: [this.register.ids.system], validUntil: soon() } });
    const revoked = await this.acts.change('ada', 'revokeRole', granted, { input: { role: 'CONTRIBUTOR', ...REASON } });
    const changed = await this.acts.change('ada', 'changeFunction', revoked, { function: 'RISK', ...REASON });
    await this.acts.change('ada', 'closeAccount', changed, REASON);
  }

  async #delegations(): Promise<void> {
    const lent = await this.acts.act('omar', 'delegate', { input: { to: 'bea', lanes: ['OPS'], ...REASON, validUntil: soon() } });
    await this.acts.change('omar', 'revokeDelegation', lent, REASON);
  }

  async #machines(): Promise<void> {
    const issuer = await this.#sample('ada', 'registerIssuer');
    await this.acts.change('ada', 'retireIssuer', await this.acts.change('ada', 'changeIssuer', issuer, { input: { maxTokenAgeMinutes: 30 }, ...REASON }), REASON);
    await this.acts.change('ada', 'retireTrustRule', await this.#sample('ada', 'createTrustRule'), REASON);
    const { key } = await this.acts.read<{ key: Acted }>('ada', 'issueApiKey', this.#args('issueApiKey'), 'secret key { id version }');
    const rotated = await this.acts.read<{ key: Acted }>('ada', 'rotateApiKey', { id: key.id, expectedVersion: key.version, validUntil: soon() }, 'secret key { id version }');
    await this.acts.change('ada', 'revokeApiKey', rotated.key, REASON);
  }

  async #systems(): Promise<void> {
    await this.acts.act('ada', 'createEnvironment', { input: { name: 'stage', kind: 'STAGING' } });
    const edited = await this.acts.change('sam', 'editSystem', await this.#system(), { input: { name: 'Another name' } });
    const suspended = await this.acts.change('sam', 'suspendSystem', edited, REASON);
    const release = await this.#release(edited);
    await this.acts.change('sam', 'withdrawRelease', release, REASON);
    await this.acts.change('sam', 'retireSystem', await this.acts.change('hugo', 'resumeSystem', suspended, REASON), REASON);
  }

  async #changeClasses(): Promise<void> {
    const system = await this.#system();
    const first = await this.#release(system);
    for (const decide of ['confirmChangeClass', 'rejectChangeClass']) {
      const claimed = await this.acts.change('dana', 'claimChangeClass', await this.#release(system), { changeClass: 'RETRAIN_SAME_SPEC', since: first.id, ...REASON });
      await this.acts.change('vera', decide, claimed, REASON);
    }
  }

  async #risks(): Promise<void> {
    const draft = await this.acts.act('dana', 'logRisk', { ...this.#args('logRisk'), draft: true });
    const submitted = await this.acts.change('dana', 'submitRisk', await this.acts.change('dana', 'editRisk', draft, { input: { affectedParties: ['passers-by'] } }));
    const planned = await this.acts.change('sam', 'planTreatment', await this.#assess(submitted), { option: 'REDUCE', ...REASON });
    const confirmed = await this.acts.change('rita', 'confirmRisk', await this.#assess(planned));
    const again = await this.acts.change('rita', 'confirmRisk', await this.#assess(await this.acts.change('rita', 'reopenRisk', confirmed, REASON)));
    await this.acts.change('rita', 'closeRisk', again, REASON);
    await this.acts.change('rita', 'rejectRisk', await this.#risk(), REASON);
  }

  async #bulk(): Promise<void> {
    const { id, version } = await this.#risk();
    await this.acts.read('rita', 'bulkChangeRisks', { changes: [{ id, expectedVersion: version, action: 'REJECT', ...REASON }] }, 'risk { id version state } error { code }');
  }

  async #evidence(): Promise<void> {
    const [one, other] = await this.#submitted(2);
    const [verified] = await this.acts.act('kim', 'verifyEvidenceSet', { input: [{ id: one!.id, expectedVersion: one!.version }] }) as unknown as Acted[];
    await this.acts.change('rita', 'revokeEvidence', verified!, REASON);
    await this.acts.change('kim', 'rejectEvidence', other!, REASON);
  }

  async #mitigations(): Promise<void> {
    const risk = await this.#assess(await this.#risk());
    const proposed = await this.acts.act('sam', 'proposeMitigation', { ...this.#args('proposeMitigation'), risk: risk.id });
    const started = await this.acts.change('sam', 'startMitigation', await this.acts.change('sam', 'editMitigation', proposed, { input: { title: 'Another title' } }));
    const evidence = [(await this.#verified()).id];
    const implemented = await this.acts.change('sam', 'implementMitigation', started, { evidence });
    const attached = await this.acts.change('sam', 'attachEvidence', implemented, { evidence: [(await this.#verified()).id] });
    const restarted = await this.acts.change('sam', 'restartMitigation', await this.acts.change('kim', 'failMitigation', attached, REASON));
    await this.acts.change('kim', 'verifyMitigation', await this.acts.change('sam', 'implementMitigation', restarted, { evidence: [(await this.#verified()).id] }));
    await this.acts.change('sam', 'cancelMitigation', await this.acts.act('sam', 'proposeMitigation', { ...this.#args('proposeMitigation'), risk: risk.id }), REASON);
  }

  async #acceptances(): Promise<void> {
    const { acceptance } = await this.#requested();
    await this.acts.change('hugo', 'revokeAcceptance', await this.acts.change('sam', 'grantAcceptance', acceptance), REASON);
    await this.acts.change('rita', 'withdrawAcceptance', (await this.#requested()).acceptance, REASON);
  }

  async #suspensions(): Promise<void> {
    const risk = await this.#assess(await this.#risk());
    const suspended = await this.acts.act('rita', 'imposeSuspension', { system: this.register.ids.system, input: { risk: risk.id, cause: 'INCIDENT', ...REASON } });
    await this.#assess(risk);
    await this.acts.change('rita', 'liftSuspension', suspended, REASON);
  }

  async #impacts(): Promise<void> {
    const { id: system } = await this.#system();
    const drafted = await this.acts.act('dana', 'draftImpactAssessment', { system, kind: 'AI_SYSTEM' });
    const answered = await this.acts.change('dana', 'answerImpactAssessment', drafted, { input: { answers: IMPACT_ELEMENTS.AI_SYSTEM.map(({ id: element }) => ({ element, text: 'Looked at.' })) } });
    const returned = await this.acts.change('hugo', 'returnImpactAssessment', await this.acts.change('dana', 'submitImpactAssessment', answered), REASON);
    const approved = await this.acts.change('hugo', 'approveImpactAssessment', await this.acts.change('dana', 'submitImpactAssessment', returned));
    await this.acts.change('dana', 'withdrawImpactAssessment', await this.acts.change('dana', 'reviseImpactAssessment', approved, REASON), REASON);
  }

  async #findings(): Promise<void> {
    const raised = await this.#finding({});
    const planned = await this.acts.change('sam', 'planFinding', await this.acts.change('vera', 'rateFinding', raised, { severity: 'MODERATE', ...REASON }), { action: 'Keep one.', due: soon() });
    const done = await this.acts.change('sam', 'completeFinding', planned, { evidence: [(await this.#verified()).id] });
    await this.acts.change('rita', 'closeFinding', done, REASON);
    const { acceptance, risk } = await this.#requested();
    await this.acts.change('sam', 'grantAcceptance', acceptance);
    await this.acts.change('rita', 'acceptFindingRisk', await this.#finding({ severity: 'VERY_LOW', risk }), { acceptance: acceptance.id });
  }

  async #policies(): Promise<void> {
    await this.acts.change('rita', 'withdrawPolicy', await this.#sample('rita', 'draftPolicy'), REASON);
    await this.acts.change('lena', 'revokeLawDate', await this.#sample('lena', 'confirmLawDate'), REASON);
  }

  async #reviews(): Promise<void> {
    const { promotion } = await this.#promotion('production');
    const id = `${promotion.id}/SECURITY`;
    await this.acts.act('kim', 'claimReview', { id, until: new Date(Date.now() + 86_400_000).toISOString() });
    await this.acts.act('kim', 'releaseReview', { id, ...REASON });
    await this.acts.act('kim', 'commentOnPromotion', { id: promotion.id, text: 'Look at the prompt.', lane: 'SECURITY' });
    await this.acts.sign('kim', [promotion], ['SECURITY'], { choice: 'REJECT' });
    const resubmitted = await this.acts.change('sam', 'resubmitPromotion', await this.acts.read<Acted>('sam', 'promotion', { id: promotion.id }, 'id version'), REASON);
    await this.acts.change('sam', 'cancelPromotion', resubmitted, REASON);
  }

  async #waivers(): Promise<void> {
    const { release } = await this.#promotion('pilot');
    const request = (): Promise<Acted> => this.acts.act('dana', 'requestWaiver', { input: { release: release.id, environment: 'pilot', requirement: 'R5/PROVENANCE', ...REASON, compensatingControl: 'Five users only.', validUntil: soon() } });
    await this.acts.change('dana', 'withdrawWaiver', await request(), REASON);
    await this.acts.change('hugo', 'revokeWaiver', await this.acts.change('rita', 'grantWaiver', await request()), REASON);
  }

  async #conditions(): Promise<void> {
    const { id, version } = { id: this.register.ids.condition, version: this.register.versions.condition };
    const fulfilled = await this.acts.change('sam', 'fulfilCondition', { id, version }, { evidence: [(await this.#verified()).id] });
    await this.acts.change('rita', 'confirmCondition', fulfilled, REASON);
  }

  async #running(): Promise<void> {
    const [system, release] = await this.#shipped();
    const propose = async (): Promise<Acted> => (await this.acts.act('sam', 'importBaseline', { input: { system: system.id, environment: 'pilot', bundleDigests: [release.bundleDigest], until: soon(), ...REASON } }) as unknown as Acted[])[0]!;
    await this.acts.change('sam', 'withdrawBaseline', await propose(), REASON);
    await this.acts.change('sam', 'endBaseline', await this.acts.change('hugo', 'confirmBaseline', await propose()), REASON);
    await this.acts.act('pipeline', 'reportUngovernedDeployment', { input: { system: system.id, environment: 'dev', bundleDigest: release.bundleDigest, ...REASON } });
  }

  #args(operation: string): Arguments {
    return OPERATIONS[operation]!.args(this.register);
  }

  #sample(handle: string, operation: string): Promise<Acted> {
    return this.acts.act(handle, operation, this.#args(operation));
  }

  async #system(): Promise<Acted> {
    const registered = await this.acts.act('sam', 'registerSystem', { input: { name: 'n', intendedPurpose: 'p', owner: 'sam', developers: ['dana'], autonomy: 'ASSISTS' } });
    return this.acts.change('hugo', 'assessTier', registered, { input: { tier: 'MINIMAL', euClass: 'MINIMAL', flags: [], rationale: 'r' } });
  }

  #release(system: Acted): Promise<Acted> {
    this.#made += 1;
    return this.acts.act('dana', 'createRelease', { system: system.id, input: { label: `1.${String(this.#made)}`, components: [{ role: 'MODEL', name: 'model', digest: this.#made.toString(16).padStart(64, 'e') }] } });
  }

  async #shipped(): Promise<[Acted, Acted]> {
    const system = await this.#system();
    return [system, await this.#release(system)];
  }

  async #promotion(environment: string): Promise<{ release: Acted; promotion: Acted }> {
    const [, release] = await this.#shipped();
    return { release, promotion: await this.acts.act('sam', 'openPromotion', { input: { release: release.id, environment, ...REASON } }) };
  }

  #risk(): Promise<Acted> {
    return this.acts.act('dana', 'logRisk', this.#args('logRisk'));
  }

  #assess(risk: Acted): Promise<Acted> {
    return this.acts.change('hugo', 'assessRisk', risk, { input: this.#args('assessRisk')['input'] });
  }

  async #requested(): Promise<{ acceptance: Acted; risk: string }> {
    const risk = await this.#assess(await this.#risk());
    return { risk: risk.id, acceptance: await this.acts.act('rita', 'requestAcceptance', { risk: risk.id, expectedVersion: risk.version, ...REASON, validUntil: soon(), conditions: [] }) };
  }

  #finding(more: Arguments): Promise<Acted> {
    return this.acts.act('vera', 'raiseFinding', { system: this.register.ids.system, input: { source: 'AUDIT', severity: 'LOW', statement: 'No log is kept.', owner: 'sam', ...more } });
  }

  async #submitted(count: number): Promise<Acted[]> {
    const { input: [one] } = this.#args('submitEvidenceSet') as { input: [Record<string, unknown>] };
    const { supersedes: _, ...input } = one;
    return await this.acts.act('dana', 'submitEvidenceSet', { system: this.register.ids.system, input: Array.from({ length: count }, () => input) }) as unknown as Acted[];
  }

  async #verified(): Promise<Acted> {
    const [submitted] = await this.#submitted(1);
    return this.acts.change('kim', 'verifyEvidence', submitted!);
  }
}
