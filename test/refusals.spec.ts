// The catalogue of codes: every refusal and every reason of the gate is explained in docs/refusals.md, under the anchor that errors link to.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { REASON_CODES } from '../src/domain/gate-question.js';
import { Refusal, REFUSAL_CODES, type RefusalCode } from '../src/domain/refusal.js';
import { extensionsOf } from '../src/platform/refusal-to-graphql.js';
import { HTTP_STATUS } from '../src/platform/refusal-to-http.js';

const text = readFileSync(join(import.meta.dirname, '../docs/refusals.md'), 'utf8');
const entries = new Map(text.split(/^### /m).slice(1).map((entry) => [entry.slice(0, entry.indexOf('\n')), entry.split(/^## /m)[0]!]));
const codes: readonly string[] = [...new Set([...REFUSAL_CODES, ...REASON_CODES])];

describe('docs/refusals.md', () => {
  test('has one heading for each code, and for nothing else', () => {
    expect([...text.matchAll(/^### (.*)$/gm)].map(([, code]) => code).sort()).toEqual([...codes].sort());
  });

  test.each(codes)('says what %s means and what to do next', (code) => {
    const entry = entries.get(code) ?? '';
    const isReason = (REASON_CODES as readonly string[]).includes(code);
    const status = HTTP_STATUS[code as RefusalCode] as number | undefined;

    expect(/^- Refusal \((\d+)\): .{20,}$/m.exec(entry)?.[1]).toBe(status === undefined ? undefined : String(status));
    expect(/^- Reason: .{20,}$/m.test(entry)).toBe(isReason);
    expect(entry).toMatch(/^- Next: .{10,}$/m);
  });

  test.each(REFUSAL_CODES)('is where the error %s links to', (code) => {
    const [file, anchor] = String(extensionsOf(new Refusal(code)).docs).split('#');

    expect(file).toBe('docs/refusals.md');
    // The anchor of a heading is its text in small letters.
    expect([...entries.keys()].map((heading) => heading.toLowerCase())).toContain(anchor);
  });
});
