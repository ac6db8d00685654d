// Records that speak for a release, taken out of the facts or taken back: nothing may become better by that.
import { NotingClock, type Instant } from '../../src/domain/clock.js';
import { evidenceOf, isShown } from '../../src/domain/mitigation.js';
import { subjectsOf } from '../../src/domain/gate-mitigations.js';
import type { ReleaseFacts } from '../../src/domain/gate-question.js';
import { judgeRows } from '../../src/domain/gate-requirements.js';
import { approvedEdition } from '../../src/domain/impact-assessment.js';
import type { GatePolicy } from '../../src/domain/policy.js';
import type { Environment } from '../../src/domain/release.js';
import type { Chance } from './world-random.js';

export interface Standing { readonly policy: GatePolicy; readonly about: ReleaseFacts; readonly environment: Environment; readonly now: Instant; readonly chance: Chance }

type Part = { readonly [K in keyof ReleaseFacts]: ReleaseFacts[K] extends readonly { readonly id: string }[] ? K : never }[keyof ReleaseFacts];
type RecordOf<K extends Part> = ReleaseFacts[K] extends readonly (infer T extends object)[] ? T : never;

/** The facts without one of these records, or with what is left of it; null = there is none. */
function lose<K extends Part>({ about, chance }: Standing, part: K, speaks: (record: RecordOf<K>) => boolean, left: Partial<RecordOf<K>> | null = null): ReleaseFacts | null {
  const records = about[part] as unknown as readonly RecordOf<K>[];
  const those = records.filter(speaks);
  if (those.length === 0) return null;
  const gone = chance.pick(those);
  return { ...about, [part]: records.flatMap((record) => (record !== gone ? [record] : left === null ? [] : [{ ...(record as object), ...left } as RecordOf<K>])) };
}

/** The ways of losing something that speaks for the release, by name. What stands in the place of something older does not only speak for it. */
export const LOSSES: Readonly<Record<string, (standing: Standing) => ReleaseFacts | null>> = {
  'an approval': (at) => lose(at, 'signOffs', ({ choice, withdrawn }) => choice === 'APPROVE' && withdrawn === null),
  'an acceptance': (at) => {
    const conditional = new Set(at.about.conditions.flatMap(({ acceptanceId }) => acceptanceId ?? []));
    return lose(at, 'acceptances', ({ id, state, grants, renews }) => state === 'REQUESTED' && grants.length > 0 && renews === null && !conditional.has(id));
  },
  'a waiver': (at) => lose(at, 'waivers', ({ state, grants }) => state === 'REQUESTED' && grants.length > 0),
  // From its own deployment there the days count in which something has to be shown.
  'a deployment': (at) => lose(at, 'deployments', ({ environmentId, bundleDigest }) => environmentId !== at.environment.id || bundleDigest !== at.about.release.bundleDigest),
  'a baseline': (at) => lose(at, 'baselines', ({ state }) => state === 'CONFIRMED'),
  'a grant': (at) => lose(at, 'grants', ({ breakGlassId, bundleDigest }) => breakGlassId === null && bundleDigest === at.about.release.bundleDigest),
  'an impact assessment': (at) => lose(at, 'impactAssessments', (assessment) => approvedEdition(assessment) !== null),
  'a condition that was met': (at) => lose(at, 'conditions', ({ state }) => state === 'CONFIRMED', { state: 'OPEN', confirmation: null }),
  // That of an earlier estimate speaks against a lower one of now.
  'the confirmation of a risk': (at) => lose(at, 'risks', ({ confirmation, assessments }) => confirmation !== null && confirmation.revision === assessments.at(-1)?.revision, { state: 'ASSESSED', confirmation: null }),
  'a mitigation': (at) => lose(at, 'mitigations', (mitigation) => isShown(mitigation, proofOf(at))),
  'a mitigation that failed after all': (at) => lose(at, 'mitigations', ({ state }) => state === 'VERIFIED', { state: 'INEFFECTIVE' }),
  'evidence that meets a row': (at) => {
    const { meets, lacks } = rowsOf(at);
    return lose(at, 'evidence', ({ number, supersedesId }) => supersedesId === null && meets.has(number) && !lacks.has(number));
  },
  'evidence that shows a mitigation': (at) => {
    const showing = new Set(at.about.mitigations.filter((mitigation) => isShown(mitigation, proofOf(at))).flatMap((mitigation) => evidenceOf(mitigation, at.about.evidence)).map(({ id }) => id));
    return lose(at, 'evidence', ({ id, supersedesId }) => supersedesId === null && showing.has(id));
  },
  'evidence that was taken back': (at) => lose(at, 'evidence', ({ id, state }) => state === 'VERIFIED' && at.about.evidence.every(({ supersedesId }) => supersedesId !== id), { state: 'REVOKED', ending: 'The run was wrong.' }),
};

type Proof = Parameters<typeof judgeRows>[1]['proof'];

function proofOf({ about, now }: Standing): Proof {
  return { criteria: about.criteria, mitigations: about.mitigations, evidence: about.evidence, subjects: subjectsOf(about.release), clock: new NotingClock(now) };
}

/** The numbers of the evidence by which rows are met, and of that which is what they lack. */
function rowsOf(at: Standing): { readonly meets: ReadonlySet<string>; readonly lacks: ReadonlySet<string> } {
  const rows = judgeRows(at.policy, { about: at.about, environment: at.environment, proof: proofOf(at) });
  return {
    meets: new Set(rows.filter(({ reasons }) => reasons.length === 0).flatMap(({ evidence }) => evidence)),
    lacks: new Set(rows.filter(({ reasons }) => reasons.length > 0).flatMap(({ evidence, reasons }) => [...evidence, ...reasons.flatMap(({ params }) => params.evidence ?? [])])),
  };
}
