import { describe, expect, test } from '@jest/globals';
import type { RequirementRow } from '../domain/policy-terms.js';
import type { PolicyDocument } from '../domain/policy-version.js';
import { lineOf, policyDifferences } from './policy-difference.js';
import { SHIPPED_DOCUMENT } from './shipped-policy.js';

const row = (id: string, condition: string): RequirementRow => ({ kind: 'CONDITION', id, title: 't', gates: ['PILOT'], when: {}, severity: 'BLOCK', code: 'READINESS_INCOMPLETE', next: null, basis: [], condition });
const BEFORE: PolicyDocument = { ...SHIPPED_DOCUMENT, bindings: [{ priority: 0, mode: 'ENFORCE' }, { priority: 5, kinds: ['PILOT'], mode: 'WARN' }], requirements: [row('C-1', 'true'), row('C-2', 'true')] };
const linesOf = (changed: Partial<PolicyDocument>): string[] => policyDifferences(BEFORE, { ...BEFORE, ...changed }).map(lineOf);

describe('what differs between two policies', () => {
  test('is nothing between a policy and itself, whatever its version', () => {
    expect(linesOf({ version: '9.9.9' })).toEqual([]);
  });

  test('is told field by field, with what it was and what it is', () => {
    expect(linesOf({ grantMinutes: 7, validityDays: { ...BEFORE.validityDays, HIGH: 17 }, vetoLanes: [] })).toEqual([
      `~ grantMinutes: ${String(BEFORE.grantMinutes)} → 7`, `~ validityDays HIGH: ${String(BEFORE.validityDays.HIGH)} → 17`, `~ vetoLanes: ${JSON.stringify(BEFORE.vetoLanes)} → []`,
    ]);
  });

  test('is told of rows by their ids, however many stand before them', () => {
    expect(linesOf({ requirements: [row('C-3', 'false'), row('C-2', 'false')] })).toEqual([
      '- requirements R8/C-1: {"basis":[],"code":"READINESS_INCOMPLETE","condition":"true","gates":["PILOT"],"id":"C-1","kind":"CONDITION","next":null,"severity":"BLOCK","title":"t","when":{}}',
      '~ requirements R8/C-2 condition: "true" → "false"',
      expect.stringMatching(/^\+ requirements R8\/C-3: /),
    ]);
  });

  test('is told of bindings by what they fit: a mode changes, another place is another binding', () => {
    expect(linesOf({ bindings: [{ priority: 5, kinds: ['PILOT'], mode: 'ENFORCE' }, { priority: 0, kinds: ['PRODUCTION'], mode: 'ENFORCE' }] })).toEqual([
      '+ bindings 0 {"kinds":["PRODUCTION"]}: {"kinds":["PRODUCTION"],"mode":"ENFORCE","priority":0}', '- bindings 0 {}: {"mode":"ENFORCE","priority":0}', '~ bindings 5 {"kinds":["PILOT"]} mode: "WARN" → "ENFORCE"',
    ]);
  });

  test('is everything where nothing was before, row by row', () => {
    const lines = policyDifferences(null, BEFORE).map(lineOf);

    expect(lines.filter((line) => !line.startsWith('+ '))).toEqual([]);
    expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(/^\+ requirements R8\/C-1: /), expect.stringMatching(/^\+ bindings 5 /), expect.stringMatching(/^\+ waivers: /)]));
  });

  test('knows rows apart that are called the same', () => {
    const [first] = BEFORE.impactAssessments;
    const lines = linesOf({ impactAssessments: [...BEFORE.impactAssessments, { ...first!, gates: ['PILOT'] }] });

    expect(lines).toEqual([expect.stringMatching(new RegExp(`^\\+ impactAssessments ${first!.kind} .* \\(2\\): `))]);
  });
});
