// One planted violation (or more) of each rule of the house, and harmless code that looks like one.
import type { SourceFile } from './source.js';

const lines = (count: number): string => 'export const one = 1;\n'.repeat(count);
const file = (path: string, text: string): SourceFile => ({ path, text });

/** Each file breaks the rule of that name, and is the only reason for a finding. */
export const PLANTED: Readonly<Record<string, readonly SourceFile[]>> = {
  'the environment is read in platform/config.ts only': [
    file('src/gate/gate.service.ts', 'export const mode = process.env.MODE;'),
    file('src/gate/gate.facts.ts', "export const mode = process['env'];"),
    file('src/main.ts', 'const { env } = process;'),
    file('src/audit/log.ts', "import { env } from 'node:process';"),
  ],
  'the database is reached through platform and audit only': [
    file('src/risks/risks.service.ts', "import { DataSource } from 'typeorm';"),
    file('src/risks/risks.queries.ts', 'export function all(manager: EntityManager): unknown { return manager; }'),
    file('src/cli/repair.ts', 'const runner: QueryRunner = source.createQueryRunner();'),
    file('src/gate/gate.facts.ts', "import { Pool } from 'pg';"),
  ],
  'the domain takes time, ids and randomness from outside': [
    file('src/domain/risk.ts', 'export const now = new Date();'),
    file('src/domain/review.ts', 'export const now = Date.now();'),
    file('src/domain/gate.ts', 'export const dice = Math.random();'),
    file('src/domain/release.ts', "import { randomUUID } from 'node:crypto';"),
    file('src/domain/waiver.ts', 'export const id = crypto.randomUUID();'),
    file('src/domain/actor.ts', 'export const since = performance.now();'),
  ],
  'the domain is synchronous': [
    file('src/domain/risk.ts', 'export async function load(): unknown {}'),
    file('src/domain/gate.ts', 'export function facts(): Promise<string> { return later; }'),
  ],
  'a file fits on a few screens': [
    file('src/gate/gate.service.ts', lines(251)),
    file('src/domain/gate.spec.ts', lines(401)),
    file('test/support/given.ts', lines(401)),
  ],
  'there are no barrels': [
    file('src/risks/index.ts', 'export const risk = 1;'),
    file('src/risks/everything.ts', "export * from './risk.table.js';"),
  ],
  'every folder of src is the domain or a chapter': [file('src/billing/invoice.ts', ''), file('src/core/gate/gate.ts', '')],
  'no folder is named after a kind of code': [
    file('src/gate/dto/question.ts', ''), file('test/support/helpers/wait.ts', ''), file('src/platform/utils/text.ts', ''),
  ],
  'file names are kebab-case': [file('src/gate/gateService.ts', ''), file('src/risks/Risk.table.ts', ''), file('test/my_test.spec.ts', '')],
  'the oracle imports types only and fits on three screens': [
    file('test/support/oracle.ts', "import { evaluateGate } from '../../src/domain/gate.js';"),
    file('test/support/oracle.ts', "import { type Facts } from '../../src/domain/gate.js';"),
    file('test/support/oracle.ts', "export { evaluateGate } from '../../src/domain/gate.js';"),
    file('test/support/oracle.ts', "const gate = await import('../../src/domain/gate.js');"),
    file('test/support/oracle.ts', lines(151)),
  ],
  'whoever is refused for who they are is told why': [
    file('src/domain/risk.ts', "throw new Refusal('NOT_ELIGIBLE', { message: 'Only its owner.' });"),
    file('src/risks/risks.service.ts', "throw new Refusal('SEPARATION_OF_DUTIES');"),
  ],
  'test names are statements, and every test runs': [
    file('src/domain/gate.spec.ts', "test('should block', () => {});"),
    file('test/stories/a.spec.ts', "test.only('blocks', () => {});"),
    file('test/stories/b.spec.ts', "describe.only('the gate', () => {});"),
    file('test/stories/c.spec.ts', "test.each([1])('should count %s', () => {});"),
  ],
};

/** None of these breaks any rule. */
export const HARMLESS: readonly SourceFile[] = [
  file('src/platform/config.ts', 'export const port = process.env.PORT;'),
  file('src/platform/database.ts', "import { DataSource, type EntityManager } from 'typeorm';\nimport { Pool } from 'pg';"),
  file('src/audit/log.ts', 'export function append(manager: EntityManager): void { manager.query(""); }'),
  file('src/main.ts', 'const { pid } = process;\nexport const environment = config.env;'),
  file('src/domain/risk.ts', '// new Date() and Date.now() are not for us\nexport const then = new Date("2026-01-01");\nexport const parsed = Date.parse(text);'),
  file('src/domain/gate.ts', 'export interface Step { readonly process: string }\nexport const name = step.process + "Math.random()";'),
  file('src/domain/gate.spec.ts', "const at = new Date();\ntest('refuses what it does not know', async () => {});"),
  file('src/domain/digest.ts', "import { createHash } from 'node:crypto';\nexport { type Digest } from './release.js';"),
  file('src/integrations/gate-protocols/authzen.ts', ''),
  file('src/pack/lanes.json', '{}'),
  file('test/support/oracle.ts', "import type { Facts } from '../../src/domain/gate.js';\n".repeat(60)),
  file('test/support/architecture/rules.ts', lines(400)),
  file('src/gate/gate.service.ts', lines(250)),
];
