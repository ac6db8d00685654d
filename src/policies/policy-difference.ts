/** How a policy differs from the one before it, row by row and field by field, for those who review it. Two documents always give the same lines. */
import { canonicalJson } from '../domain/digest.js';
import { requirementOf } from '../domain/policy-terms.js';
import type { PolicyDocument } from '../domain/policy-version.js';

/** `then` or `now` is null where there was or is nothing; otherwise it is canonical JSON. */
export interface PolicyDifference { readonly path: readonly string[]; readonly then: string | null; readonly now: string | null }

/** Of a policy that nothing comes before, everything is new. Its name and version are told elsewhere. */
export function policyDifferences(before: PolicyDocument | null, after: PolicyDocument): PolicyDifference[] {
  return differ(before === null ? emptied(byName(after)) : byName(before), byName(after), []);
}

export function lineOf({ path, then, now }: PolicyDifference): string {
  const where = path.join(' ');
  if (then === null) return `+ ${where}: ${String(now)}`;
  return now === null ? `- ${where}: ${then}` : `~ ${where}: ${then} → ${now}`;
}

type Fields = Readonly<Record<string, unknown>>;

/** What stands in lists, under what it is called: then one more in between changes nothing about the others. */
function byName({ id: _id, version: _version, bindings, requirements, freezes, obligations, impactAssessments, waivers, ...fields }: PolicyDocument): Fields {
  return {
    ...fields,
    bindings: named(bindings, ({ priority, mode: _mode, ...scope }) => `${String(priority)} ${canonicalJson(scope)}`),
    requirements: named(requirements, requirementOf),
    freezes: named(freezes, ({ id }) => id),
    ...(obligations === undefined ? {} : { obligations: named(obligations, ({ id }) => id) }),
    impactAssessments: named(impactAssessments, ({ kind, when }) => `${kind} ${canonicalJson(when)}`),
    waivers: { ...waivers, never: named(waivers.never, ({ requirement, flags }) => `${requirement} ${canonicalJson(flags)}`) },
  };
}

function named<T extends object>(rows: readonly T[], nameOf: (row: T) => string): Fields {
  const names = rows.map(nameOf);
  return Object.fromEntries(rows.map((row, index) => {
    const earlier = names.slice(0, index).filter((name) => name === names[index]).length;
    return [`${names[index] ?? ''}${earlier === 0 ? '' : ` (${String(earlier + 1)})`}`, row];
  }));
}

/** Without any row or field, but with the lists that rows are in. */
function emptied({ waivers: _waivers, ...fields }: Fields): Fields {
  const lists = ['bindings', 'requirements', 'freezes', 'obligations', 'impactAssessments'];
  return Object.fromEntries(Object.keys(fields).filter((name) => lists.includes(name)).map((name) => [name, {}]));
}

function differ(then: unknown, now: unknown, path: readonly string[]): PolicyDifference[] {
  const [was, is] = [written(then), written(now)];
  if (was === is) return [];
  if (!isFields(then) || !isFields(now)) return [{ path, then: was, now: is }];
  return [...new Set([...Object.keys(then), ...Object.keys(now)])].sort().flatMap((name) => differ(then[name], now[name], [...path, name]));
}

function written(value: unknown): string | null {
  return value === undefined ? null : canonicalJson(value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
