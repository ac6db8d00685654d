// The shape of the code base: which way imports point and what each folder may touch.
// Each rule is also run on a planted violation, so that a rule that finds nothing any more is noticed.
import { describe, test, expect } from '@jest/globals';
import { join } from 'node:path';
import { cruise, cruisePlanted, importRuleNames } from './support/architecture/import-rules.js';
import { HARMLESS, PLANTED } from './support/architecture/plants.js';
import { HOUSE_RULES } from './support/architecture/rules.js';
import { readSources } from './support/architecture/source.js';

const PROJECT = join(import.meta.dirname, '..');

describe('the rules of the house', () => {
  const sources = readSources(PROJECT, ['src', 'test']);

  test.each(HOUSE_RULES)('$name', ({ findings }) => {
    expect(findings(sources)).toEqual([]);
  });

  test.each(HOUSE_RULES)('a planted violation is found: $name', ({ name, findings }) => {
    const planted = PLANTED[name] ?? [];

    expect(planted).not.toEqual([]);
    for (const file of planted) {
      const found = findings([...HARMLESS.filter(({ path }) => path !== file.path), file]);
      expect({ file, found }).toEqual({ file, found: [expect.stringContaining(file.path)] });
    }
  });

  test.each(HOUSE_RULES)('harmless code is left alone: $name', ({ findings }) => {
    expect(findings(HARMLESS)).toEqual([]);
  });

  test('the files that the rules judge are really there', () => {
    expect(sources.filter(({ path }) => path.startsWith('src/domain/')).length).toBeGreaterThan(1);
    expect(sources.map(({ path }) => path)).toContain('test/architecture.spec.ts');
  });
});

const STORY = [
  'platform', 'audit', 'identity', 'taxonomies', 'systems', 'evidence', 'risks', 'mitigations', 'acceptances', 'impacts',
  'monitoring', 'policies', 'reviews', 'gate', 'reporting', 'integrations', 'cli',
];

/** Importing file → what it imports; each line breaks exactly the rules that `BROKEN` names for it. */
const BROKEN_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  'src/domain/one.ts': ['node:fs', '../audit/two.js', 'node:crypto', './three.js'],
  'src/domain/three.ts': [],
  'src/domain/four.ts': ['./five.js'],
  'src/domain/five.ts': ['./four.js'],
  'src/domain/six.ts': ['json-canonicalize', '@marcbachmann/cel-js'],
  'src/domain/expression.ts': ['@marcbachmann/cel-js'],
  'src/domain/digest.ts': ['json-canonicalize'],
  'src/domain/digest.spec.ts': ['@jest/globals', 'fast-check', 'node:fs'],
  'src/audit/two.ts': [],
  'src/audit/seven.ts': ['../main.js', './nowhere.js', '@jest/globals'],
  'src/risks/risk.table.ts': ['../domain/three.js', 'typeorm', '../audit/two.js'],
  'src/risks/risk.graphql.ts': ['@nestjs/graphql'],
  'src/risks/risks.service.ts': ['./risk.table.js', './risk.graphql.js', '@nestjs/graphql', '@nestjs/common', './risks.resolver.js'],
  'src/risks/risks.resolver.ts': ['./risk.graphql.js'],
  'src/risks/risks.module.ts': ['./risks.resolver.js', './risks.service.js'],
  'src/main.ts': ['./app.module.js', './cli/last.js', './risks/risks.module.js', './risks/risks.resolver.js'],
  'src/app.module.ts': ['./platform/first.js'],
};

const BROKEN = [
  'canonical-json-behind-one-file: src/domain/six.ts → node_modules/json-canonicalize',
  'cel-behind-the-expressions: src/domain/six.ts → node_modules/@marcbachmann/cel-js',
  'domain-is-pure: src/domain/one.ts → fs',
  'domain-is-pure: src/domain/one.ts → src/audit/two.ts',
  'everything-resolves: src/audit/seven.ts → ./nowhere.js',
  'no-cycles: src/domain/five.ts → src/domain/four.ts',
  'nobody-imports-composition-files: src/audit/seven.ts → src/main.ts',
  'nobody-imports-entry-points: src/risks/risks.service.ts → src/risks/risks.resolver.ts',
  'product-knows-no-tests: src/audit/seven.ts → node_modules/@jest/globals',
  'services-are-transport-free: src/risks/risks.service.ts → node_modules/@nestjs/graphql',
  'services-are-transport-free: src/risks/risks.service.ts → src/risks/risk.graphql.ts',
  'tables-know-only-the-domain: src/risks/risk.table.ts → src/audit/two.ts',
];

/** Each chapter imports the next one (forbidden) and the one before it (allowed), in files of their own. */
function neighbours(): Record<string, string[]> {
  const files: Record<string, string[]> = { 'src/platform/first.ts': [], 'src/cli/last.ts': [] };
  STORY.forEach((chapter, position) => {
    const [before, after] = [STORY[position - 1], STORY[position + 1]];
    files[`src/${chapter}/leaf.ts`] = [];
    files[`src/${chapter}/forward.ts`] = after === undefined ? [] : [`../${after}/leaf.js`];
    files[`src/${chapter}/back.ts`] = before === undefined ? [] : [`../${before}/leaf.js`];
  });
  return files;
}

describe('the import rules', () => {
  test('hold for the whole of src', () => {
    const { modules, violations } = cruise(PROJECT);

    expect(violations).toEqual([]);
    expect(modules).toBeGreaterThan(5);
  });

  test('find each planted violation, and nothing else', () => {
    const forward = STORY.slice(0, -1).map((chapter, position) => `${chapter}-reads-no-later-chapter: src/${chapter}/forward.ts → src/${STORY[position + 1] ?? ''}/leaf.ts`);

    const found = cruisePlanted(PROJECT, { ...BROKEN_IMPORTS, ...neighbours() });

    expect(found.map((line) => line.replace(/(node_modules\/(@[^/]+\/)?[^/]+).*/, '$1'))).toEqual([...BROKEN, ...forward].sort());
  });

  test('are all proved by a planted violation', () => {
    const planted = [...BROKEN.map((line) => line.split(':')[0]), ...STORY.slice(0, -1).map((chapter) => `${chapter}-reads-no-later-chapter`)];

    expect([...new Set(planted)].sort()).toEqual(importRuleNames(PROJECT).sort());
  });
});
