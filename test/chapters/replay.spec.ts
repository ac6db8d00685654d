// Decisions made again: from the facts that were kept with them, and as of the instant at which they were made.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ChangesService } from '../../src/audit/changes.service.js';
import { decisionReplayCommand } from '../../src/cli/decision.command.js';
import type { GateDecision } from '../../src/domain/gate-decision.js';
import type { GateAction, GateQuestion } from '../../src/domain/gate-question.js';
import type { Answer } from '../../src/gate/answer.js';
import { GateService } from '../../src/gate/gate.service.js';
import { unpack } from '../../src/gate/dossier.js';
import { manifestOf, type Contents } from '../../src/gate/recorded-facts.js';
import { replayFrom, ReplayService } from '../../src/gate/replay.service.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { givenReady, openRegister, questionAbout, type Register } from '../support/register.js';

let register: Register;
beforeAll(async () => { register = await openRegister(); });
afterAll(() => register.close());

const gate = (): GateService => register.app.get(GateService);
const replays = (): ReplayService => register.app.get(ReplayService);

/** A release that is let in, the answers about it, and then something that takes the yes away. */
async function history(): Promise<{ question: GateQuestion; answers: Answer[] }> {
  const ready = await givenReady(register);
  const question = questionAbout(ready.release);
  const answers: Answer[] = [];
  const ask = async (action: GateAction): Promise<void> => { answers.push(await gate().check(register.as('pipeline'), { ...question, action })); };
  await ask('promote');
  await gate().authorize(register.as('pipeline'), question);
  await ask('run');
  await ask('rollback');
  await register.app.get(RisksService).log(register.as('sam'), ready.system.id, { statement: { source: 'a', event: 'b', consequence: 'c' }, affectedParties: [], taxonomy: ['owasp-llm@2025#LLM01'], owner: 'sam', release: null }, false);
  await ask('promote');
  await ask('run');
  answers.push(await gate().check(register.as('pipeline'), { ...question, target: { kind: 'BUNDLE', bundleDigest: `sha256:${'99'.repeat(32)}` } }));
  return { question, answers };
}

test('every decision is made again word for word from what was kept with it, whatever has happened since', async () => {
  const { answers } = await history();
  const verdicts = answers.map(({ decision }) => decision.verdict);

  expect(new Set(verdicts)).toEqual(new Set(['ALLOW', 'DENY']));
  for (const { id, decision } of answers) {
    expect(await replays().replay(register.as('rita'), id!)).toMatchObject({ outcome: 'EQUAL', differences: [], again: decision });
  }
});

test('what would have been answered then is what was answered then', async () => {
  const { question, answers: [allowed, , , denied] } = await history();

  expect([allowed!.decision.verdict, denied!.decision.verdict]).toEqual(['ALLOW', 'DENY']);
  for (const answer of [allowed!, denied!]) {
    const then = await gate().asOf(register.as('rita'), question, answer.decidedAt);
    // The caller is somebody else, and a person: nothing of the answer depends on it here.
    expect(then).toMatchObject({ id: null, grant: null, decision: answer.decision, holdsUntil: answer.holdsUntil });
  }
  await expect(gate().asOf(register.as('rita'), question, '2099-01-01T00:00:00.000Z')).rejects.toMatchObject({ code: 'INVALID_INPUT', facts: { field: 'at' } });
  expect((await gate().asOf(register.as('rita'), question, '2020-01-01T00:00:00.000Z')).decision).toMatchObject({ verdict: 'DENY', target: null });
});

test('a decision that was altered is not called equal, nor one whose facts or policy are gone', async () => {
  const { answers: [allowed] } = await history();
  const { recorded } = await replays().replay(register.as('rita'), allowed!.id!);
  const { manifest, contents } = await register.app.get(UnitOfWork).read(register.as('rita'), 'register.read', async (scope) => {
    const [kept] = await scope.kept([recorded.factsDigest]);
    const listed = manifestOf(kept!.bytes);
    return { manifest: listed, contents: new Map((await scope.kept(listed.facts.map(([, , digest]) => digest))).map((one) => [one.digest, one.bytes])) };
  });
  const outcome = async (more: object, facts = manifest, bytes: Contents = contents): Promise<string> => (await replayFrom({ recorded: { ...recorded, decision: { ...recorded.decision, ...more } }, manifest: facts, contents: bytes, shipped: null })).outcome;
  const [, , first] = manifest.facts.find(([type]) => type === 'Risk')!;

  expect(await outcome({})).toBe('EQUAL');
  expect(await outcome({ verdict: 'DENY' })).toBe('DIFFERENT');
  expect(await outcome({ verdict: 'DENY', engine: '0' })).toBe('ENGINE_CHANGED');
  expect(await outcome({ policy: { id: 'baseline', version: '0', digest: 'gone' } })).toBe('POLICY_GONE');
  expect(await outcome({}, manifest, new Map([...contents].filter(([digest]) => digest !== first)))).toBe('FACTS_GONE');
  expect(await outcome({}, { ...manifest, facts: manifest.facts.filter(([type]) => type !== 'Risk') })).toBe('DIFFERENT');
  // What the record says beside the answer, and of which decision the list of facts is.
  const beside = async (more: Partial<GateDecision>): Promise<unknown> => { const { outcome: said, differences } = await replayFrom({ recorded: { ...recorded, ...more }, manifest, contents, shipped: null }); return [said, differences]; };
  expect(recorded.holdsUntil).not.toBeNull();
  for (const more of [{ holdsUntil: null }, { holdsUntil: '2099-01-01T00:00:00.000Z' }, { systemId: null }, { releaseId: recorded.systemId }, { environmentId: null }, { id: recorded.systemId! }, { decidedAt: '2020-01-01T00:00:00.000Z' }]) {
    expect(await beside(more)).toEqual(['DIFFERENT', Object.keys(more)]);
  }
  const older = { ...recorded.decision, engine: '0' };
  expect(await beside({ decision: older, holdsUntil: null })).toEqual(['ENGINE_CHANGED', ['holdsUntil']]);
  expect(await beside({ decision: older, id: recorded.systemId! })).toEqual(['DIFFERENT', ['id']]);
});

test('a replay without this server names the digest that the log has of the decision', async () => {
  const { answers: [allowed] } = await history();
  const file = join(mkdtempSync(join(tmpdir(), 'dossier-')), 'decision.json');
  writeFileSync(file, JSON.stringify((await replays().dossier(register.as('rita'), allowed!.id!)).dossier));
  const printed: string[] = [];
  const ended = await decisionReplayCommand.run({ positionals: [file], options: {} } as never, { out: (line: string) => { printed.push(line); }, err: () => { throw new Error('nothing differs'); } } as never);
  const [entry] = (await register.app.get(ChangesService).changes(register.as('rita'), { types: ['GateDecision'], systemId: null }, { first: 1000, after: 0 })).nodes.filter(({ object }) => object.id === allowed!.id);

  expect([ended, entry?.action]).toEqual([0, 'gate.decided']);
  expect(printed).toEqual([expect.stringMatching(/^EQUAL: recorded ALLOW/), `decision ${allowed!.id!}`, expect.stringContaining(`digest ${entry!.after!},`)]);
});

test('the dossier of a decision makes it again without this server, and shows nothing once a byte of it was changed', async () => {
  const { answers: [allowed] } = await history();
  const { facts, dossier } = await replays().dossier(register.as('rita'), allowed!.id!);
  const file = JSON.stringify(dossier);

  expect(facts.map(([type]) => type)).toEqual(expect.arrayContaining(['AiSystem', 'Release', 'Risk', 'SignOff', 'DecisionPackage', 'Principal']));
  expect(await replayFrom(unpack(file))).toMatchObject({ outcome: 'EQUAL', again: allowed!.decision });
  for (const changed of [file.replace('ALLOW', 'DENY'), file.replace('MONITORED', 'CLOSED'), file.replace('"draftGraceDays":14', '"draftGraceDays":90'), '{}', 'no', '[]']) {
    expect([changed === file, ((): string => { try { unpack(changed); return 'taken'; } catch (error) { return (error as Error).constructor.name; } })()]).toEqual([false, 'DossierBroken']);
  }
});
