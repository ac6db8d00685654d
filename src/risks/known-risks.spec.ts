// Which risks a row may be about: only what some row asks for is kept, or a file of one statement a thousand times over would take for ever.
import { describe, expect, test } from '@jest/globals';
import { keysOf, type RiskRow } from '../domain/risk-rows.js';
import { Candidates, type KnownRisk } from './known-risks.js';

const statement = { source: 'One', event: 'for', consequence: 'all' };
const row = (externalId: string | null, source = 'One'): RiskRow => ({ line: 2, externalId, system: 'SYS-1', statement: { ...statement, source }, owner: 'sam', affectedParties: [], taxonomy: [], release: null, draft: false, number: null, version: null });
const risk = (id: string, externalId: string | null, source = 'One'): KnownRisk => ({ id, number: `R-${id}`, systemId: 's', keys: keysOf({ externalId, statement: { ...statement, source } }), ended: false, line: 0 });

describe('the candidates', () => {
  test('are found by the external id of a row, otherwise by what its statement says', () => {
    const candidates = new Candidates([row('a'), row(null, ' one ')]);
    for (const known of [risk('1', 'a'), risk('2', 'b'), risk('3', null), risk('4', null, 'Two')]) candidates.add(known);

    expect(candidates.of(row('a')).map(({ id }) => id)).toEqual(['1']);
    expect(candidates.of(row(null)).map(({ id }) => id)).toEqual(['1', '2', '3']);
  });

  test('of rows with external ids are not kept by their statement, which all may share', () => {
    const candidates = new Candidates([row('a'), row('b')]);
    for (const known of [risk('1', 'a'), risk('2', 'b'), risk('3', null)]) candidates.add(known);

    expect(candidates.of(row(null))).toEqual([]);
  });

  test('are no longer found once they are removed', () => {
    const candidates = new Candidates([row('a'), row(null)]);
    candidates.add(risk('1', 'a'));

    candidates.remove(risk('1', 'a'));

    expect([candidates.of(row('a')), candidates.of(row(null))]).toEqual([[], []]);
  });
});
