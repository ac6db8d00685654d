/** Who has approved a version of a policy, as far as that still counts, and whose turn it is. */
import { PERMISSIONS } from '../domain/actor.js';
import { plusDays, type Instant } from '../domain/clock.js';
import { APPROVAL_DAYS, APPROVALS_NEEDED } from '../domain/policy-version.js';
import type { Version } from './policy-versions.js';

type Approvals = Pick<Version, 'approvals'>;

/** An approval counts for a while, and not once the account behind it was erased. */
export function approversOf({ approvals }: Approvals, now: Instant): string[] {
  return approvals.flatMap(({ at, person }) => (person === null || plusDays(at, APPROVAL_DAYS) <= now ? [] : [person.handle]));
}

/** Whose turn it is, and with which command. */
export function waysOn(version: Approvals & Pick<Version, 'number' | 'author'>, now: Instant): string[] {
  const { number, author } = version;
  const by = approversOf(version, now);
  const approved = `  approved by ${by.length === 0 ? 'nobody yet' : by.join(', ')}`;
  const activate = `one of ${PERMISSIONS['policy.activate'].join(', ')}: countersign policy activate ${number}`;
  if (by.length >= APPROVALS_NEEDED) return [approved, `  next ${activate}`];
  return [
    `${approved}; it takes ${String(APPROVALS_NEEDED)} people other than ${author?.handle ?? 'its author'} (${PERMISSIONS['policy.approve'].join(', ')}), each within ${String(APPROVAL_DAYS)} days: countersign policy approve ${number}`,
    `  then ${activate}`,
  ];
}
