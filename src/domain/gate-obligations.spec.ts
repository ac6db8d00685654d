// What a policy asks for after a release went in: from when, until when, and what shows it.
import { describe, expect, test } from '@jest/globals';
import { givenAbout, givenClassification, givenEnvironment, givenEvidence, givenRelease, givenSystem, givenTier, TODAY } from '../../test/support/given.js';
import { NotingClock, plusDays, type Instant } from './clock.js';
import type { EvidenceState } from './evidence.js';
import { dated, obligationReasons, owedHere, policyObligations, type Here } from './gate-obligations.js';
import type { Deployment } from './grant.js';
import type { ObligationRow } from './policy-terms.js';
import type { ActRole } from './system.js';

const ROW: ObligationRow = { id: 'REPORT', text: 'Report on the first month', gates: ['PRODUCTION'], when: {}, withinDays: 30, evidenceType: 'operation_report', basis: [] };
const release = givenRelease();
const environment = givenEnvironment();

function here({ wentIn = [], shown = [], tier = 'HIGH', ...more }: Partial<Pick<Here, 'action' | 'clock'>> & Partial<Pick<Here['about'], 'grants' | 'baselines'>> & { wentIn?: readonly (readonly [Instant, string?])[]; shown?: readonly (readonly [Instant, EvidenceState?, string?])[]; tier?: 'HIGH' | 'MINIMAL' } = {}): Here {
  const deployments = wentIn.map(([startedAt, environmentId = environment.id], index) => ({ id: `d${String(index)}`, startedAt, environmentId, bundleDigest: release.bundleDigest }) as unknown as Deployment);
  const evidence = shown.map(([collectedAt, state = 'VERIFIED', type = 'operation_report'], index) => givenEvidence({ id: `e${String(index)}`, type, state, collectedAt, validUntil: plusDays(collectedAt, 1), subjectDigest: release.bundleDigest }));
  return { about: { ...givenAbout({ release, evidence, system: givenSystem({ tierAssessments: [givenTier({ tier })] }) }), deployments: deployments as never, grants: more.grants ?? [], baselines: more.baselines ?? [] }, environment, action: more.action ?? 'promote', clock: more.clock ?? new NotingClock(TODAY) };
}

const due = (at: Here, row: Partial<ObligationRow> = {}): (Instant | null)[] => owedHere({ obligations: [{ ...ROW, ...row }] }, at).map((owed) => owed.due);
const ago = (days: number): Instant => plusDays(TODAY, -days);

describe('an obligation', () => {
  test.each<[string, Parameters<typeof here>[0], (Instant | null)[]]>([
    ['has no day before it went in', {}, [null]],
    ['counts from when it first went in', { wentIn: [[ago(5)], [ago(20)]] }, [ago(-10)]],
    ['counts nothing that went in elsewhere', { wentIn: [[ago(5), 'env-other']] }, [null]],
    ['is met by evidence of since', { wentIn: [[ago(20)]], shown: [[ago(3)]] }, []],
    ['is met at the very instant', { wentIn: [[ago(20)]], shown: [[ago(20)]] }, []],
    ['stays met when its evidence ends', { wentIn: [[ago(200)]], shown: [[ago(190)]] }, []],
    ['is not met by evidence of before', { wentIn: [[ago(20)]], shown: [[ago(21)]] }, [ago(-10)]],
    ['is not met by what nobody has verified', { wentIn: [[ago(20)]], shown: [[ago(3), 'SUBMITTED']] }, [ago(-10)]],
    ['is not met by what was taken back', { wentIn: [[ago(20)]], shown: [[ago(3), 'REVOKED']] }, [ago(-10)]],
    ['is not met by evidence of another type', { wentIn: [[ago(20)]], shown: [[ago(3), 'VERIFIED', 'test_report']] }, [ago(-10)]],
    ['is not met by evidence of before it goes in', { shown: [[ago(3)]] }, [null]],
  ])('%s', (_, situation, wanted) => {
    expect(due(here(situation))).toEqual(wanted);
  });

  test('is for the gates and the systems that it names, and a policy without any asks for none', () => {
    expect([due(here(), { gates: ['CANARY'] }), due(here({ tier: 'MINIMAL' }), { when: { tiers: ['HIGH'] } }), due(here(), { when: { tiers: ['HIGH'] } })]).toEqual([[], [], [null]]);
    expect(owedHere({}, here())).toEqual([]);
  });
});

describe('what nobody has reported as deployed', () => {
  const grant = (issuedAt: Instant, more: object = {}): never => ({ id: issuedAt, action: 'promote', environmentId: environment.id, bundleDigest: release.bundleDigest, issuedAt, ...more }) as never;
  const baseline = (confirmedAt: Instant | null): never => ({ id: 'b', environmentId: environment.id, bundleDigest: release.bundleDigest, confirmedAt }) as never;

  test.each<[string, Parameters<typeof here>[0], (Instant | null)[]]>([
    ['counts from the first grant to promote it', { action: 'run', grants: [grant(ago(5)), grant(ago(20)), grant(ago(25), { action: 'rollback' }), grant(ago(26), { bundleDigest: 'sha256:other' })] }, [ago(-10)]],
    ['counts from when a baseline was confirmed', { action: 'run', baselines: [baseline(ago(9))] }, [ago(-21)]],
    ['has no day by a baseline that nobody confirmed', { action: 'run', baselines: [baseline(null)] }, [null]],
    ['has no day where it is only asked to go in', { action: 'promote', grants: [grant(ago(20))] }, [null]],
    ['yields to what was reported', { action: 'run', wentIn: [[ago(5)]], grants: [grant(ago(20))] }, [ago(-25)]],
  ])('%s', (_, situation, wanted) => {
    expect(due(here(situation))).toEqual(wanted);
  });
});

test('a row for some roles binds those that were signed, while the signature lasts', () => {
  const asked = (roles: readonly ActRole[], now = TODAY): [number, unknown] => {
    const clock = new NotingClock(now);
    const at = here({ clock });
    const system = { ...at.about.system, classifications: [givenClassification({ systemId: at.about.system.id, roles, validUntil: plusDays(TODAY, 9) })] };
    return [owedHere({ obligations: [{ ...ROW, when: { anyRoles: ['PROVIDER'] } }] }, { ...at, about: { ...at.about, system } }).length, clock.holdsUntil?.at];
  };
  expect([asked(['PROVIDER']), asked(['DEPLOYER']), asked(['DEPLOYER'], plusDays(TODAY, 9))]).toEqual([[1, plusDays(TODAY, 9)], [0, plusDays(TODAY, 9)], [1, undefined]]);
});

test('it blocks from its day on, and an answer of before ends there', () => {
  const reasonsAt = (now: Instant): [string[], unknown] => {
    const clock = new NotingClock(now);
    const reasons = obligationReasons(owedHere({ obligations: [ROW] }, here({ wentIn: [[TODAY]] })), clock);
    return [reasons.map(({ severity, requirement, code }) => `${severity} ${requirement} ${code}`), clock.holdsUntil];
  };
  const day = plusDays(TODAY, 30);
  expect(reasonsAt(plusDays(TODAY, 29))).toEqual([[], { at: day, what: 'OBLIGATION', ref: 'REPORT' }]);
  expect(reasonsAt(day)).toEqual([['BLOCK R14/REPORT OBLIGATION_UNMET'], null]);
});

test('it is told with its day: that of the deployment, or so many days after an answer by which it goes in', () => {
  const stored = (at: Here): ReturnType<typeof policyObligations> => policyObligations(owedHere({ obligations: [ROW] }, at), 'owner');
  expect(stored(here())).toEqual([{ id: 'REPORT', type: 'POLICY', properties: { text: ROW.text, evidence: 'operation_report', due: null, withinDays: 30, ownerId: 'owner', effect: 'BLOCK', lanes: [], signOff: null, acceptance: null } }]);
  expect(dated(stored(here()), ago(1)).map(({ properties }) => properties.due)).toEqual([plusDays(TODAY, 29)]);
  expect(dated(stored(here({ wentIn: [[ago(5)]] })), TODAY).map(({ properties }) => [properties.due, properties.withinDays])).toEqual([[ago(-25), 30]]);
});

test('thousands of situations: as said in other words', () => {
  let seed = 7;
  const chance = (below: number): number => { seed = (seed * 48_271) % 2_147_483_647; return seed % below; };
  const [states, seen] = [['VERIFIED', 'SUBMITTED', 'REJECTED', 'REVOKED'] as const, { owed: 0, late: 0, met: 0 }];
  for (let run = 0; run < 3000; run += 1) {
    const wentIn = Array.from({ length: chance(3) }, () => [ago(chance(60)), chance(3) === 0 ? 'elsewhere' : environment.id] as const);
    const shown = Array.from({ length: chance(3) }, () => [ago(chance(60)), states[chance(4)]!, chance(4) === 0 ? 'test_report' : 'operation_report'] as const);
    const first = Math.min(...wentIn.filter(([, where]) => where === environment.id).map(([at]) => Date.parse(at)));
    const isMet = Number.isFinite(first) && shown.some(([at, state, type]) => state === 'VERIFIED' && type === 'operation_report' && Date.parse(at) >= first);
    const isLate = !isMet && first + 30 * 86_400_000 <= Date.parse(TODAY);
    const owed = owedHere({ obligations: [ROW] }, here({ wentIn, shown }));
    expect([run, owed.length, obligationReasons(owed, new NotingClock(TODAY)).length]).toEqual([run, isMet ? 0 : 1, isLate ? 1 : 0]);
    seen[isMet ? 'met' : isLate ? 'late' : 'owed'] += 1;
  }
  expect(Object.values(seen).every((times) => times > 100)).toBe(true);
});
