/**
 * What the server writes about itself: one line of JSON for each record. No secret gets past here, wherever in a record it stands, and no
 * text that somebody sent can begin a line or steer a terminal.
 */
import { ConsoleLogger } from '@nestjs/common';
import type { LogLevel } from './config.js';

const REDACTED = '[redacted]';
/** Fields that hold a secret whatever it looks like. */
const SECRET_NAME = /authorization|cookie|password|secret|passphrase|private.?key|api.?key|challenge|^(access|refresh|id)?_?token$|credential/i;
/** What a secret looks like within a longer text: a header, a token, a key of ours, an address with a password, what is asked of an address, a challenge. */
const SECRETS: readonly [RegExp, string][] = [
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, `$1 ${REDACTED}`],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, REDACTED],
  [/\bcs_(live|test)_\w+/g, REDACTED],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@]+@/gi, `$1:${REDACTED}@`],
  [/\b(https?:\/\/[^\s?#"']+)\?[^\s"']*/gi, `$1?${REDACTED}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
  [/(?<![\w-])[\w-]{43}(?![\w-])/g, REDACTED],
];
/** JSON escapes what is below a space; these begin a line or a command of a terminal as well. */
 
const STEERING = /[\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** One value of a record, as it may be written. */
export function redacted(name: string, value: unknown): unknown {
  if (SECRET_NAME.test(name) && value !== null && value !== undefined) return REDACTED;
  return typeof value === 'string' ? SECRETS.reduce((text, [secret, instead]) => text.replace(secret, instead), value) : value;
}

export function onOneLine(json: string): string {
  return json.replace(STEERING, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

class RegisterLogger extends ConsoleLogger {
  protected override stringifyReplacer(key: string, value: unknown): unknown {
    return redacted(key, super.stringifyReplacer(key, value));
  }

  protected override stringifyJsonLogObject(record: Record<string, unknown>): string {
    return onOneLine(super.stringifyJsonLogObject(record));
  }
}

const LEVELS: readonly LogLevel[] = ['silent', 'fatal', 'error', 'warn', 'info', 'debug'];

export function atMost(level: LogLevel, most: LogLevel): LogLevel {
  return LEVELS.indexOf(level) > LEVELS.indexOf(most) ? most : level;
}

/** False = nothing is written. */
export function loggerFor(level: LogLevel): ConsoleLogger | false {
  if (level === 'silent') return false;
  const levels = ['fatal', 'error', 'warn', 'log', 'debug'] as const;
  const wanted = level === 'info' ? 'log' : level;
  return new RegisterLogger({ json: true, colors: false, logLevels: levels.slice(0, levels.indexOf(wanted) + 1) });
}
