import { describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { givenClassification, givenReviewer, givenSystem, givenTier, TODAY } from '../../test/support/given.js';
import type { Lane } from './actor.js';
import { draftClassification, fileClassification, type ClassificationInput, type UnsignedRecord } from './classification-record.js';
import { CLASSIFICATION_TYPE, isGenuine } from './classification-statement.js';
import { NotingClock, plusDays } from './clock.js';
import { publicJwk, signEnvelope } from './envelope.js';
import { Refusal } from './refusal.js';
import type { AiSystem } from './system.js';

const INPUT: ClassificationInput = { euClass: 'LIMITED', flags: [{ flag: 'PROFILING', holds: false }], roles: ['PROVIDER', 'DEPLOYER', 'PROVIDER'], annexIIIUses: [], derogation: null, rationale: 'It talks to people.', validUntil: null };
const EXEMPT = { euClass: 'ANNEX_III_EXEMPT', annexIIIUses: ['III_4_A'], derogation: 'PREPARATORY_TASK' } as const;

function drafted(input: Partial<ClassificationInput> = {}, { system = givenSystem(), person = 'lena', lane = 'LEGAL' }: { system?: ReturnType<typeof givenSystem>; person?: string; lane?: Lane } = {}): UnsignedRecord {
  return draftClassification(system, { ...INPUT, ...input }, { principal: givenReviewer(person, [lane]), clock: new NotingClock(TODAY), tierFloor: null });
}

function refused(...args: Parameters<typeof drafted>): unknown {
  try {
    drafted(...args);
  } catch (error) {
    if (error instanceof Refusal) return [error.code, error.facts.field ?? error.facts.because?.join(', ')];
    throw error;
  }
  return 'drafted';
}

test('it states every flag, and ends after a year', () => {
  expect(drafted()).toMatchObject({ systemId: 'sys-1', revision: 1, roles: ['DEPLOYER', 'PROVIDER'], flags: { PROFILING: false, AGENTIC: null }, signedBy: 'lena', signedAt: TODAY, validUntil: plusDays(TODAY, 365) });
  expect(drafted({ validUntil: plusDays(TODAY, 30) }).validUntil).toBe(plusDays(TODAY, 30));
});

test.each<[string, Partial<ClassificationInput>, string]>([
  ['no class', { euClass: 'UNCLASSIFIED' }, 'INVALID_INPUT input.euClass'],
  ['no role', { roles: [] }, 'INVALID_INPUT input.roles'],
  ['a flag twice', { flags: [{ flag: 'AGENTIC', holds: true }, { flag: 'AGENTIC', holds: false }] }, 'INVALID_INPUT input.flags.1.flag'],
  ['high risk by Annex III without a use', { euClass: 'HIGH_RISK_ANNEX_III' }, 'INVALID_INPUT input.annexIIIUses'],
  ['a listed use that would be minimal', { euClass: 'MINIMAL', annexIIIUses: ['III_5_B'] }, 'INVALID_INPUT input.annexIIIUses'],
  ['an exemption without a ground', { ...EXEMPT, derogation: null }, 'INVALID_INPUT input.derogation'],
  ['a ground without an exemption', { derogation: 'PREPARATORY_TASK' }, 'INVALID_INPUT input.derogation'],
  ['an exemption of what profiles people', { ...EXEMPT, flags: [{ flag: 'PROFILING', holds: true }] }, 'INVALID_INPUT input.flags'],
  ['an exemption that is silent about profiling', { ...EXEMPT, flags: [] }, 'INVALID_INPUT input.flags'],
  ['an end in the past', { validUntil: TODAY }, 'INVALID_INPUT input.validUntil'],
  ['more than a year', { validUntil: plusDays(TODAY, 366) }, 'VALIDITY_TOO_LONG input.validUntil'],
])('refused: %s', (_, input, why) => {
  expect(refused(input)).toEqual(why.split(' '));
});

test('an exemption with its ground, and without profiling, can be signed', () => {
  expect(drafted({ ...EXEMPT })).toMatchObject({ euClass: 'ANNEX_III_EXEMPT', derogation: 'PREPARATORY_TASK', annexIIIUses: ['III_4_A'] });
});

describe('who signs', () => {
  test.each<[string, Parameters<typeof drafted>[1], unknown]>([
    ['the owner', { person: 'owner' }, ['SEPARATION_OF_DUTIES', 'SYSTEM_OWNER, AUTHOR']],
    ['a developer', { person: 'dev' }, ['SEPARATION_OF_DUTIES', 'DEVELOPER']],
    ['somebody who wrote in it', { system: givenSystem({ editors: ['lena'] }) }, ['SEPARATION_OF_DUTIES', 'AUTHOR']],
    ['whoever assessed it', { system: givenSystem({ tierAssessments: [givenTier({ assessedBy: 'lena' })] }) }, ['SEPARATION_OF_DUTIES', 'ASSESSOR']],
    ['a reviewer of another lane', { lane: 'PRIVACY' }, ['NOT_ELIGIBLE', 'NO_GRANT_FOR_LANE']],
    ['a reviewer of LEGAL', {}, 'drafted'],
  ])('%s', (_, by, wanted) => {
    expect(refused({}, by)).toEqual(wanted);
  });
});

test('a record follows the one before, and five are kept', () => {
  let system: AiSystem = givenSystem();
  for (let i = 0; i < 7; i += 1) system = fileClassification(system, drafted({}, { system: { ...system, digest: givenSystem().digest } }), givenClassification().signed).next;
  expect(system.classifications.map(({ revision }) => revision)).toEqual([3, 4, 5, 6, 7]);
});

test('what is retired is classified no more', () => {
  expect(refused({}, { system: givenSystem({ state: 'RETIRED' }) })).toEqual(['INVALID_TRANSITION', undefined]);
});

test('it is genuine when one of the keys signed exactly it, for the organization', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const [key, record] = [publicJwk(publicKey), drafted()];
  const sign = (about: object): ReturnType<typeof signEnvelope> => signEnvelope({ keyId: key.kid, privateKey }, CLASSIFICATION_TYPE, { v: 1, organization: { id: 'org', log: '' }, system: { id: 'sys-1' }, record, ...about });
  const signed = sign({});
  expect([isGenuine({ ...record, signed }, [key], 'org'), isGenuine({ ...record, signed }, [], 'org'), isGenuine({ ...record, signed }, [key], 'other'), isGenuine({ ...record, roles: ['IMPORTER'], signed }, [key], 'org')]).toEqual([true, false, false, false]);
  expect(isGenuine({ ...record, signed: sign({ system: { id: 'sys-2' } }) }, [key], 'org')).toBe(false);
});
