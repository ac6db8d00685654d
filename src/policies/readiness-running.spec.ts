// What goes on running by the items on the way to production: a suite or a signal that has lapsed has its days of grace, whatever is measured of others meanwhile.
import { expect, test } from '@jest/globals';
import { defaultPolicy, givenAbout, givenDeployment, givenEnvironment, givenEvidence, givenFacts, givenGrant, givenRelease, givenSigned, TODAY } from '../../test/support/given.js';
import { readinessEvidence } from '../../test/support/readiness-evidence.js';
import { NotingClock, plusDays, plusMs } from '../domain/clock.js';
import { evaluateGate } from '../domain/gate.js';
import type { JsonObject } from '../domain/payload.js';
import { readinessPolicy } from './readiness-policy.js';
import { policyOf } from './shipped-policy.js';

const { requirements } = policyOf(readinessPolicy().document);
const release = givenRelease();
const model = release.components.find(({ role }) => role === 'MODEL')!.digest;
const MINUTE = 1 / 1440;

type Found = ReturnType<typeof givenEvidence>;
function piece(type: string, payload: JsonObject, { days, lasts, name }: { readonly days: number; readonly lasts: number; readonly name: string }): Found {
  const collectedAt = plusDays(TODAY, -days);
  return givenEvidence({ id: `ev-${name}-${collectedAt}`, number: `E-${name}`, type, payload, subjectDigest: release.bundleDigest, collectedAt, validUntil: plusDays(collectedAt, lasts) });
}

function says(item: string, evidence: readonly Found[]): unknown[] {
  const about = { ...givenSigned(givenAbout()), grants: [givenGrant()], evidence, deployments: [givenDeployment('canary', release.bundleDigest), givenDeployment(givenEnvironment().id, release.bundleDigest)] };
  const facts = givenFacts(about);
  const rows = requirements.filter(({ id }) => id === item).map((row) => ({ ...row, when: {} }));
  const { verdict, reasons } = evaluateGate({ ...defaultPolicy(), requirements: rows }, { ...facts, environment: { ...facts.environment!, previousId: 'canary' }, question: { ...facts.question, action: 'run' } }, new NotingClock(TODAY));
  return [verdict, ...reasons.filter(({ severity, code }) => severity !== 'INFO' && code === 'EVIDENCE_EXPIRED').map(({ severity, params }) => [severity, params.evidence?.[0], params.dueBy])];
}

const ofRuns = readinessEvidence({ model, bundle: release.bundleDigest, system: 'SYS-1', now: TODAY }).find(({ type }) => type === 'evaluation_run')!.payload;
const run = (suiteId: string, days: number, lasts: number): Found => piece('evaluation_run', { ...ofRuns, suiteId, thresholdsFrozenAt: plusDays(TODAY, -200), startedAt: plusDays(TODAY, -days - 0.01) }, { days, lasts, name: suiteId });

test('E-01: a suite that has ended warns, also when another one was run since', () => {
  const ended = ['ALLOW', ['WARN', 'E-safety', plusDays(TODAY, 28)]];
  expect([says('E-01', [run('safety', 62, 60), run('cases', 50, 100)]), says('E-01', [run('safety', 62, 60), run('cases', 50, 100), run('cases', 1, 100)])]).toEqual([ended, ended]);
});

test('E-01: a run that began after its report was made is none', () => {
  const early = run('cases', 1, 100);
  expect(says('E-01', [early])).toEqual(['ALLOW']);
  expect(says('E-01', [{ ...early, payload: { ...early.payload, startedAt: plusMs(early.collectedAt, 1) } }])).toEqual(['DENY']);
});

const PLAN = piece('monitoring_plan', { signals: [{ name: 'a' }, { name: 'b' }] }, { days: 5, lasts: 60, name: 'plan' });
const signal = (name: string, days: number): Found => piece('monitoring_live', { signal: name, state: 'OK', lastSeenAt: plusDays(TODAY, -days) }, { days, lasts: 1, name });
const SILENT = 31 / 24;

test('M-02: a signal that has fallen silent warns, whether the other one still arrives or not, and however often', () => {
  const silent = ['WARN', 'E-a', plusDays(TODAY, 30 + 1 - SILENT)];
  const each = (minutes: number): Found[] => Array.from({ length: 5 * 1440 / minutes }, (_, nth) => signal('b', nth * minutes * MINUTE));

  expect(says('M-02', [PLAN, signal('a', 0), signal('b', 0)])).toEqual(['ALLOW']);
  expect(says('M-02', [PLAN, signal('a', SILENT), signal('b', SILENT)])).toEqual(['ALLOW', silent, ['WARN', 'E-b', plusDays(TODAY, 30 + 1 - SILENT)]]);
  expect([[signal('b', 0)], each(60), each(5)].map((others) => says('M-02', [PLAN, signal('a', SILENT), ...others]))).toEqual([['ALLOW', silent], ['ALLOW', silent], ['ALLOW', silent]]);
});
