import { describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { Refusal, type RefusalCode, type RefusalFacts } from '../domain/refusal.js';
import { SHIPPED_DOCUMENT as DOCUMENT } from './shipped-policy.js';
import { MAX_SOURCE } from './placed-text.js';
import { parsePolicy } from './policy-document.js';

const YAML = stringify({ ...DOCUMENT, requirements: undefined, freezes: undefined }, { aliasDuplicateObjects: false });

function refused(source: string, code: RefusalCode = 'POLICY_INVALID'): RefusalFacts {
  try {
    parsePolicy(source);
  } catch (error) {
    if (error instanceof Refusal && error.code === code) return error.facts;
    throw error;
  }
  throw new Error('taken');
}

/** The place of the first text of this kind, counted from 1. */
function placeOf(source: string, text: string): { line: number; column: number } {
  const before = source.slice(0, source.indexOf(text)).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

const row = (more: string): string => `${YAML}requirements:\n  - kind: EVIDENCE\n    id: E-1\n    title: An evaluation\n    gates: [PRODUCTION]\n    evidenceType: evaluation_run\n${more}`;

/** A policy whose list of this name is replaced. */
const instead = (name: string, list: (rest: string) => string): string => list(YAML.replace(new RegExp(`^${name}:[\\s\\S]*?(?=\\n\\w|$(?![\\s\\S]))`, 'm'), ''));

describe('a policy', () => {
  test('is the same in JSON and in YAML, and the shipped one is one', () => {
    expect(parsePolicy(JSON.stringify(DOCUMENT))).toEqual(DOCUMENT);
    expect(parsePolicy(YAML)).toEqual(DOCUMENT);
  });

  test('gets what it leaves out', () => {
    const { requirements, freezes, bindings } = parsePolicy(`${YAML.replace(/bindings:[\s\S]*?(?=\n\w|$)/, 'bindings: [{priority: 3}]')}\nrequirements: [{kind: EVIDENCE, id: E-1, title: t, gates: [PILOT], evidenceType: test_report}, {kind: CONDITION, id: C-1, title: t, gates: [PILOT], condition: "true"}]\nfreezes: [{id: F-1, from: 2026-12-20T18:00:00Z, until: 2027-01-02T06:00:00.5Z, reason: Holidays}]\n`);

    expect(bindings).toEqual([{ priority: 3, mode: 'ENFORCE' }]);
    expect(requirements).toEqual([
      { kind: 'EVIDENCE', id: 'E-1', title: 't', gates: ['PILOT'], evidenceType: 'test_report', when: {}, severity: 'BLOCK', next: null, basis: [], code: 'EVIDENCE_FAILED', subject: 'RELEASE', maxAgeDays: null, condition: null },
      { kind: 'CONDITION', id: 'C-1', title: 't', gates: ['PILOT'], condition: 'true', when: {}, severity: 'BLOCK', next: null, basis: [], code: 'READINESS_INCOMPLETE' },
    ]);
    expect(freezes).toEqual([{ id: 'F-1', from: '2026-12-20T18:00:00.000Z', until: '2027-01-02T06:00:00.500Z', reason: 'Holidays' }]);
  });
});

describe('obligations', () => {
  const own = (rows: string): string => `${YAML}obligations: [${rows}]\n`;

  test('get what they leave out; a policy without any stays as it was', () => {
    expect(parsePolicy(own('{id: REPORT, text: A report, gates: [PRODUCTION], withinDays: 30, evidenceType: operation_report}')).obligations).toEqual([{ id: 'REPORT', text: 'A report', gates: ['PRODUCTION'], withinDays: 30, evidenceType: 'operation_report', when: {}, basis: [] }]);
    expect(Object.keys(parsePolicy(YAML))).not.toContain('obligations');
  });

  test.each([
    ['{id: A, text: t, gates: [PILOT], withinDays: 1, evidenceType: abc}, {id: ‹A, text: u, gates: [PILOT], withinDays: 1, evidenceType: abc}', 'A is there twice'], ['{id: ‹C-7, text: t, gates: [PILOT], withinDays: 1, evidenceType: abc}', 'C-7 is the number of a condition'],
    ['{id: A, text: t, gates: [PILOT], withinDays: ‹0, evidenceType: abc}', 'must be >= 1'], ['{id: A, text: t, gates: [PILOT], withinDays: 1, evidenceType: ‹pilot_reprot}', 'obligations.0.evidenceType: "pilot_reprot" is no type of evidence that the product knows, and too near to one to be a type of your own. Nearest: pilot_report.'], ['{id: A, text: t, gates: [PILOT], withinDays: 1, evidenceType: abc, ‹owner: me}', 'owner is no field of it'],
  ])('are refused with their place: %s', (marked, message) => {
    expect(refused(own(marked.replace('‹', '')))).toMatchObject({ ...placeOf(own(marked), '‹'), message: expect.stringContaining(message) as unknown as string });
  });
});

test('an obligation may ask for a type that a row asks for before, and conditions may look for what obligations ask for', () => {
  const own = (requirements: string, type: string): string => `${YAML}requirements: [${requirements}]\nobligations: [{id: A, text: t, gates: [PILOT], withinDays: 1, evidenceType: ${type}}]\n`;
  expect(parsePolicy(own('{kind: EVIDENCE, id: E-1, title: t, gates: [PILOT], evidenceType: model_cards}', 'model_cards')).obligations).toHaveLength(1);
  const asks = '{kind: CONDITION, id: C-1, title: t, gates: [PILOT], condition: \'evidence.all(e, e.type != "letter_of_the_mayr")\'}';
  expect(refused(own(asks, 'letter_of_the_mayor')).message).toContain('Nearest: letter_of_the_mayor.');
  expect(parsePolicy(own(asks, 'letter_of_thanks')).requirements).toHaveLength(1);
});

describe('what is wrong is refused with its place', () => {
  test.each<[string, string, string, string]>([
    ['syntax', YAML.replace('validityDays:', 'validityDays: [1, 2\nvalidity:'), 'validity:', ''],
    ['a name that is there twice', `${YAML}grantMinutes: 3\n`, 'grantMinutes: 3', 'unique'],
    ['an unknown field', YAML.replace('grantMinutes:', 'grantMinuets: 3\ngrantMinutes:'), 'grantMinuets', 'grantMinuets is no field of it'],
    ['an unknown field further in', YAML.replace('reviewHours:', 'reviewHuors: 3\n  reviewHours:'), 'reviewHuors', 'no field'],
    ['a word that is none of the list', YAML.replace('flag: PILOT_AFFECTS_REAL_PEOPLE', 'flag: SOMETHING'), 'SOMETHING', 'must be one of'],
    ['a number that is too large', YAML.replace(/grantMinutes: \d+/, 'grantMinutes: 999'), '999', 'must be <= 60'],
    ['a text where a number belongs', YAML.replace(/grantMinutes: \d+/, 'grantMinutes: soon'), 'soon', 'must be integer'],
    ['a version that YAML takes for a number', YAML.replace(/version: .*/, 'version: 1.5'), '1.5', 'must be string'],
    ['a tag', YAML.replace(/title: .*/, 'title: !!js/function "x"'), '!!js/function', ''],
    ['an expression that does not fit the model', row('    condition: evidence.tier == "HIGH"\n'), 'tier == "HIGH"', 'No such key: tier'],
    ['a type error', row('    condition: "evidence.aboutRelease > 3"\n'), 'evidence.aboutRelease > 3', 'no such overload'],
    ['an expression that is no condition', row('    condition: evidence.type\n'), 'evidence.type', 'It says string'],
    ['a runaway expression', row('    condition: payload.a.all(x, x.all(y, y.all(z, z.all(w, true))))\n'), 'payload.a.all', 'At most 3 loops'],
    ['a regular expression', row('    condition: evidence.type.matches("(a+)+$")\n'), 'evidence.type.matches', 'matches is no function'],
    ['an expression in a block of lines', row('    condition: |-\n      payload.a == 1 &&\n      payload.b ==\n'), 'payload.b ==', ''],
    ['a requirement that is there twice', `${row('')}  - {kind: EVIDENCE, id: E-1, title: t, gates: [PILOT], evidenceType: test_report}\n`, 'E-1, title: t', 'E-1 is there twice'],
    ['the number of a mitigation', row('').replace('id: E-1', 'id: M-1'), 'M-1', 'the number of a mitigation'],
    ['a field of the other kind of row', row('    maxAge: 3\n'), 'maxAge', 'maxAge is no field of it'],
    ['an instant that is none', `${YAML}freezes: [{id: F-1, from: 2026-02-01T00:00:00Z, until: 2026-13-01T00:00:00Z, reason: r}]\n`, '2026-13-01', 'freezes.0.until: is no instant'],
    ['a day that there is not', `${YAML}freezes: [{id: F-1, from: 2026-02-30T00:00:00Z, until: 2026-04-01T00:00:00Z, reason: r}]\n`, '2026-02-30', 'freezes.0.from: is no instant'],
    ['the end of a day that there is not', `${YAML}freezes: [{id: F-1, from: 2026-02-01T00:00:00Z, until: 2026-02-29T24:00:00Z, reason: r}]\n`, '2026-02-29', 'freezes.0.until: is no instant'],
    ['an interval that ends before it begins', `${YAML}freezes: [{id: F-1, from: 2026-12-02T00:00:00Z, until: 2026-12-01T00:00:00Z, reason: r}]\n`, '2026-12-01', 'is not after from'],
  ])('%s', (_, source, at, message) => {
    const { line, column, message: said = '', because = [] } = refused(source);
    const place = placeOf(source, at);
    expect({ line, said }).toEqual({ line: place.line, said: expect.stringContaining(message) });
    expect(column).toBeGreaterThan(0);
    expect(because.length).toBeGreaterThan(0);
    expect(because[0]).toMatch(/^\d+:\d+ /);
  });

  test('exactly, to the character', () => {
    const source = row('    condition: payload.accuracy >= 0.9 && evidence.teir == "x"\n');
    expect(refused(source)).toMatchObject(placeOf(source, 'teir'));
    const quoted = row('    condition: "payload.accuracy >= 0.9 && evidence.teir == 1"\n');
    expect(refused(quoted)).toMatchObject(placeOf(quoted, 'teir'));
    const block = row('    condition: |-\n      payload.accuracy >= 0.9 &&\n      evidence.teir == "x"\n');
    expect(refused(block)).toMatchObject(placeOf(block, 'teir'));
    const unknown = YAML.replace('grantMinutes:', 'grantMinuets:');
    expect(refused(unknown).because).toEqual(expect.arrayContaining([expect.stringMatching(new RegExp(`^${String(placeOf(unknown, 'grantMinuets').line)}:1 .*grantMinuets`))]));
  });

  test('bindings of one priority that can fit the same thing, at the first of them', () => {
    const source = YAML.replace(/bindings:[\s\S]*?(?=\n\w|$)/, 'bindings:\n  - {priority: 3, kinds: [PILOT]}\n  - {priority: 4, tiers: [HIGH]}\n  - {priority: 4, systems: [SYS-1]}');
    expect(refused(source, 'POLICY_BINDINGS_CONTRADICT')).toMatchObject({ field: 'source', ...placeOf(source, '{priority: 4, tiers'), message: expect.stringContaining('Binding 2 of baseline and binding 3 of baseline') as unknown as string });
  });

  test.each<[string, string, string, string]>([
    ['characters', `${YAML}#${'x'.repeat(MAX_SOURCE - YAML.length - 1)}‹x${'x'.repeat(1000)}`, 'at most 120000 characters', ''], ['characters on many lines', `${'a: 1\n'.repeat(24_000)}‹a: 1\n`, 'at most 120000 characters', ''],
    ['words', `[${'1,'.repeat(15_999)}1‹,1]`, 'at most 32000 words', ''], ['parts', `${YAML}freezes: [${'1, '.repeat(500)}‹1, 1]`, 'more than 500 parts', 'freezes.500'], ['lanes', YAML.replace(/vetoLanes:[\s\S]*?(?=\n\w)/, `vetoLanes: [${Array.from({ length: 200 }, (_, i) => `L${String(i)}, `).join('')}‹L, M]`), 'must NOT have more than 200 items', 'vetoLanes.200'],
    ['an expression', row(`    condition: ${'x'.repeat(2000)}‹x\n`), 'must NOT have more than 2000 characters', 'requirements.0.condition'], ['brackets', `${'['.repeat(49)}‹[${'['.repeat(20_000)}`, 'nested too deeply', ''], ['dashes', `${'- '.repeat(49)}‹- ${'- '.repeat(10_000)}`, 'nested too deeply', ''],
    ['aliases', `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefgh'.split('').map((name, i) => `${name}: &${name} [${i === 0 ? '‹' : ''}${Array.from({ length: 9 }, () => `*${'abcdefg'[i]!}`).join(', ')}]`).join('\n')}\n`, 'Excessive alias count', ''],
  ])('where it is too long or too deep: %s', (_, marked, message, path) => {
    const because = refused(marked.replace('‹', '')).because ?? [];
    const { line, column } = placeOf(marked, '‹');
    expect(because.filter((one) => one.includes(message))).toEqual([expect.stringMatching(new RegExp(`^${String(line)}:${String(column)} ${path}`))]);
  });

  const never = (more: string, rows = ''): string => `${YAML.replace(/ {2}never:\n/, `  never:\n    - {requirement: ${more}, flags: []}\n`)}${rows}`;
  const bound = (more: string): string => YAML.replace(/bindings:[\s\S]*?(?=\n\w|$)/, `bindings: [{priority: 3, ${more}}]`);
  const condition = (more: string): string => `${YAML}requirements: [{kind: CONDITION, id: C-1, title: t, condition: 'size(risks) > 0', ${more}}]\n`;
  const frozen = (more: string): string => `${YAML}freezes: [{id: F-1, from: 2026-12-20T18:00:00Z, until: 2027-01-02T06:00:00Z, reason: r, ${more}}]\n`;

  test.each<[string, string, string]>([
    ['a gate of a row', condition('gates: ‹[]'), 'requirements.0.gates'], ['a tier', condition('gates: [PILOT], when: {tiers: ‹[]}'), 'when.tiers'], ['a class', condition('gates: [PILOT], when: {euClasses: ‹[]}'), 'when.euClasses'], ['a flag', condition('gates: [PILOT], when: {flags: ‹[]}'), 'when.flags'],
    ['any flag', condition('gates: [PILOT], when: {anyFlags: ‹[]}'), 'when.anyFlags'], ['any role', condition('gates: [PILOT], when: {anyRoles: ‹[]}'), 'when.anyRoles'], ['a gate of an obligation', `${YAML}obligations: [{id: A, text: t, gates: ‹[], withinDays: 1, evidenceType: abc}]\n`, 'obligations.0.gates'],
    ['a gate of an impact assessment', instead('impactAssessments', (rest) => `${rest}\nimpactAssessments: [{kind: DPIA, when: {}, gates: ‹[]}]\n`), 'impactAssessments.0.gates'], ['a tier of an impact assessment', instead('impactAssessments', (rest) => `${rest}\nimpactAssessments: [{kind: DPIA, when: {tiers: ‹[]}, gates: [PILOT]}]\n`), 'impactAssessments.0.when.tiers'],
    ['an environment of a freeze', frozen('environments: ‹[]'), 'freezes.0.environments'], ['a kind of a freeze', frozen('kinds: ‹[]'), 'freezes.0.kinds'], ['a system of a freeze', frozen('systems: ‹[]'), 'freezes.0.systems'],
    ...['environments', 'kinds', 'systems', 'tiers', 'euClasses', 'flags'].map((list): [string, string, string] => [`${list} of a binding`, bound(`${list}: ‹[]`), `bindings.0.${list}`]),
  ])('a list that would narrow to nothing: %s', (_, marked, path) => {
    expect(refused(marked.replace('‹', ''))).toMatchObject({ ...placeOf(marked, '‹'), message: expect.stringContaining(`${path}: must NOT have fewer than 1 items`) as unknown as string });
  });

  test.each([
    ['‹R5/LEGALL', 'Nearest: R5/LEGAL.'], ['‹LEGAL', 'Nearest: R5/LEGAL.'], ['‹r5', 'Nearest: '], ['‹E-1', 'Nearest: R7/E-1.'], ['‹R7/E-2', 'Nearest: R7/E-1'], ['‹R8/E-1', 'Nearest: R7/E-1'], ['‹R2/DIPA', 'Nearest: R2/DPIA'], ['‹R4/M-3', 'it would protect nothing'], ['‹everything', 'Name a rule such as R4'],
  ])('what is never waived and is nothing that a gate asks for: %s', (marked, message) => {
    const rows = 'requirements: [{kind: EVIDENCE, id: E-1, title: t, gates: [PILOT], evidenceType: test_report}]\n';
    expect(refused(never(marked.replace('‹', ''), rows))).toMatchObject({ ...placeOf(never(marked, rows), '‹'), message: expect.stringMatching(new RegExp(`waivers\\.never\\.0\\.requirement: .*${message}`)) as unknown as string });
  });

  test('what may be named as never waived: rules, their parts, rows of the document', () => {
    const rows = 'requirements: [{kind: EVIDENCE, id: E-1, title: t, gates: [PILOT], evidenceType: test_report}, {kind: RULE, id: C-1, title: t, gates: [PILOT], rules: [R5]}]\nfreezes: [{id: F-1, from: 2026-12-20T18:00:00Z, until: 2027-01-02T06:00:00Z, reason: r}]\nobligations: [{id: A, text: t, gates: [PILOT], withinDays: 1, evidenceType: abc}]\n';
    for (const name of ['R4', 'R5/RISK', 'R1/TIER', 'R7/E-1', 'R8/C-1', 'R18/F-1', 'R14/A', 'R4/R-12', 'R6/M-3', 'R9/F-2', 'R14/C-7', 'D2']) expect(parsePolicy(never(name, rows)).waivers.never[0]).toEqual({ requirement: name, flags: [] });
  });

  test('all of it at once, twenty at most', () => {
    const { because = [], message } = refused(YAML.replaceAll('PILOT: SELF', 'PILOT: MAYBE'));
    expect(because).toHaveLength(20);
    expect(message).toMatch(/and \d+ more/);
  });
});

/** Of processor time. */
function msToRefuse(source: string): number {
  const begun = process.cpuUsage();
  expect(refused(source).line).toBeGreaterThanOrEqual(1);
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000;
}

/** A text of as many characters as there may be, made of what is said for each number. */
const full = (part: (index: number) => string, before = '', after = ''): string => {
  let text = before;
  for (let index = 0; text.length + after.length < MAX_SOURCE - 40; index += 1) text += part(index);
  return text + after;
};
/** Policies of so many conditions. */
const conditions = (count: number, condition: string | ((index: number) => string)): string => `${YAML}requirements:\n${some(count, (i) => `  - {kind: CONDITION, id: C-${String(i)}, title: t, gates: [PILOT], condition: '${typeof condition === 'string' ? condition : condition(i)}'}\n`, '')}`;
function some(count: number, part: string | ((index: number) => string), between = ','): string {
  return Array.from({ length: count }, (_, index) => (typeof part === 'string' ? part : part(index))).join(between);
}

describe('nothing without end gets in, or holds up what else is going on', () => {
  test.each<[string, string]>([
    ['ten megabytes', `title: ${'x'.repeat(10_000_000)}`],
    ['ten megabytes of lines', 'a: 1\n'.repeat(2_000_000)],
    ['one character too many', `${YAML}#${'x'.repeat(MAX_SOURCE - YAML.length)}`],
    ['aliases of aliases of aliases', `a: &a [x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 9 }, (_, i) => `${String.fromCharCode(98 + i)}: &${String.fromCharCode(98 + i)} [${Array.from({ length: 9 }, () => `*${String.fromCharCode(97 + i)}`).join(', ')}]`).join('\n')}\n`],
    ['an alias of itself', 'a: &a [*a]\n'],
    ['many anchors', full((i) => `key-of-some-length-${String(i)}: &a${String(i)} 1\n`)], ['many aliases', full((i) => `key-of-some-length-${String(i)}: *a\n`, 'a: &a 1\n')], ['many anchors and aliases', full(() => '- &some-anchor-of-a-name 1\n- *some-anchor-of-a-name\n')],
    ['brackets in brackets', '['.repeat(100_000)], ['brackets that close nothing', ']'.repeat(MAX_SOURCE)],
    ['braces in braces', '{a: '.repeat(25_000)],
    ['steps in steps', Array.from({ length: 450 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['dashes in dashes', '- '.repeat(50_000)],
    ['many keys', full((i) => `key-of-some-length-${String(i)}: 1\n`)], ['many short keys', full((i) => `${i.toString(36)}:\n`)], ['many keys on a line', full((i) => `${i.toString(36)}: 1, `, '{', '}')], ['many keys of one name', full(() => 'key-of-a-name: 1\n')], ['many names without a value', full((i) => `"k${String(i)}",`, '{')],
    ['many unknown fields', full((i) => `unknown-field-${String(i)}: 1\n`, YAML)],
    ['many bindings', instead('bindings', (rest) => full((i) => `  - {priority: ${String(i)}, mode: ENFORCE}\n`, `${rest}\nbindings:\n`))], ['many bindings of nothing', instead('bindings', (rest) => full(() => '{}, ', `${rest}\nbindings: [`, ']'))], ['many bindings that are wrong', instead('bindings', (rest) => full((i) => `{x-of-a-name: {b: ${String(i)}}}, `, `${rest}\nbindings: [`, ']'))],
    ['many lanes', instead('vetoLanes', (rest) => full((i) => `  - LANE-${String(i)}\n`, `${rest}\nvetoLanes:\n`))], ['many environments', instead('bindings', (rest) => full((i) => `environment-${String(i)}, `, `${rest}\nbindings: [{priority: 1, environments: [`, ']}]'))],
    ['many rows', full((i) => `  - {kind: CONDITION, id: C-${String(i)}, title: t, gates: [PILOT], condition: "x"}\n`, `${YAML}requirements:\n`)], ['rows that say nothing', full(() => '{}, ', `${YAML}requirements: [`, ']')],
    ['rows that do not compile', `${YAML}requirements:\n${Array.from({ length: 290 }, (_, i) => `  - {kind: CONDITION, id: C-${String(i)}, title: t, gates: [PILOT], condition: "risks.all(r, r.${'x'.repeat(200)} == 1)"}\n`).join('')}`],
    ['lists of lists of what payloads say', conditions(200, 'evidence.all(e, [LIST].all(a, [LIST].all(b, [LIST][0].zzz > 0)))'.replace('LIST', some(25, 'e.payload')).replace('LIST', some(55, 'a')).replace('LIST', some(55, 'b')))],
    ['lists of records of lists', conditions(120, `[${some(60, '{"x": evidence}')}].all(a, [${some(60, 'a')}].all(b, [${some(60, '{"y": b}')}][0].y.zzz > 0))`)], ['words that are none, many times over', conditions(60, `[${some(70, '"HGIH"')}].all(a, ${some(60, 'a == system.tier', ' || ')})`)],
    ['types that are nearly known', conditions(55, (i) => `evidence.exists(e, e.type in [${some(110, (j) => `"incident_pl${(i * 110 + j).toString(36)}n"`)}])`)],
    ['types that are nearly those of rows', `${conditions(20, (i) => `evidence.exists(e, e.type in [${some(25, (j) => `"${'long_'.repeat(11)}${(i * 25 + j).toString(36)}xyz"`)}] || e.outcome == "x")`)}${some(250, (i) => `  - {kind: EVIDENCE, id: T-${String(i)}, title: t, gates: [PILOT], evidenceType: ${'long_'.repeat(11)}${i.toString(36)}}`, '\n')}\n`],
    ['a condition of many lines', full(() => '      x ==\n', row('    condition: |\n'))],
    ['conditions of many lines', full((i) => `  - kind: CONDITION\n    id: C-${String(i)}\n    title: t\n    gates: [PILOT]\n    condition: |-\n${'      1 + 1 +\n'.repeat(190)}\n`, `${YAML}requirements:\n`)],
    ['many mistakes', full(() => 'PILOT: MAYBE\n', YAML.replaceAll('PILOT: SELF', 'PILOT: MAYBE'))], ['many quotes', '"'.repeat(MAX_SOURCE)], ['many escapes', `"${'\\x'.repeat(59_000)}"`], ['many directives', full(() => '%YAML 9\n')], ['many tags', full(() => '- !some-tag-of-a-name 1\n')], ['many tabs', full(() => '\ta-key: 1\n')],
    ['many documents', full(() => '---\n')], ['blank lines', '\n'.repeat(MAX_SOURCE)], ['returns', '\r'.repeat(MAX_SOURCE)], ['lines of one text', full(() => ' some more\n', 'k: a\n')], ['a long line', `a: ${'x'.repeat(MAX_SOURCE - 3)}`], ['a long name', `${'x'.repeat(MAX_SOURCE - 3)}: 1`], ['a long number', `- ${'9'.repeat(MAX_SOURCE - 2)}`], ['many instants', full(() => '- 2026-01-01T00:00:00Z\n')], ['many large numbers', full(() => '- 1e99999999\n')], ['a prototype', full(() => '__proto__: 1\n')],
    ['nothing', ''], ['a comment', '# nothing'], ['a list', '[]'], ['a number', '7'], ['two documents', `${YAML}---\n${YAML}`], ['NUL', '\0'], ['half a character', '\ud800'],
  ])('%s', (_, source) => {
    // Others may be at work on this machine, so it may try again.
    expect([1, 2, 3].some(() => msToRefuse(source) < 250)).toBe(true);
  });

  test('and a text of that length that says something does', () => {
    const rows = full((i) => (i < 290 ? `  - {kind: CONDITION, id: C-${String(i)}, title: A row, gates: [PILOT, CANARY, PRODUCTION], when: {tiers: [HIGH, CRITICAL]}, condition: 'risks.all(r, r.number != "" && r.state in ["MONITORED", "ACCEPTED"]) && size(findings) >= 0', next: Do it., basis: [a, b, c]}\n` : '#\n'.padStart(80)), `${YAML}requirements:\n`);
    expect(rows.length).toBeGreaterThan(0.9 * MAX_SOURCE);
    expect(parsePolicy(rows).requirements).toHaveLength(290);
  });
});
