/**
 * Time as the rules get it: an instant, and an object that notes every instant it was compared with.
 * The earliest noted instant of the future is how long an answer holds; nothing in a rule reads a clock of its own.
 */

/** An instant in UTC with milliseconds, such as `2026-11-23T09:00:00.000Z`; instants compare as text. */
export type Instant = string;

/** Whether the text is such an instant, of a day that exists, in the years 1 to 9999: what the database holds. */
export function isInstant(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text && text >= '0001';
}

/** Whether there is such a day, written as `2026-11-23`. */
export function isDay(text: string): boolean {
  return isInstant(`${text}T00:00:00.000Z`);
}

export const DAY_MS = 86_400_000;

export function plusMs(instant: Instant, ms: number): Instant {
  return new Date(Date.parse(instant) + ms).toISOString();
}

export function plusDays(instant: Instant, days: number): Instant {
  return plusMs(instant, days * DAY_MS);
}

export function plusHours(instant: Instant, hours: number): Instant {
  return plusMs(instant, hours * 3_600_000);
}

/** What ends or begins at an instant, so that an answer can say what cut it short. */
export interface Boundary { readonly at: Instant; readonly what: string; readonly ref: string }

export class NotingClock {
  #next: Boundary | null = null;
  #last: Instant | null = null;

  constructor(readonly now: Instant) {}

  /** Whether the instant has come. It is noted: one still ahead with what it is the end or the beginning of. */
  reached(at: Instant, what: string, ref: string): boolean {
    if (at <= this.now) {
      if (this.#last === null || at > this.#last) this.#last = at;
      return true;
    }
    if (this.#next === null || at < this.#next.at) this.#next = { at, what, ref };
    return false;
  }

  /** The next instant at which an answer given now could differ; null = none was compared with. */
  get holdsUntil(): Boundary | null {
    return this.#next;
  }

  /** The last instant that has come with which an answer was compared: since then it would have been the same; null = always. */
  get heldSince(): Instant | null {
    return this.#last;
  }
}
