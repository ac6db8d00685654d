// Runs the import rules over a tree, and makes a small tree in which each of them is broken once.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** `rule: importing file → imported file` */
export type ImportViolation = string;

interface CruiseResult {
  readonly summary: { readonly violations: readonly { readonly from: string; readonly to: string; readonly rule: { readonly name: string } }[] };
  readonly modules: readonly { readonly source: string }[];
}

export function importRuleNames(projectFolder: string): string[] {
  const print = 'process.stdout.write(JSON.stringify(require(process.argv[1]).forbidden.map((rule) => rule.name)))';
  const run = spawnSync(process.execPath, ['-e', print, join(projectFolder, '.dependency-cruiser.cjs')], { encoding: 'utf8' });
  return JSON.parse(run.stdout) as string[];
}

export function cruise(projectFolder: string): { modules: number; violations: ImportViolation[] } {
  const program = join(projectFolder, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const run = spawnSync(process.execPath, [program, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'], {
    cwd: projectFolder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024,
  });
  if (run.stdout === '') throw new Error(`dependency-cruiser gave no answer: ${run.stderr}`);
  const result = JSON.parse(run.stdout) as CruiseResult;
  const violations = result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to.replace(/^.*node_modules/, 'node_modules')}`);
  return { modules: result.modules.length, violations: violations.sort() };
}

/** Cruises a temporary project of these files under the rules of the real one. */
export function cruisePlanted(projectFolder: string, files: Readonly<Record<string, readonly string[]>>): ImportViolation[] {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-imports-')));
  try {
    for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) cpSync(join(projectFolder, name), join(folder, name));
    symlinkSync(join(projectFolder, 'node_modules'), join(folder, 'node_modules'));
    for (const [path, imports] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), imports.map((imported) => `import '${imported}';\n`).join('') + 'export const here = 1;\n');
    }
    return cruise(folder).violations;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
