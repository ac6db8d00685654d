/** The obligations that ship with the product, and which of its readiness items serve them. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { lawfulFrom, type LawDate } from '../domain/law-dates.js';
import { daysOf, firstDay, type Day, type LegalObligation, type Timeline } from '../domain/legal-obligations.js';
import type { RequirementRow } from '../domain/policy-terms.js';
import type { EuClass } from '../domain/system.js';
import { findNode, type Catalogues, type FrameworkNode } from '../domain/taxonomy.js';
import { readinessPolicy } from './readiness-policy.js';

type Written = Omit<LegalObligation, 'reference' | 'kind' | 'jurisdiction' | 'timeline'> & { readonly article: string; readonly timeline: string };
type Instrument = Pick<LegalObligation, 'kind' | 'jurisdiction'> & { readonly obligations: readonly Written[] };
interface File { readonly timelines: Readonly<Record<string, Timeline>>; readonly instruments: Readonly<Record<string, Instrument>> }

/** In the order of the file: instrument by instrument, article by article. */
export const LEGAL_OBLIGATIONS: readonly LegalObligation[] = read(parse(readFileSync(new URL('./legal-obligations.yaml', import.meta.url), 'utf8')) as File);
const BY_REFERENCE = new Map(LEGAL_OBLIGATIONS.map((obligation) => [obligation.reference, obligation]));

function read({ timelines, instruments }: File): LegalObligation[] {
  return Object.entries(instruments).flatMap(([instrument, { kind, jurisdiction, obligations }]) => obligations.map(({ article, timeline: name, ...whom }) => {
    const timeline = timelines[name];
    if (timeline === undefined) throw new Error(`${instrument}#${article} names the timeline ${name}, which is none.`);
    return { reference: `${instrument}#${article}`, kind, jurisdiction, timeline, ...whom };
  }));
}

/** The first day on which what a demand rests on is law for a system of the classes, of several the first; null = it is no law, or no day is recorded. */
export function lawDate(reference: string, euClasses: readonly EuClass[] | null, catalogues: Catalogues): LawDate | null {
  const node = findNode(reference, catalogues);
  const obligation = BY_REFERENCE.get(node?.reference ?? reference);
  if (obligation === undefined) return node === null ? null : firstIn(node, euClasses);
  // Of classes that it does not concern, the first day on which it is law for anybody.
  const from = firstDay(obligation, euClasses) ?? firstDay(obligation, null);
  return from === null ? null : { from, source: obligation.timeline.source };
}

function firstIn(node: FrameworkNode, euClasses: readonly EuClass[] | null): LawDate | null {
  const days = (euClasses ?? ['UNCLASSIFIED' as const]).map((euClass) => lawfulFrom(node, euClass)).filter((day) => day !== null);
  return days.sort((a, b) => (a.from < b.from ? -1 : 1))[0] ?? null;
}

/** Every day that the product records for the beginning of an article; empty = it records none. */
export function recordedDays(reference: string, catalogues: Catalogues): Day[] {
  const node = findNode(reference, catalogues);
  const obligation = BY_REFERENCE.get(node?.reference ?? reference);
  if (obligation !== undefined) return daysOf(obligation);
  const days = node === null ? [] : [lawfulFrom(node, 'UNCLASSIFIED'), lawfulFrom(node, 'HIGH_RISK_ANNEX_I')];
  return [...new Set(days.flatMap((day) => (day === null ? [] : [day.from])))];
}

/** The shipped readiness items that rest on the article. */
export function itemsServing({ reference }: LegalObligation): readonly RequirementRow[] {
  return readinessPolicy().document.requirements.filter(({ basis }) => basis.includes(reference));
}
