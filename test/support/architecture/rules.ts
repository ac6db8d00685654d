// The rules of the house that neither the compiler, the linter nor the import rules can see.
// Each is a pure function from files to findings, so that a planted violation can prove that it finds something.
import ts from 'typescript';
import { at, isSpec, isTypeScript, nodesOf, type SourceFile } from './source.js';

export interface HouseRule {
  readonly name: string;
  readonly findings: (files: readonly SourceFile[]) => string[];
}

const CHAPTERS = [
  'domain', 'platform', 'audit', 'identity', 'taxonomies', 'systems', 'evidence', 'risks', 'mitigations', 'acceptances', 'impacts',
  'monitoring', 'policies', 'reviews', 'gate', 'reporting', 'integrations', 'cli',
];
const FORBIDDEN_FOLDERS = ['common', 'shared', 'utils', 'helpers', 'types', 'interfaces', 'dto', 'constants', 'base'];
const DATABASE_NAMES = ['DataSource', 'EntityManager', 'QueryRunner', 'InjectDataSource', 'InjectEntityManager', 'InjectRepository'];
const RANDOM_NAMES = ['randomUUID', 'randomBytes', 'randomInt', 'randomFillSync', 'getRandomValues'];
const IMPURE_GLOBALS = ['performance', 'process', 'setTimeout', 'setInterval'];
const IMPURE_CALLS = ['Date.now', 'Math.random'];

export const HOUSE_RULES: readonly HouseRule[] = [
  { name: 'the environment is read in platform/config.ts only', findings: readsOfTheEnvironment },
  { name: 'the database is reached through platform and audit only', findings: otherDoorsToTheDatabase },
  { name: 'the domain takes time, ids and randomness from outside', findings: impureDomain },
  { name: 'the domain is synchronous', findings: asynchronousDomain },
  { name: 'a file fits on a few screens', findings: longFiles },
  { name: 'there are no barrels', findings: barrels },
  { name: 'every folder of src is the domain or a chapter', findings: foldersOutsideTheStory },
  { name: 'no folder is named after a kind of code', findings: foldersOfNoSubject },
  { name: 'file names are kebab-case', findings: oddFileNames },
  { name: 'the oracle imports types only and fits on three screens', findings: oracleFindings },
  { name: 'whoever is refused for who they are is told why', findings: refusalsWithoutReasons },
  { name: 'test names are statements, and every test runs', findings: testNames },
];

function readsOfTheEnvironment(files: readonly SourceFile[]): string[] {
  const readers = files.filter((file) => inSource(file) && file.path !== 'src/platform/config.ts');
  return readers.flatMap((file) => nodesOf(file).filter(readsEnvironment).map((node) => at(file, node, 'reads the environment')));
}

function readsEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return node.name.text === 'env' && lastName(node.expression) === 'process';
  if (ts.isElementAccessExpression(node)) return lastName(node.expression) === 'process';
  if (ts.isBindingElement(node)) return (node.propertyName ?? node.name).getText() === 'env' && isTakenFromProcess(node);
  return ts.isImportSpecifier(node) && (node.propertyName ?? node.name).text === 'env';
}

function isTakenFromProcess(element: ts.BindingElement): boolean {
  const declaration = element.parent.parent;
  return ts.isVariableDeclaration(declaration) && declaration.initializer?.getText() === 'process';
}

function otherDoorsToTheDatabase(files: readonly SourceFile[]): string[] {
  const others = files.filter((file) => inSource(file) && !/^src\/(platform|audit)\//.test(file.path));
  return others.flatMap((file) => nodesOf(file)
    .filter((node) => isNamed(node, DATABASE_NAMES) || isImportOf(node, 'pg'))
    .map((node) => at(file, node, `uses ${node.getText()}`)));
}

function impureDomain(files: readonly SourceFile[]): string[] {
  return domainFiles(files).flatMap((file) => nodesOf(file).flatMap((node) => {
    const what = impurity(node);
    return what === undefined ? [] : [at(file, node, what)];
  }));
}

/** Reading a given instant, `new Date(text)` or `Date.parse(text)`, is pure; asking for the present one is not. */
function impurity(node: ts.Node): string | undefined {
  const asksTheTime = (ts.isNewExpression(node) && (node.arguments ?? []).length === 0) || ts.isCallExpression(node);
  if (asksTheTime && node.expression.getText() === 'Date') return 'asks for the present time';
  if (ts.isPropertyAccessExpression(node) && IMPURE_CALLS.includes(node.getText())) return `uses ${node.getText()}`;
  return isNamed(node, [...RANDOM_NAMES, ...IMPURE_GLOBALS]) ? `uses ${node.getText()}` : undefined;
}

function asynchronousDomain(files: readonly SourceFile[]): string[] {
  return domainFiles(files).flatMap((file) => nodesOf(file)
    .filter((node) => node.kind === ts.SyntaxKind.AsyncKeyword || ts.isAwaitExpression(node) || isNamed(node, ['Promise']))
    .map((node) => at(file, node, 'does not answer at once')));
}

function longFiles(files: readonly SourceFile[]): string[] {
  return files.filter(isTypeScript).flatMap((file) => {
    const lines = file.text.trimEnd().split('\n').length;
    const limit = isSpec(file) || file.path.startsWith('test/') ? 400 : 250;
    return lines > limit ? [`${file.path} has ${lines} lines, the limit is ${limit}`] : [];
  });
}

function barrels(files: readonly SourceFile[]): string[] {
  const named = files.filter((file) => /(^|\/)index\.[a-z]+$/.test(file.path)).map((file) => file.path);
  const starred = files.filter(isTypeScript).flatMap((file) => nodesOf(file)
    .filter((node) => ts.isExportDeclaration(node) && node.exportClause === undefined)
    .map((node) => at(file, node, 'exports another file whole')));
  return [...named, ...starred];
}

function foldersOutsideTheStory(files: readonly SourceFile[]): string[] {
  return files.filter(isTypeScript).map((file) => file.path).filter((path) => {
    const [top, folder, ...rest] = path.split('/');
    return top === 'src' && rest.length > 0 && !CHAPTERS.includes(folder ?? '');
  });
}

function foldersOfNoSubject(files: readonly SourceFile[]): string[] {
  return files.map((file) => file.path).filter((path) => path.split('/').slice(0, -1).some((folder) => FORBIDDEN_FOLDERS.includes(folder)));
}

function oddFileNames(files: readonly SourceFile[]): string[] {
  return files.filter(isTypeScript).map((file) => file.path)
    .filter((path) => path.split('/').some((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/.test(name)));
}

const ORACLE = 'test/support/oracle.ts';
const ORACLE_LINES = 150;

/** An oracle that shared code with the gate would share its mistakes. */
function oracleFindings(files: readonly SourceFile[]): string[] {
  return files.filter((file) => file.path === ORACLE).flatMap((file) => {
    const imports = nodesOf(file).filter((node) => importsAValue(node)).map((node) => at(file, node, 'imports more than types'));
    const lines = file.text.trimEnd().split('\n').length;
    return lines > ORACLE_LINES ? [...imports, `${file.path} has ${lines} lines, the limit is ${ORACLE_LINES}`] : imports;
  });
}

function importsAValue(node: ts.Node): boolean {
  if (ts.isCallExpression(node)) return node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === 'require';
  if (ts.isExportDeclaration(node)) return node.moduleSpecifier !== undefined && !node.isTypeOnly;
  return ts.isImportEqualsDeclaration(node) || (ts.isImportDeclaration(node) && node.importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword);
}

/** A client shows the reasons of `because` in its own words; a sentence alone cannot be told apart. */
function refusalsWithoutReasons(files: readonly SourceFile[]): string[] {
  return files.filter(inSource).flatMap((file) => nodesOf(file).filter(ts.isNewExpression).filter((node) => {
    const [code, facts] = node.arguments ?? [];
    const isPersonal = node.expression.getText() === 'Refusal' && code !== undefined && ts.isStringLiteral(code) && ['NOT_ELIGIBLE', 'SEPARATION_OF_DUTIES'].includes(code.text);
    return isPersonal && !(facts !== undefined && ts.isObjectLiteralExpression(facts) && facts.properties.some((property) => property.name?.getText() === 'because'));
  }).map((node) => at(file, node, 'says no "because"')));
}

function testNames(files: readonly SourceFile[]): string[] {
  return files.filter(isSpec).flatMap((file) => nodesOf(file).filter(ts.isCallExpression).flatMap((call) => {
    const callee = call.expression.getText();
    if (/^(test|it|describe)(\.\w+)*\.only\b/.test(callee)) return [at(file, call, 'leaves the other tests out')];
    const name = call.arguments[0]?.getText() ?? '';
    return /^(test|it|describe)\b/.test(callee) && /\bshould\b/i.test(name) ? [at(file, call, 'says "should"')] : [];
  }));
}

function inSource(file: SourceFile): boolean {
  return file.path.startsWith('src/') && isTypeScript(file) && !isSpec(file);
}

function domainFiles(files: readonly SourceFile[]): SourceFile[] {
  return files.filter((file) => inSource(file) && file.path.startsWith('src/domain/'));
}

function isNamed(node: ts.Node, names: readonly string[]): boolean {
  return ts.isIdentifier(node) && names.includes(node.text) && (RANDOM_NAMES.includes(node.text) || !isPropertyName(node));
}

/** `decision.process` and `{ process: 1 }` only happen to have the same name as the global. */
function isPropertyName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node && parent.expression.getText() !== 'globalThis';
  return (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent)) && parent.name === node;
}

function isImportOf(node: ts.Node, module: string): boolean {
  return ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier) && node.moduleSpecifier.text === module;
}

function lastName(expression: ts.Expression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}
