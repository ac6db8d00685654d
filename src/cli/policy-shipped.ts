/** What ships, as `countersign policy show --shipped` prints it: speaks to no server, and is loaded only when it is asked for. */
import { stringify } from 'yaml';
import type { PolicyDocument } from '../domain/policy-version.js';
import { POLICY_SCHEMA } from '../policies/document-schema.js';
import { readinessPolicy } from '../policies/readiness-policy.js';
import { SHIPPED_DOCUMENT } from '../policies/shipped-policy.js';
import { UsageError } from './command.js';
import type { PolicyTexts } from './policy-versions.js';

/** The text of that name, or its cases. */
export function shippedText(name: string, part: keyof PolicyTexts): string {
  const { document, ...texts } = readinessPolicy();
  if (name === document.id) return texts[part];
  if (name !== SHIPPED_DOCUMENT.id) throw new UsageError(`No policy of the name ${name} ships; ${SHIPPED_DOCUMENT.id} and ${document.id} do.`);
  if (part === 'cases') throw new UsageError(`${name} ships without cases: write those of your own, "countersign policy schema --cases".`);
  return asYaml(SHIPPED_DOCUMENT);
}

/** In the order in which policies are described. */
export function asYaml(document: PolicyDocument): string {
  return stringify(Object.fromEntries(Object.keys(POLICY_SCHEMA.properties as object).map((field) => [field, document[field as keyof PolicyDocument]])), { aliasDuplicateObjects: false, lineWidth: 160 });
}
