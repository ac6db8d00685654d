/** The times of gate cases: told from one fixed moment, so that a case means the same for ever. */
import { isInstant, plusMs, type Instant } from './clock.js';

/** The moment of which every case tells. */
export const CASE_NOW: Instant = '2026-11-23T09:00:00.000Z';

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const TELLING = /^(?<ahead>in )?(?<count>\d{1,5}) (?<unit>minute|hour|day)s?(?: ago)?$/;

/** How a time is written, for whoever checks it. */
export const TELLING_PATTERN = '^(now|\\d{1,5} (minute|hour|day)s? ago|in \\d{1,5} (minute|hour|day)s?)$';
export const LATER_PATTERN = '^\\d{1,5} (minute|hour|day)s?$';

/** The instant that is told; an instant stays what it is. */
export function instantTold(told: string, from: Instant = CASE_NOW): Instant {
  if (isInstant(told)) return told;
  const { ahead, count = '0', unit = '' } = TELLING.exec(told)?.groups ?? {};
  const ms = Number(count) * (UNITS[unit] ?? 0);
  return plusMs(from, ahead === undefined ? -ms : ms);
}

/** `8 days` after the moment of the case. */
export function later(after: string | undefined): Instant {
  return after === undefined ? CASE_NOW : instantTold(`in ${after}`);
}

/** An instant as a case would tell it, in the largest unit that fits. */
export function tell(instant: Instant): string {
  const ms = Date.parse(instant) - Date.parse(CASE_NOW);
  if (ms === 0) return 'now';
  const [unit, size] = Object.entries(UNITS).reverse().find(([, length]) => ms % length === 0) ?? ['', 0];
  if (size === 0) return instant;
  const count = Math.abs(ms) / size;
  const amount = `${String(count)} ${unit}${count === 1 ? '' : 's'}`;
  return ms > 0 ? `in ${amount}` : `${amount} ago`;
}
