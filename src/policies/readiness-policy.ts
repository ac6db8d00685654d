/** The policy that ships beside the shipped one: its matrix, and the way from pilot to production as requirements, with the cases that say what it does. */
import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import type { RequirementRow } from '../domain/policy-terms.js';
import type { PolicyDocument } from '../domain/policy-version.js';
import { completeRow } from './policy-document.js';
import { SHIPPED_DOCUMENT } from './shipped-policy.js';

/** As people write policies: document and cases as texts, and the document as it is read. */
export interface PolicyToAdopt { readonly document: PolicyDocument; readonly source: string; readonly cases: string }

/** Beside what the shipped policy lets nobody waive: its impact assessments and the signed class, as the items that ask for them again. */
const NEVER_WAIVED = ['R7/I-01', 'R7/I-02', 'R8/G-02'].map((requirement) => ({ requirement, flags: [] }));

let made: PolicyToAdopt | null = null;

/** Read when it is first asked for: most organizations have it as a policy of their own. */
export function readinessPolicy(): PolicyToAdopt {
  return made ??= read();
}

function read(): PolicyToAdopt {
  const requirements = (parse(textOf('readiness-items.yaml')) as RequirementRow[]).map(completeRow);
  const waivers = { ...SHIPPED_DOCUMENT.waivers, never: [...SHIPPED_DOCUMENT.waivers.never, ...NEVER_WAIVED] };
  const document: PolicyDocument = { ...SHIPPED_DOCUMENT, id: 'pilot-to-production', version: '1.7.0', title: 'From pilot to production: the review matrix and 54 readiness items', waivers, requirements };
  return { document, source: stringify(document, { aliasDuplicateObjects: false, lineWidth: 160 }), cases: textOf('readiness.cases.yaml') };
}

function textOf(file: string): string {
  return readFileSync(new URL(`./${file}`, import.meta.url), 'utf8');
}
