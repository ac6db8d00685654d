// What comes into being only late in the life of a register, in the second organization and about systems of their own: reviews that end
// otherwise, an emergency that was used and judged, an approved assessment, a policy that somebody approved, one that was tried, and one that was adopted.
import { IMPACT_ELEMENTS } from '../../src/domain/impact-elements.js';
import { SimulationsService } from '../../src/gate/simulations.service.js';
import { SHIPPED_DOCUMENT } from '../../src/policies/shipped-policy.js';
import { QUESTIONNAIRE } from '../../src/systems/shipped-questionnaire.js';
import { Acts, type Acted, type Args } from '../support/acts.js';
import { adoptedBy } from '../support/adopted.js';
import type { TestApp } from '../support/app.js';
import { POLICY_CASES, policySource, type Register } from './register.js';

/** How one asks to be shown a record of a type: a root field, its arguments, and the fields on the way. */
export interface Shown { readonly root: string; readonly args: Args; readonly steps: readonly string[]; readonly by?: string }

const PILOT = 'other-pilot';
const DEVELOPMENT = 'other-dev';
const REASON = { reason: 'Because.' };
const LANES = ['RISK', 'LEGAL', 'PRIVACY', 'PROVENANCE'];
const question = (environment: string, { bundleDigest }: Pick<Acted, 'bundleDigest'>): Args => ({ question: { environment, target: { bundleDigest } } });

export class LateRecords {
  readonly #acts: Acts;

  constructor(private readonly app: TestApp, private readonly register: Register) {
    this.#acts = new Acts(app);
  }

  /** By the name of the type; whatever is not here shows in a list or in a sample of the operations. */
  async shown(): Promise<Readonly<Record<string, Shown>>> {
    return { ...await this.#reviews(), ...await this.#emergency(), ...await this.#impact(), ...await this.#policies(), ...await this.#stuck(), ...this.#import(), ...await this.#tiering(), ...await this.#classification(), ...await this.#file(), ...await this.#law(), ...await this.#readiness() };
  }

  /** Signed and carried on to the next release; taken back, and different since. */
  async #reviews(): Promise<Readonly<Record<string, Shown>>> {
    const system = await this.#system('MINIMAL');
    const first = await this.#release(system, 'c1');
    await this.#sign(await this.#open(first));
    const second = await this.#release(system, 'c2');
    await this.#acts.change('other-dana', 'claimChangeClass', second, { changeClass: 'RETRAIN_SAME_SPEC', since: first.id, ...REASON });
    const carried = await this.#open(second);
    const other = await this.#system('MINIMAL');
    const withdrawn = await this.#sign(await this.#open(await this.#release(other, 'c3')));
    await this.#acts.change('other-sam', 'withdrawSignOff', withdrawn, REASON);
    await this.#tier('HIGH', other);
    return {
      ChangeClaim: { root: 'release', args: { id: second.id }, steps: ['changeClaim'] },
      CarriedFrom: { root: 'promotion', args: { id: carried.id }, steps: ['gate', 'reviews', 'carriedFrom'] },
      MaterialChange: { root: 'signOff', args: { id: withdrawn.id }, steps: ['subjects', 'diffSinceSignOff', 'changes'] },
      SignOffWithdrawal: { root: 'signOff', args: { id: withdrawn.id }, steps: ['withdrawn'] },
    };
  }

  /** Nobody has said where it stands under the law: all of it concerns it, and some of that begins later. */
  async #law(): Promise<Readonly<Record<string, Shown>>> {
    const { id } = await this.#acts.act('other-sam', 'registerSystem', { input: { name: 'n', intendedPurpose: 'p', owner: 'other-sam', developers: ['other-dana'], autonomy: 'ASSISTS', jurisdictions: ['EU'] } });
    const of = (...steps: string[]): Shown => ({ root: 'system', args: { id }, steps: ['obligations(on: "2026-01-01")', ...steps] });
    return { NextLegalChange: of('nextChange'), LegalObligationChange: of('nextChange', 'changes') };
  }

  async #emergency(): Promise<Readonly<Record<string, Shown>>> {
    const system = await this.#system('MINIMAL');
    const release = await this.#release(system, 'c4');
    const invoked = await this.#acts.act('other-sam', 'invokeBreakGlass', { input: { system: system.id, environment: PILOT, bundleDigest: release.bundleDigest, emergency: 'OUTAGE', incident: 'Nobody gets an answer.', validUntil: new Date(Date.now() + 7_200_000).toISOString() } });
    await this.#acts.change('other-eve', 'turnSecondKey', invoked);
    const used = await this.#acts.read<{ id: string }>('other-pipeline', 'authorizePromotion', question(PILOT, release), 'id verdict grant { id }');
    const { version } = await this.#acts.read<{ version: number }>('other-axel', 'breakGlass', { id: invoked.id }, 'version');
    await this.#acts.change('other-hugo', 'reviewBreakGlass', { id: invoked.id, version }, { verdict: 'RATIFY', ...REASON });
    return {
      AfterReview: { root: 'breakGlass', args: { id: invoked.id }, steps: ['review'] },
      Override: { root: 'recordedDecision', args: { id: used.id }, steps: ['override'] },
      Grant: { root: 'authorizePromotion', args: question(DEVELOPMENT, release), steps: ['grant'], by: 'other-pipeline' },
    };
  }

  async #impact(): Promise<Readonly<Record<string, Shown>>> {
    const { id: system } = await this.#system('MINIMAL');
    const drafted = await this.#acts.act('other-dana', 'draftImpactAssessment', { system, kind: 'AI_SYSTEM' });
    const answered = await this.#acts.change('other-dana', 'answerImpactAssessment', drafted, { input: { answers: IMPACT_ELEMENTS.AI_SYSTEM.map(({ id: element }) => ({ element, text: 'Looked at.' })) } });
    const approved = await this.#acts.change('other-hugo', 'approveImpactAssessment', await this.#acts.change('other-dana', 'submitImpactAssessment', answered));
    const of = (...steps: string[]): Shown => ({ root: 'impactAssessment', args: { id: approved.id }, steps });
    return { ImpactEdition: of('editions'), ImpactAnswer: of('editions', 'answers') };
  }

  /** One that somebody approved, and one that would have refused what was brought into the pilot. */
  async #policies(): Promise<Readonly<Record<string, Shown>>> {
    const draft = (source: string, cases: string): Promise<Acted> => this.#acts.act('other-rita', 'draftPolicy', { input: { source, cases, note: 'To try it.' } });
    const tested = await this.#acts.change('other-rita', 'testPolicy', await draft(policySource('2.0', 'other-'), POLICY_CASES));
    const approved = await this.#acts.change('other-hugo', 'approvePolicy', await this.#acts.change('other-rita', 'submitPolicy', tested));
    const running = await this.#inPilot();
    const requirement = { id: 'E-01', kind: 'EVIDENCE', title: 'An evaluation', gates: ['PILOT'], evidenceType: 'accuracy_test', condition: 'payload.accuracy >= 0.9', basis: [] };
    const strict = await draft(JSON.stringify({ ...SHIPPED_DOCUMENT, id: 'strict', version: '1.0', bindings: [{ environments: [PILOT], priority: 10, mode: 'ENFORCE' }], requirements: [requirement] }), '');
    const { id } = await this.#acts.act('other-rita', 'simulatePolicy', { policy: strict.id });
    await this.app.app.get(SimulationsService).settled();
    const of = (field: string): Shown => ({ root: 'policySimulation', args: { id }, steps: ['result', field] });
    const evidence = [{ type: 'accuracy_test', payload: { accuracy: 0.5 } }];
    return {
      PolicyApproval: { root: 'policy', args: { id: approved.id }, steps: ['approvals'] },
      SimulatedFlip: of('examples'), SimulatedFlipEdge: { root: 'policySimulation', args: { id }, steps: ['turned', 'edges'] }, SimulatedFlipCount: of('flips'), SimulatedRefusal: of('refusedDeployments'), SimulatedRefusalEdge: { root: 'policySimulation', args: { id }, steps: ['refused', 'edges'] }, SimulatedRequirementCount: of('requirements'),
      UnmetPart: { root: 'whatIf', args: { ...question(PILOT, running), changes: { policy: strict.id, evidence } }, steps: ['added', 'params', 'unmet'] },
    };
  }

  /** Whoever could review it has a part in it. */
  async #stuck(): Promise<Readonly<Record<string, Shown>>> {
    const system = await this.#system('HIGH', ['other-dana', 'other-lena', 'other-all']);
    const release = await this.#release(system, 'c5');
    await this.#open(release);
    return { ReviewerCandidate: { root: 'gateDecision', args: { ...question(PILOT, release), record: false }, steps: ['reasons', 'params', 'reviewers'] } };
  }

  /** Answered, judged by the answers, and answered again since. */
  async #tiering(): Promise<Readonly<Record<string, Shown>>> {
    const system = await this.#system('HIGH');
    const answer = async (version: number, option: string): Promise<number> => (await this.#acts.change('other-dana', 'answerTieringQuestionnaire', { id: system.id, version }, { input: { answers: [{ question: 'M1', option }], rationale: 'r' } })).version;
    const judged = await this.#tier('CRITICAL', { ...system, version: await answer(system.version, 'a') });
    await answer(judged.version, 'b');
    const of = (...steps: string[]): Shown => ({ root: 'system', args: { id: system.id }, steps });
    const mild: Shown = { root: 'previewTier', args: { answers: QUESTIONNAIRE.questions.map(({ id: question }) => ({ question, option: question === 'M4' ? 'e' : 'a' })), euClass: 'MINIMAL' }, steps: ['lowerings'] };
    return {
      Tiering: of('tiering'), TieringAnswers: of('tieringAnswers'), TieringAnswer: of('tieringAnswers', 'answers'), TieringDue: of('tieringDue'), TierBasis: of('tierAssessments', 'restsOn'),
      TierLowering: mild, AnswerChange: { ...mild, steps: ['lowerings', 'changes'] },
    };
  }

  /** Signed by a lawyer, who agrees with the assessment. */
  async #classification(): Promise<Readonly<Record<string, Shown>>> {
    const { id } = await this.#acts.change('other-lena', 'classifySystem', await this.#system('MINIMAL'), { input: { euClass: 'MINIMAL', roles: ['PROVIDER'], rationale: 'r' } });
    const of = (...steps: string[]): Shown => ({ root: 'system', args: { id }, steps });
    return { Classification: of('classification'), StatedFlag: of('classification', 'flags'), SystemFact: of('facts'), SourcedValue: of('facts', 'sources') };
  }

  async #file(): Promise<Readonly<Record<string, Shown>>> {
    const { system, fileDigest: digest } = this.register.ids;
    const { id } = await this.#acts.act('other-sam', 'submitEvidence', { system, input: { type: 'notes', title: 't', digest, collectedAt: new Date().toISOString(), validUntil: new Date(Date.now() + 9e8).toISOString() } });
    return { EvidenceFile: { root: 'evidence', args: { id }, steps: ['file'] } };
  }

  /** The last one: from here on, gates of the organization ask for evidence. */
  async #readiness(): Promise<Readonly<Record<string, Shown>>> {
    const system = await this.#tier('MODERATE', await this.#system('MODERATE'), ['PERSONAL_DATA']);
    const release = await this.#release(system, 'd1');
    await this.#acts.act('other-rita', 'raiseFinding', { system: system.id, input: { source: 'PILOT', severity: 'LOW', statement: 's', owner: 'other-sam' } });
    await adoptedBy(this.#acts, 'other-');
    const of = (...steps: string[]): Shown => ({ root: 'releaseReadiness', args: question(PILOT, release), steps });
    return { ReadinessItem: of('items'), RequirementBasis: of('items', 'basis'), ReadinessTheme: of('themes'), PilotFinding: of('pilotFindings') };
  }

  #import(): Readonly<Record<string, Shown>> {
    const of = (field: string, owner: string): Shown => {
      const csv = `external_id,system,source,event,consequence,owner,affected_parties,taxonomy,release,draft\nX-1,${this.register.ids.system},a,b,c,${owner},,nist-ai-rmf@1.0#MEASURE-2.7,,\n`;
      return { root: 'importRisks', args: { csv, dryRun: true }, steps: [field] };
    };
    return { ImportedRow: of('rows', 'other-sam'), ImportError: of('errors', 'nobody') };
  }

  async #system(tier: string, developers: readonly string[] = ['other-dana']): Promise<Acted> {
    const system = await this.#acts.act('other-sam', 'registerSystem', { input: { name: 'n', intendedPurpose: 'p', owner: 'other-sam', developers, autonomy: 'ASSISTS' } });
    return this.#tier(tier, system);
  }

  #tier(tier: string, system: Acted, flags: readonly string[] = []): Promise<Acted> {
    return this.#acts.change('other-hugo', 'assessTier', system, { input: { tier, euClass: 'MINIMAL', flags, rationale: 'r' } });
  }

  #release(system: Acted, content: string): Promise<Acted> {
    return this.#acts.act('other-dana', 'createRelease', { system: system.id, input: { label: content, components: [{ role: 'MODEL', name: 'model', digest: content.repeat(32) }] } });
  }

  #open(release: Acted): Promise<Acted> {
    return this.#acts.act('other-sam', 'openPromotion', { input: { release: release.id, environment: PILOT, ...REASON } });
  }

  #sign(promotion: Acted): Promise<Acted> {
    return this.#acts.sign('other-sam', [promotion], LANES, { attests: ['NO_RISK_ABOVE_LOW'] });
  }

  /** Signed, let in and reported. */
  async #inPilot(): Promise<Acted> {
    const release = await this.#release(await this.#system('MINIMAL'), 'c6');
    await this.#sign(await this.#open(release));
    const { grant } = await this.#acts.read<{ grant: { id: string } }>('other-pipeline', 'authorizePromotion', question(PILOT, release), 'grant { id }');
    await this.#acts.act('other-pipeline', 'reportDeployment', { input: { grant: grant.id, bundleDigest: release.bundleDigest, environment: PILOT } });
    return release;
  }
}
