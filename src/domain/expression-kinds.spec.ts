import { expect, test } from '@jest/globals';
import { alternatives, fieldOf, variablesOf, type Kind } from './expression-kinds.js';
import { MODEL } from './expression-model.js';

/** Texts that anybody writes, or that are counted or made up: there is no list of them. */
const FREE: readonly string[] = [
  'System.number', 'System.name', 'System.businessUnit', 'System.jurisdictions', 'System.affectedGroups', 'System.risks', 'Component.name', 'Component.digest',
  'Release.number', 'Release.label', 'Release.createdAt', 'Release.bundleDigest', 'Release.digests', 'Release.models', 'Release.artifacts', 'Place.inUseSince', 'Place.name', 'Risk.number', 'Risk.event',
  'Mitigation.number', 'Mitigation.title', 'Mitigation.risk', 'Mitigation.due', 'Evidence.number', 'Evidence.title', 'Evidence.subject', 'Evidence.collectedAt', 'Evidence.validUntil', 'Finding.number', 'Finding.due',
];
const PAYLOADS = new Map();

/** By the name of its type, what a variable or a part of one is. */
function kindsOf(): ReadonlyMap<string, Kind> {
  const found = new Map<string, Kind>();
  const add = (kind: Kind): void => {
    if (kind.is === 'list') add(kind.of);
    if (kind.is === 'evidence') found.set('Evidence', kind);
    if (kind.is !== 'record') return;
    found.set(kind.name, kind);
    Object.values(kind.fields).forEach(add);
  };
  Object.values(variablesOf('FACTS', null, PAYLOADS)).forEach(add);
  return found;
}

test('every text of the model is one that anybody writes, or has its words', () => {
  const texts = Object.entries(MODEL).flatMap(([name, { fields }]) => Object.entries(fields).filter(([, type]) => type === 'string' || type === 'list<string>').map(([field]) => ({ name, field })));
  const open = texts.filter(({ name, field }) => {
    const kind = fieldOf(kindsOf().get(name)!, field, PAYLOADS)!;
    return alternatives(kind.is === 'list' ? kind.of : kind).some((one) => one.is === 'text' && one.words === undefined);
  });
  expect(open.map(({ name, field }) => `${name}.${field}`).sort()).toEqual([...FREE].sort());
});
