// The way from pilot to production over the API: what ships is adopted once, each item is told with its state and how it is met, in as many statements for many records as for few.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { plusDays } from '../../src/domain/clock.js';
import { sha256 } from '../../src/domain/digest.js';
import type { Evidence } from '../../src/domain/evidence.js';
import type { GateQuestion } from '../../src/domain/gate-question.js';
import { progressOf } from '../../src/domain/gate-readiness.js';
import type { Stored } from '../../src/domain/package.js';
import type { Release } from '../../src/domain/release.js';
import type { AiSystem } from '../../src/domain/system.js';
import { EvidenceQueries } from '../../src/evidence/evidence.queries.js';
import { EvidenceService, type EvidenceInput } from '../../src/evidence/evidence.service.js';
import { ReadinessService, type Readiness } from '../../src/gate/readiness.service.js';
import { mintToken } from '../../src/identity/issuer.js';
import { FindingsService } from '../../src/monitoring/findings.service.js';
import { PoliciesQueries } from '../../src/policies/policies.queries.js';
import { PoliciesService } from '../../src/policies/policies.service.js';
import { WaiversService } from '../../src/reviews/waivers.service.js';
import { adoptedIn } from '../support/adopted.js';
import { readinessEvidence, type Piece } from '../support/readiness-evidence.js';
import { at, connectTo, givenConfirmedRisk, givenRelease, givenSystem, openPromotion, openRegister, questionAbout, type Register } from '../support/register.js';
import { recordStatements } from '../support/statements.js';

let register: Register;
let system: Stored<AiSystem>;
let release: Stored<Release>;
beforeAll(async () => {
  register = await openRegister();
  system = await givenSystem(register, { tier: 'MODERATE', euClass: 'LIMITED', flags: ['PERSONAL_DATA'] });
  await givenConfirmedRisk(register, system.id);
  release = await givenRelease(register, system.id);
  await register.app.listen(0, '127.0.0.1');
});
afterAll(() => register.close());

const asked = (environment: string): GateQuestion => questionAbout(release, environment);
const readiness = (environment: string): Promise<Readiness> => register.app.get(ReadinessService).readiness(register.as('rita'), asked(environment));
const stateOf = ({ items }: Readiness, requirement: string): string | undefined => items.find((item) => item.requirement === requirement)?.state;

/** About the release in production, as Rita asks over the published API. */
async function graphql<T>(query: string, environment = 'production'): Promise<T> {
  const response = await fetch(`${await register.app.getUrl()}/graphql`, {
    method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${await mintToken(register.keys, 'rita')}` }, body: JSON.stringify({ query, variables: { q: { target: { bundleDigest: release.bundleDigest }, environment } } }),
  });
  return (await response.json() as { data: T }).data;
}

async function bring({ type, payload, about }: Piece): Promise<string> {
  const now = new Date().toISOString();
  const evidence = await register.app.get(EvidenceService).submit(register.as('dana'), system.id, {
    type, title: type, digest: sha256(JSON.stringify([type, payload])), subjectDigest: about === 'RELEASE' ? release.bundleDigest : null, location: null, payload, collectedAt: now, validUntil: plusDays(now, 30), supersedes: null,
  });
  await register.app.get(EvidenceService).verify(register.as('rita'), at(evidence));
  return evidence.number;
}

test('until it is adopted nothing but the matrix is asked', async () => {
  expect(await readiness('production')).toMatchObject({ policy: { id: 'baseline' }, items: [], themes: [] });
});

test('whoever may draft policies hands it in, once, and nothing changes by that', async () => {
  const policies = register.app.get(PoliciesService);
  const adopt = (handle: string): Promise<unknown> => policies.adopt(register.as(handle));
  await expect(adopt('dana')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  const handedIn = await policies.adopt(register.as('hugo'));
  expect(handedIn).toMatchObject({ policyId: 'pilot-to-production', state: 'IN_REVIEW', tested: { cases: 46 }, approvals: [], activatedAt: null });
  await expect(adopt('rita')).rejects.toMatchObject({ code: 'ALREADY_EXISTS', facts: { id: handedIn.number, actual: 'IN_REVIEW' } });
  await expect(policies.approve(register.as('hugo'), at(handedIn))).rejects.toMatchObject({ code: 'SEPARATION_OF_DUTIES' });
  await expect(policies.activate(register.as('hugo'), at(handedIn))).rejects.toMatchObject({ code: 'POLICY_APPROVALS_MISSING', facts: { actual: '0' } });
  expect(await readiness('production')).toMatchObject({ policy: { id: 'baseline' }, items: [] });
  await policies.withdraw(register.as('rita'), at(handedIn), 'Tried.');
});

test('once two others have approved it, it comes into force, and that way is closed', async () => {
  const { number } = await adoptedIn(register);
  await expect(register.app.get(PoliciesService).adopt(register.as('rita'))).rejects.toMatchObject({ code: 'ALREADY_EXISTS', facts: { id: number, actual: 'ACTIVE' } });
  expect((await register.app.get(PoliciesQueries).inForce(register.as('rita'))).map(({ id }) => id)).toEqual(['pilot-to-production', 'baseline']);
});

test('of two who hand it in at once, one does', async () => {
  const other = await openRegister();
  try {
    const adopt = (handle: string): Promise<unknown> => other.app.get(PoliciesService).adopt(other.as(handle));
    const outcomes = await Promise.allSettled([adopt('hugo'), adopt('hanna')]);
    expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'DONE' : (outcome.reason as { code: string }).code)).sort()).toEqual(['ALREADY_EXISTS', 'DONE']);
  } finally {
    await other.close();
  }
});

test('every item that applies is told with its state, and turns as its evidence arrives and goes', async () => {
  const before = await readiness('production');
  expect(before.verdict).toBe('DENY');
  expect(before.items.length).toBeGreaterThan(25);
  expect(before.themes.find(({ theme }) => theme === 'scaling')).toEqual({ theme: 'scaling', items: 2, green: 1 });
  expect([stateOf(before, 'R7/S-01'), stateOf(before, 'R7/S-03'), stateOf(before, 'R7/S-02')]).toEqual(['MISSING', 'ADVISORY', undefined]);

  const pieces = readinessEvidence({ model: sha256('model'), bundle: release.bundleDigest, system: system.number, now: new Date().toISOString() });
  const scaling = pieces.find(({ type }) => type === 'scaling_test')!;
  const number = await bring(scaling);
  const arrived = await readiness('production');
  expect([stateOf(arrived, 'R7/S-01'), stateOf(arrived, 'R7/S-03')]).toEqual(['SATISFIED', 'SATISFIED']);
  expect(arrived.items.find(({ requirement }) => requirement === 'R7/S-01')!.evidence).toEqual([number]);

  await bring({ ...scaling, payload: { ...scaling.payload, p95Ms: 1300 } });
  expect(stateOf(await readiness('production'), 'R7/S-01')).toBe('REJECTED');
});

test('a pilot is asked little, and what it found is told with what was decided about it', async () => {
  await register.app.get(FindingsService).raise(register.as('rita'), system.id, { source: 'PILOT', severity: 'MODERATE', statement: 'Letters in dialect are misread.', theme: 'scaling', owner: 'sam', release: null, risk: null, mitigation: null });
  const pilot = await readiness('pilot');
  expect(pilot.items.map(({ requirement, state }) => `${requirement} ${state}`)).toEqual(['R7/D-04 MISSING', 'R7/G-04 ADVISORY']);
  expect(pilot.pilotFindings).toMatchObject([{ statement: 'Letters in dialect are misread.', state: 'OPEN' }]);
});

test('over GraphQL each item says on what it rests, from when that is law, and how it is met', async () => {
  const data = await graphql<{ releaseReadiness: { items: Record<string, unknown>[] } }>(`query ($q: GateQuestionInput!) { releaseReadiness(question: $q) { verdict policy green themes { theme items green pilotFindings { severity disposition } } pilotFindings { number severity theme disposition }
    items { requirement title theme state blocks from suppliedBy evidenceType maxAgeDays evidence howToSupply reasons { code params { unmet { path observed required } } } basis { reference title inLawFrom source confirmed } } } }`);
  expect(data.releaseReadiness).toMatchObject({ verdict: 'DENY', policy: 'pilot-to-production 1.7.0', pilotFindings: [{ severity: 'MODERATE', theme: 'scaling', disposition: 'OPEN' }], themes: expect.arrayContaining([expect.objectContaining({ theme: 'scaling', pilotFindings: [{ severity: 'MODERATE', disposition: 'OPEN' }] }), expect.objectContaining({ theme: 'lineage', pilotFindings: [] })]) });
  expect(data.releaseReadiness.items.find(({ requirement }) => requirement === 'R7/D-01')).toMatchObject({
    theme: 'lineage', state: 'MISSING', blocks: true, from: 'STAGING', suppliedBy: 'INTEGRATION', evidenceType: 'lineage_graph', maxAgeDays: null,
    howToSupply: expect.stringContaining(`--type lineage_graph --subject ${release.bundleDigest} --title 'Lineage`),
    basis: expect.arrayContaining([{ reference: 'eu-ai-act@2026-1744#Art-10', title: 'Data and data governance', inLawFrom: '2027-12-02', source: expect.stringContaining('2026/1744'), confirmed: false }]),
  });
  expect(data.releaseReadiness.items.find(({ requirement }) => requirement === 'R7/S-01')).toMatchObject({ state: 'REJECTED', reasons: [{ code: 'READINESS_INCOMPLETE', params: { unmet: [{ path: 'payload.p95Ms', observed: '1300', required: '<= payload.sloP95Ms (1200)' }] } }] });
});

test('over GraphQL an item that people let pass for a time is waived, and counts as green', async () => {
  const query = 'query ($q: GateQuestionInput!) { releaseReadiness(question: $q) { green items { requirement state blocks reasons { code } } } }';
  const waived = async (): Promise<unknown> => {
    const { releaseReadiness: { items, ...more } } = await graphql<{ releaseReadiness: { items: Record<string, unknown>[] } }>(query, 'pilot');
    return { ...more, item: items.find(({ requirement }) => requirement === 'R7/D-04') };
  };
  expect(await waived()).toEqual({ green: 1, item: { requirement: 'R7/D-04', state: 'MISSING', blocks: true, reasons: [{ code: 'EVIDENCE_MISSING' }] } });
  await openPromotion(register, release.id);
  const waivers = register.app.get(WaiversService);
  const asked = await waivers.request(register.as('sam'), { release: release.number, environment: 'pilot', requirement: 'R7/D-04', reason: 'The record is being signed.', compensatingControl: 'Five users only.', validUntil: plusDays(new Date().toISOString(), 30), renews: null });
  await waivers.grant(register.as('rita'), at(await waivers.grant(register.as('hanna'), at(asked))));

  expect(await waived()).toEqual({ green: 2, item: { requirement: 'R7/D-04', state: 'WAIVED', blocks: true, reasons: [{ code: 'EVIDENCE_MISSING' }] } });
});

describe('a set of evidence', () => {
  const described = (title: string): EvidenceInput => ({ type: 'test_report', title, digest: sha256(title), subjectDigest: null, location: null, payload: null, collectedAt: new Date().toISOString(), validUntil: plusDays(new Date().toISOString(), 30), supersedes: null });
  const submit = (handle: string, ...titles: readonly string[]): Promise<Stored<Evidence>[]> => register.app.get(EvidenceService).submitSet(register.as(handle), system.id, titles.map(described));
  const verify = (handle: string, evidence: readonly Stored<Evidence>[]): Promise<Stored<Evidence>[]> => register.app.get(EvidenceService).verifySet(register.as(handle), evidence.map(at));
  const now = ({ id }: Stored<Evidence>): Promise<Stored<Evidence>> => register.app.get(EvidenceQueries).evidence(register.as('rita'), id);

  test('is submitted and verified in one act each, and every piece is a record of its own', async () => {
    const submitted = await submit('dana', 'one', 'two', 'three');
    expect(new Set(submitted.map(({ number }) => number)).size).toBe(3);
    expect((await verify('rita', submitted)).map(({ id, state, version }) => ({ id, state, version }))).toEqual(submitted.map(({ id }) => ({ id, state: 'VERIFIED', version: 2 })));
  });

  test('is refused as a whole, with the place of the one that is wrong', async () => {
    const [theirs, own] = [await submit('dana', 'theirs'), await submit('kim', 'own')];
    await expect(verify('kim', [...theirs, ...own])).rejects.toMatchObject({ code: 'SEPARATION_OF_DUTIES', facts: { field: 'input.1' } });
    expect((await now(theirs[0]!)).state).toBe('SUBMITTED');
    await expect(verify('rita', [...theirs, ...theirs])).rejects.toMatchObject({ code: 'CONFLICT', facts: { field: 'input.1' } });

    const service = register.app.get(EvidenceService);
    await expect(service.submitSet(register.as('dana'), system.id, [described('right'), { ...described('wrong'), digest: 'x' }])).rejects.toMatchObject({ code: 'INVALID_DIGEST', facts: { field: 'input.1.digest' } });
    const { nodes } = await register.app.get(EvidenceQueries).list(register.as('rita'), { system: system.id, type: 'test_report' }, 'NEWEST', { first: 100, after: null });
    expect(nodes.map(({ title }) => title)).not.toContain('right');
  });

  test('needs the right to judge each of them, whatever the role elsewhere', async () => {
    await expect(verify('sam', await submit('dana', 'more'))).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });
});

test('ten thousand records of what is asked for take as many statements as few, and meet what few would meet', async () => {
  const recorder = recordStatements(register.app);
  const before = await readiness('production');
  const few = await recorder.during(() => readiness('production'));
  const owner = await connectTo(register.database.adminUrl, register.tenantId);
  const { rows: [submitter] } = await owner.query<{ id: string }>('select submitted_by as id from evidence where tenant_id = $1 limit 1', [register.tenantId]);
  const types = new Set(before.items.map(({ row }) => (row.kind === 'EVIDENCE' ? row.evidenceType : '')));
  const pieces = readinessEvidence({ model: sha256('model'), bundle: release.bundleDigest, system: system.number, now: new Date().toISOString() }).filter(({ type }) => types.has(type));
  for (const table of ['evidence', 'deployments']) await owner.query(`alter table ${table} disable trigger all`);
  await owner.query(`
    insert into evidence (tenant_id, id, version, digest, number, system_id, type, title, content_digest, subject_digest, payload, source, submitted_by, submitted_at, collected_at, valid_until, state, verification)
    select $1, gen_random_uuid(), 2, 'sha256:' || encode(sha256(i::text::bytea), 'hex'), 'E-' || (1000 + i), $2, piece->>'type', 'One of many', 'sha256:' || encode(sha256(i::text::bytea), 'hex'), case when piece->>'about' = 'RELEASE' then $5 end, piece->'payload', 'CI', $3::uuid, now(), now(), now() + interval '30 days', 'VERIFIED',
      jsonb_build_object('by', $3::uuid::text, 'kind', 'USER', 'at', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
    from generate_series(1, 10000) as i, lateral (select $4::jsonb->(i % jsonb_array_length($4::jsonb)) as piece) as pieces`, [register.tenantId, system.id, submitter!.id, JSON.stringify(pieces), release.bundleDigest]);
  await owner.query(`
    insert into deployments (tenant_id, id, version, digest, number, system_id, release_id, environment_id, bundle_digest, grant_id, reported_by, started_at)
    select $1, gen_random_uuid(), 1, $4, 'D-1', $2, $3, previous_id, $4, gen_random_uuid(), $5, now() from environments where tenant_id = $1 and name = 'production'`, [register.tenantId, system.id, release.id, release.bundleDigest, submitter!.id]);
  for (const table of ['evidence', 'deployments']) await owner.query(`alter table ${table} enable trigger all`);
  await owner.end();

  const sent = await recorder.during(() => readiness('production'));

  expect(few.length).toBeGreaterThan(0);
  expect(sent.length).toBe(few.length);
  const { items, themes } = await readiness('production');
  expect(items.filter(({ row, state }) => row.kind === 'EVIDENCE' && state !== 'SATISFIED').map(({ row, reasons }) => [row.id, reasons[0]?.params.unmet?.[0]?.path])).toEqual([['P-02', expect.stringMatching(/^findings/)]]);
  expect(items.flatMap(({ reasons }) => reasons.map(({ code }) => code))).not.toContain('POLICY_ERROR');
  expect(progressOf(items)).toEqual(themes);
});
