/**
 * Public taxonomies of AI risk, as far as catalogues tell of them, and which references a risk may carry. A reference has the form
 * `framework@version#node`, such as `owasp-llm@2025#LLM01`; other spellings that a catalogue lists are taken for the node they mean.
 */
import { Refusal } from './refusal.js';

export const FRAMEWORK_KINDS = [
  'risk-management-framework', 'regulation', 'standard', 'risk-taxonomy', 'control-catalogue', 'threat-catalogue', 'vulnerability-taxonomy', 'principles', 'questionnaire', 'internal',
] as const;
export type FrameworkKind = (typeof FRAMEWORK_KINDS)[number];
export const NODE_STATUSES = ['active', 'draft', 'deprecated', 'withdrawn'] as const;
export type NodeStatus = (typeof NODE_STATUSES)[number];

/** One version of a framework. Days are written like 2026-07-27. */
export interface Framework {
  /** `name@version`. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly publisher: string;
  readonly kind: FrameworkKind;
  readonly sourceUrl: string | null;
  readonly jurisdiction: readonly string[];
  readonly publishedOn: string | null;
  readonly inForceFrom: string | null;
  readonly supersedes: readonly string[];
  readonly supersededBy: readonly string[];
  readonly licence: { readonly spdx: string; readonly redistributable: boolean; readonly notice: string | null };
}

export interface FrameworkNode {
  readonly reference: string;
  readonly frameworkId: string;
  /** What the framework itself calls it, such as LLM01; unique within the framework only. */
  readonly code: string;
  readonly title: string;
  readonly kind: string;
  /** The reference of the node above it. */
  readonly parent: string | null;
  readonly aliases: readonly string[];
  readonly status: NodeStatus;
  readonly supersededBy: readonly string[];
  readonly effectiveFrom: string | null;
  readonly effectiveTo: string | null;
}

export interface Catalogue { readonly framework: Framework; readonly nodes: readonly FrameworkNode[] }

/** Everything that is known, by `name@version` and by reference, in the order of the catalogues. */
export interface Catalogues {
  readonly frameworks: ReadonlyMap<string, Framework>;
  readonly nodes: ReadonlyMap<string, FrameworkNode>;
  /** Other spellings of a reference; the value is the reference. */
  readonly aliases: ReadonlyMap<string, string>;
}

export function joinCatalogues(list: readonly Catalogue[]): Catalogues {
  const nodes = list.flatMap((catalogue) => catalogue.nodes);
  return {
    frameworks: new Map(list.map(({ framework }) => [framework.id, framework])),
    nodes: new Map(nodes.map((node) => [node.reference, node])),
    aliases: new Map(nodes.flatMap((node) => node.aliases.map((alias) => [`${node.frameworkId}#${alias}`, node.reference]))),
  };
}

/** Framework, version, and a code or another spelling of it; spellings may have blanks and colons. */
const REFERENCE = /^([a-z0-9][a-z0-9-]{0,62}@[A-Za-z0-9][A-Za-z0-9._-]{0,31})#(\S.{0,127})$/;

/** The references as they are kept: each known, once, sorted. What was kept before stays, even where no catalogue knows it any more. */
export function checkReferences(references: readonly string[], catalogues: Catalogues, kept: readonly string[] = []): string[] {
  if (references.length > 50) throw new Refusal('TOO_LARGE', { field: 'taxonomy', message: 'A risk has at most 50 taxonomy references.' });
  const checked = references.map((reference, i) => (kept.includes(reference) ? reference : checkReference(reference, `taxonomy.${String(i)}`, catalogues)));
  return [...new Set(checked)].sort();
}

function checkReference(reference: string, field: string, catalogues: Catalogues): string {
  const found = findNode(reference, catalogues);
  if (found !== null) return found.reference;
  const facts = { field, actual: reference.slice(0, 200), next: nextFor(reference, catalogues) };
  const [, frameworkId] = REFERENCE.exec(reference) ?? [];
  if (frameworkId === undefined) throw new Refusal('TAXONOMY_REFERENCE_INVALID', { ...facts, expected: 'framework@version#node', message: 'A taxonomy reference has the form framework@version#node.' });
  const unknown = catalogues.frameworks.has(frameworkId) ? `${frameworkId} has no such node.` : `No catalogue of ${frameworkId} is known here.`;
  throw new Refusal('TAXONOMY_REFERENCE_INVALID', { ...facts, expected: 'a framework and node of the catalogues', message: unknown });
}

export function findNode(reference: string, catalogues: Catalogues): FrameworkNode | null {
  return catalogues.nodes.get(catalogues.aliases.get(reference) ?? reference) ?? null;
}

/** As findNode, for a question about this very node. */
export function requireNode(reference: string, catalogues: Catalogues): FrameworkNode {
  const node = findNode(reference, catalogues);
  if (node === null) throw new Refusal('NOT_FOUND', { subject: 'FrameworkNode', id: reference.slice(0, 100), next: nextFor(reference, catalogues) });
  return node;
}

export function requireFramework(id: string, catalogues: Catalogues): Framework {
  const framework = catalogues.frameworks.get(id);
  if (framework !== undefined) return framework;
  const near = nearest(id, [...catalogues.frameworks.keys()]);
  throw new Refusal('NOT_FOUND', { subject: 'Framework', id: id.slice(0, 100), next: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'The query frameworks lists all that are known.' });
}

/** Why a reference that a risk carries should be looked at again: withdrawn, superseded, or no longer known. Null = it is fine. */
export function warningAbout(reference: string, catalogues: Catalogues): string | null {
  const node = findNode(reference, catalogues);
  if (node === null) return 'No catalogue here knows this reference; it was kept as it was written.';
  const replacements = node.supersededBy.length > 0 ? ` Use ${node.supersededBy.join(' or ')} instead.` : '';
  if (node.status === 'withdrawn' || node.status === 'deprecated') return `${node.code} is ${node.status}.${replacements}`;
  const newer = catalogues.frameworks.get(node.frameworkId)?.supersededBy ?? [];
  if (newer.length === 0) return null;
  const successors = newer.map((id) => `${id}#${node.code}`).filter((successor) => catalogues.nodes.has(successor));
  return `${node.frameworkId} is superseded by ${newer.join(' and ')}.${successors.length > 0 ? ` Use ${successors.join(' or ')} instead.` : ''}`;
}

/** What to write instead: the nearest references that are known, or where to look. */
function nextFor(reference: string, catalogues: Catalogues): string {
  const near = nearestReferences(reference.slice(0, 200), catalogues);
  if (near.length > 0) return `Did you mean ${near.join(' or ')}?`;
  return 'Write it like owasp-llm@2025#LLM01. The query frameworks lists what is known, suggestTaxonomy proposes references for a text.';
}

function nearestReferences(reference: string, catalogues: Catalogues): string[] {
  const [frameworkId, code] = split(reference);
  const nodes = [...catalogues.nodes.values()];
  if (code === undefined) return nodes.filter((node) => node.code.toLowerCase() === reference.toLowerCase()).map((node) => node.reference).slice(0, NEAREST);
  const frameworks = catalogues.frameworks.has(frameworkId) ? [frameworkId] : nearest(frameworkId, [...catalogues.frameworks.keys()]);
  const near = frameworks.flatMap((id) => nearest(code, nodes.filter((node) => node.frameworkId === id).map((node) => node.code)).map((found) => `${id}#${found}`));
  const same = near.filter((each) => each.toLowerCase().endsWith(`#${code.toLowerCase()}`));
  return (same.length > 0 ? same : near).slice(0, NEAREST);
}

/** At the first #; an alias may have further ones. */
function split(reference: string): [string, string?] {
  const at = reference.indexOf('#');
  return at === -1 ? [reference] : [reference.slice(0, at), reference.slice(at + 1)];
}

const NEAREST = 3;

/** Of the known names those that differ by a few letters, or begin with what was written before the version. Letter case does not count. */
function nearest(wanted: string, known: readonly string[]): string[] {
  const plain = wanted.toLowerCase();
  const [start = ''] = plain.split('@');
  const most = Math.max(1, Math.floor(plain.length / 4));
  return known.map((name) => ({ name, distance: editDistance(plain, name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= most || (start.length > 1 && name.toLowerCase().startsWith(start)))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, NEAREST).map(({ name }) => name);
}

/** Levenshtein's: how many letters are inserted, deleted or replaced. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
