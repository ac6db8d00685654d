import { describe, expect, test } from '@jest/globals';
import { defaultPolicy, givenClassification, givenSystem, givenTier, TODAY } from '../../test/support/given.js';
import { bindable, classesOf, classificationOf, liveRecord, rolesOf, STRICTEST_FIRST } from './classification.js';
import { factsOf } from './classification-facts.js';
import { NotingClock, plusDays } from './clock.js';
import { sha256 } from './digest.js';
import { isAtLeast, requiredAssessments, requiredLanes } from './policy.js';
import { GATED_KINDS } from './policy-terms.js';
import { ACT_ROLES, EU_CLASSES, SYSTEM_FLAGS, TIERS, type AiSystem, type ClassificationRecord, type TierAssessment } from './system.js';

const merged = (tier: Partial<TierAssessment>, record: Partial<ClassificationRecord>): ReturnType<typeof classificationOf> =>
  classificationOf(givenSystem({ tierAssessments: [givenTier(tier)], classifications: [givenClassification(record)] }));

test('without a record it is what was assessed', () => {
  const assessed = givenTier({ flags: ['AGENTIC'] });
  expect(classificationOf(givenSystem({ tierAssessments: [assessed] }))).toEqual({ tier: 'MODERATE', euClass: 'LIMITED', flags: ['AGENTIC'] });
  expect(classificationOf(givenSystem({ tierAssessments: [] }))).toEqual({ tier: 'CRITICAL', euClass: 'UNCLASSIFIED', flags: [] });
});

describe('of a class on which they disagree', () => {
  test('the stricter applies, and the other one is kept beside it', () => {
    expect(merged({ euClass: 'LIMITED' }, { euClass: 'HIGH_RISK_ANNEX_III' })).toMatchObject({ euClass: 'HIGH_RISK_ANNEX_III', milderClass: 'LIMITED' });
    expect(merged({ euClass: 'HIGH_RISK_ANNEX_III' }, { euClass: 'LIMITED' })).toMatchObject({ euClass: 'HIGH_RISK_ANNEX_III', milderClass: 'LIMITED' });
    expect(merged({ euClass: 'LIMITED' }, { euClass: 'LIMITED' })).not.toHaveProperty('milderClass');
  });

  test('what nobody has classified stays so, whatever was signed', () => {
    expect(merged({ euClass: 'UNCLASSIFIED' }, { euClass: 'MINIMAL' }).euClass).toBe('UNCLASSIFIED');
    expect(classificationOf(givenSystem({ tierAssessments: [], classifications: [givenClassification({ euClass: 'MINIMAL' })] }))).toMatchObject({ tier: 'CRITICAL', euClass: 'UNCLASSIFIED', milderClass: 'MINIMAL' });
  });

  test('every class has its place', () => {
    expect([...STRICTEST_FIRST].sort()).toEqual([...EU_CLASSES].sort());
  });
});

describe('a flag', () => {
  test('on which they disagree is unknown, and applies', () => {
    expect(merged({ flags: ['PROFILING'] }, { flags: { PROFILING: false } }).flags).toEqual(['PROFILING']);
    expect(merged({ flags: [] }, { flags: { PROFILING: true } }).flags).toEqual(['PROFILING']);
  });

  test('which both deny does not apply, nor one that the record leaves open and the assessment denies', () => {
    expect(merged({ flags: [] }, { flags: { PROFILING: false, AGENTIC: null } }).flags).toEqual([]);
  });

  test('of a system that nobody assessed applies unless it was signed that it does not hold', () => {
    const flags = classificationOf(givenSystem({ tierAssessments: [], classifications: [givenClassification({ flags: { PROFILING: false, AGENTIC: true } })] })).flags;
    expect(flags).toEqual(SYSTEM_FLAGS.filter((flag) => flag !== 'PROFILING').sort());
  });
});

test('the class that was signed holds the tier up, and never lowers it', () => {
  expect(merged({ tier: 'MINIMAL' }, { tierFloor: 'HIGH' }).tier).toBe('HIGH');
  expect(merged({ tier: 'CRITICAL' }, { tierFloor: 'HIGH' }).tier).toBe('CRITICAL');
});

test('the last record holds, of those about this very system', () => {
  const records = [givenClassification({ euClass: 'PROHIBITED' }), givenClassification({ revision: 2 }), givenClassification({ revision: 3, systemId: 'sys-2', euClass: 'PROHIBITED', roles: ['IMPORTER'] })];
  const system = givenSystem({ classifications: records });
  expect(classificationOf(system).euClass).toBe('LIMITED');
  expect(rolesOf(system, new NotingClock(TODAY))).toEqual(['PROVIDER']);
});

describe('once its time is over', () => {
  const ended = givenSystem({ classifications: [givenClassification({ validUntil: TODAY, euClass: 'HIGH_RISK_ANNEX_III', flags: { PROFILING: true }, tierFloor: 'HIGH' })] });

  test('nothing is signed, and the roles are unknown, so all', () => {
    expect(liveRecord(ended, new NotingClock(TODAY))).toBeNull();
    expect(rolesOf(ended, new NotingClock(TODAY))).toEqual(ACT_ROLES);
    expect(rolesOf(ended, new NotingClock(plusDays(TODAY, -1)))).toEqual(['PROVIDER']);
  });

  test('what it states against the system stays: time alone lets nothing in', () => {
    expect(classificationOf(ended)).toEqual({ tier: 'HIGH', euClass: 'HIGH_RISK_ANNEX_III', milderClass: 'LIMITED', flags: ['PROFILING'] });
  });

  test('an answer that looked at it ends then', () => {
    const clock = new NotingClock(plusDays(TODAY, -1));
    rolesOf(ended, clock);
    expect(clock.holdsUntil).toEqual({ at: TODAY, what: 'CLASSIFICATION', ref: 'sys-1' });
  });
});

test('a record only adds: no class, flag or tier of it relaxes a lane or an impact assessment', () => {
  const policy = defaultPolicy();
  for (const assessed of EU_CLASSES) for (const euClass of EU_CLASSES.filter((known) => known !== 'UNCLASSIFIED')) for (const flag of SYSTEM_FLAGS) {
    const tier = givenTier({ euClass: assessed, flags: ['PERSONAL_DATA'] });
    const [alone, both] = [[], [givenClassification({ euClass, flags: { [flag]: true, PERSONAL_DATA: false } })]].map((classifications) => classificationOf(givenSystem({ tierAssessments: [tier], classifications })));
    expect(TIERS.indexOf(both!.tier)).toBeGreaterThanOrEqual(TIERS.indexOf(alone!.tier));
    for (const kind of GATED_KINDS) {
      const lanes = requiredLanes(policy, both!, kind);
      const relaxed = requiredLanes(policy, alone!, kind).filter(({ lane, level }) => !isAtLeast(lanes.find((one) => one.lane === lane)?.level ?? 'NONE', level));
      expect({ assessed, euClass, flag, relaxed }).toEqual({ assessed, euClass, flag, relaxed: [] });
      expect(requiredAssessments(policy, both!, kind)).toEqual(expect.arrayContaining(requiredAssessments(policy, alone!, kind)));
    }
  }
});

test('each fact names its sources, what holds, and why', () => {
  const system = givenSystem({ tierAssessments: [givenTier({ flags: ['PROFILING'] })], classifications: [givenClassification({ euClass: 'HIGH_RISK_ANNEX_III', flags: { PROFILING: false, AGENTIC: false }, tierFloor: 'HIGH' })] });
  const facts = new Map(factsOf(system, new NotingClock(TODAY)).map((fact) => [fact.fact, fact]));
  const told = (name: string): unknown => [facts.get(name)?.sources.map(({ value }) => value), facts.get(name)?.value, facts.get(name)?.ground];
  expect(['TIER', 'EU_CLASS', 'ROLES', 'PROFILING', 'AGENTIC', 'WORKPLACE'].map(told)).toEqual([
    [['MODERATE', 'HIGH'], 'HIGH', 'DISAGREED'], [['LIMITED', 'HIGH_RISK_ANNEX_III'], 'HIGH_RISK_ANNEX_III, LIMITED', 'DISAGREED'], [['PROVIDER'], 'PROVIDER', 'ONE_SOURCE'],
    [['true', 'false'], 'true', 'DISAGREED'], [['false', 'false'], 'false', 'AGREED'], [['false'], 'false', 'ONE_SOURCE'],
  ]);
  expect(factsOf(givenSystem({ classifications: [] }), new NotingClock(TODAY)).find(({ fact }) => fact === 'ROLES')).toEqual({ fact: 'ROLES', sources: [], value: ACT_ROLES.join(', '), ground: 'UNKNOWN' });
  expect(classesOf(classificationOf(system))).toEqual(['HIGH_RISK_ANNEX_III', 'LIMITED']);
});

test.each<[TierAssessment['tier'], TierAssessment['tier'], unknown]>([['HIGH', 'MODERATE', 'AGREED'], ['HIGH', 'HIGH', 'AGREED'], ['MODERATE', 'HIGH', 'DISAGREED']])('a tier of %s and a floor of %s: %s', (tier, tierFloor, ground) => {
  const system = givenSystem({ tierAssessments: [givenTier({ tier })], classifications: [givenClassification({ tierFloor })] });
  expect(factsOf(system, new NotingClock(TODAY)).find(({ fact }) => fact === 'TIER')?.ground).toBe(ground);
});

describe('what the team has answered since it was assessed', () => {
  const answers = (...flags: AiSystem['tierAssessments'][number]['flags']): AiSystem['tieringAnswers'][number] => ({ questionnaire: { id: 'tiering', version: '1', digest: sha256('q') }, answers: {}, rationale: 'As it is.', computed: 'MINIMAL', flags, answeredBy: 'dev', at: TODAY });
  const heard = (revision: number): TierAssessment => givenTier({ flags: ['AGENTIC'], restsOn: { revision, computed: 'MINIMAL' } });
  const flags = (revision: number, ...given: AiSystem['tieringAnswers']): readonly string[] => classificationOf(givenSystem({ tierAssessments: [heard(revision)], tieringAnswers: given })).flags;

  test('applies beside the assessment, whatever was answered after it, until somebody judges by it', () => {
    const given = [answers('PROFILING'), answers('PERSONAL_DATA'), answers()];
    expect([flags(1, ...given), flags(2, ...given), flags(0, ...given)]).toEqual([['AGENTIC', 'PERSONAL_DATA'], ['AGENTIC'], ['AGENTIC', 'PERSONAL_DATA', 'PROFILING']]);
  });

  test('does not choose the policy by which the system is judged', () => {
    const system = givenSystem({ tierAssessments: [heard(0)], tieringAnswers: [answers('PERSONAL_DATA')] });
    expect([classificationOf(system).flags, bindable(system).flags]).toEqual([['AGENTIC', 'PERSONAL_DATA'], ['AGENTIC']]);
  });

  test('applies although it was signed that it does not hold, and is named as a source of its own', () => {
    const system = givenSystem({ tierAssessments: [heard(0)], tieringAnswers: [answers('PERSONAL_DATA')], classifications: [givenClassification({ flags: { PERSONAL_DATA: false } })] });
    expect(factsOf(system, new NotingClock(TODAY)).find(({ fact }) => fact === 'PERSONAL_DATA')).toEqual({
      fact: 'PERSONAL_DATA', value: 'true', ground: 'DISAGREED', sources: [{ source: 'TIER_ASSESSMENT', value: 'false' }, { source: 'CLASSIFICATION', value: 'false' }, { source: 'QUESTIONNAIRE', value: 'true' }],
    });
  });
});
