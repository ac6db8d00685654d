// Reads source files as text plus syntax tree, so that the rules of the house judge code and not comments or strings.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A file of the project; `path` is relative to the project folder and written with `/`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export function readSources(projectFolder: string, folders: readonly string[]): SourceFile[] {
  const paths = folders.flatMap((folder) => filesBelow(projectFolder, folder));
  return paths.map((path) => ({ path, text: readFileSync(join(projectFolder, path), 'utf8') }));
}

function filesBelow(projectFolder: string, folder: string): string[] {
  return readdirSync(join(projectFolder, folder)).sort().flatMap((name) => {
    const path = `${folder}/${name}`;
    return statSync(join(projectFolder, path)).isDirectory() ? filesBelow(projectFolder, path) : [path];
  });
}

export function isTypeScript(file: SourceFile): boolean {
  return file.path.endsWith('.ts');
}

export function isSpec(file: SourceFile): boolean {
  return file.path.endsWith('.spec.ts');
}

const parsed = new WeakMap<SourceFile, readonly ts.Node[]>();

/** Every node of the file's syntax tree, in the order of the text. */
export function nodesOf(file: SourceFile): readonly ts.Node[] {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ES2023, true));
  parsed.set(file, found);
  return found;
}

/** `path:line what`, the form in which every rule reports. */
export function at(file: SourceFile, node: ts.Node, what: string): string {
  const { line } = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart());
  return `${file.path}:${line + 1} ${what}`;
}
