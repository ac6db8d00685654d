/** What `countersign policy apply` does: everything of a folder is read and judged before anything is written. */
import { digestOf } from '../domain/digest.js';
import { overruled, unknownPlaces } from '../domain/policy-binding.js';
import { contradictionBeside, type PolicyDocument } from '../domain/policy-version.js';
import { lineOf, policyDifferences } from '../policies/policy-difference.js';
import type { Placed } from '../policies/placed-text.js';
import { parsePolicy, placesIn } from '../policies/policy-document.js';
import type { Client } from './client.js';
import { EXIT, UsageError, type ExitCode, type Given, type Terminal } from './command.js';
import { connect } from './connection.js';
import { asOneText, judgeFiles, linesOfFailing, policyFolders, readAs, readCases, Unreadable, type JudgedInFile, type PolicyFolder } from './policy-folder.js';
import { documentsInForce, draft, environmentNames, handIn, ownAmong, versionHolding, type PolicyTexts, type Version } from './policy-versions.js';
import { waysOn } from './policy-ways.js';

export async function applyPolicies(given: Given, terminal: Terminal): Promise<ExitCode> {
  const { policies, problems } = await readAll(given.positionals[0] ?? '');
  for (const problem of problems) terminal.err(problem);
  return problems.length > 0 ? EXIT.REFUSED : apply(policies, given, terminal);
}

/** A policy and its cases as they lie in the folder. */
interface Local { readonly file: string; readonly document: PolicyDocument; readonly texts: PolicyTexts; readonly judged: readonly JudgedInFile[] }

/** Everything that is wrong with any of them comes with them. */
async function readAll(root: string): Promise<{ readonly policies: readonly Local[]; readonly problems: readonly string[] }> {
  const folders = policyFolders(root);
  if (folders.length === 0) throw new UsageError(`"${root}" holds no *.policy.yaml or *.policy.json.`);
  const [policies, unreadable]: [Local[], string[]] = [[], []];
  for (const folder of folders) {
    try {
      policies.push(await readLocal(folder));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      unreadable.push(...error.lines);
    }
  }
  return { policies, problems: [...unreadable, ...policies.flatMap(({ judged }) => linesOfFailing(judged)), ...conflictsAmong(policies)] };
}

async function readLocal({ path, policies, cases }: PolicyFolder): Promise<Local> {
  const [file, another] = policies;
  if (file === undefined || another !== undefined) throw new UsageError(`"${path}" holds ${String(policies.length)} policies; keep each with its cases in a folder of its own.`);
  const { source, value: document } = await readAs(file, parsePolicy);
  const read = await readCases(cases);
  const judged = judgeFiles(document, read);
  if (judged.length === 0) throw new UsageError(`"${path}" holds no cases: nothing says what ${document.id} should do.`);
  return { file, document, texts: { source, cases: asOneText(path, read) }, judged };
}

/** What they could not be together: two versions of one, or two that apply to the same. */
function conflictsAmong(policies: readonly Local[]): string[] {
  const twice = policies.filter(({ document }, index) => policies.findIndex((other) => other.document.id === document.id) < index);
  if (twice.length > 0) return twice.flatMap((local) => linesAbout(local, [{ path: ['id'], message: `${local.document.id} is there twice` }]));
  return policies.flatMap((local, index) => conflictsWith(local, policies.slice(index + 1).map(({ document }) => document), ''));
}

function conflictsWith(local: Local, others: readonly PolicyDocument[], more: string): string[] {
  const clash = contradictionBeside(local.document, others);
  return clash === null ? [] : linesAbout(local, [{ path: ['bindings', clash.index], message: `${clash.message}${more}` }]);
}

/** What is said about parts of it, each with its place in the file. */
function linesAbout({ file, texts: { source } }: Local, said: readonly Placed[]): string[] {
  return placesIn(source, said).map((line) => `${file}:${line}`);
}

interface Planned extends Local { readonly inForce: PolicyDocument | null; readonly standing: Version | null }

async function apply(policies: readonly Local[], given: Given, terminal: Terminal): Promise<ExitCode> {
  const client = await connect(given);
  const inForce = await documentsInForce(client);
  const own = await ownAmong(client, inForce);
  // What is in force stays so until another version of it is activated: beside that one it cannot be handed in.
  const conflicts = policies.flatMap((local) => conflictsWith(local, own.filter(({ id }) => id !== local.document.id), ' The other one is in force.'));
  for (const conflict of conflicts) terminal.err(conflict);
  if (conflicts.length > 0) return EXIT.REFUSED;
  const places = await environmentNames(client);
  const planned: Planned[] = [];
  for (const local of policies) planned.push({ ...local, inForce: inForce.get(local.document.id) ?? null, standing: await versionHolding(client, local.document, local.texts.cases) });
  for (const one of planned) for (const line of [...differing(one), ...warnings(one, places, [...inForce.values()])]) terminal.out(line);
  if (given.flag('dry-run')) {
    terminal.out('dry run, nothing written');
    return EXIT.OK;
  }
  for (const one of planned.filter((each) => !isInForce(each))) {
    for (const line of standingOf(one, await handedIn(client, one, given.text('note')))) terminal.out(line);
  }
  return EXIT.OK;
}

function isInForce({ inForce, document }: Planned): boolean {
  return inForce !== null && digestOf(inForce) === digestOf(document);
}

function differing(planned: Planned): string[] {
  const { file, document, inForce, judged, standing } = planned;
  const name = `${document.id} ${document.version}`;
  if (isInForce(planned)) return [`${name}  ${file}  unchanged: it is in force`];
  return [
    `${name}  ${file}  ${inForce === null ? 'new' : `instead of ${inForce.version}`}, ${String(judged.length)} cases pass${standing === null ? '' : `; ${standing.number} is ${standing.state}`}`,
    ...policyDifferences(inForce, document).map((difference) => `  ${lineOf(difference)}`),
  ];
}

/** Names of environments that there are not, and bindings that another policy overrules: nothing is wrong with them where that is going to change. */
function warnings(planned: Planned, places: readonly string[], inForce: readonly PolicyDocument[]): string[] {
  return isInForce(planned) ? [] : linesAbout(planned, [...unknownPlaces(planned.document, places), ...overruled(planned.document, inForce)]).map((line) => `  ! ${line}`);
}

async function handedIn(client: Client, { standing, texts }: Planned, note: string | null): Promise<Version> {
  return handIn(client, standing ?? await draft(client, texts, note ?? 'By countersign policy apply.'));
}

/** Where it stands, and whose turn it is. */
function standingOf({ document }: Planned, version: Version): string[] {
  return [`${version.number}  ${document.id} ${document.version}  ${version.state}`, ...waysOn(version, new Date().toISOString())];
}
