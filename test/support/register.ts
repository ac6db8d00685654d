// A register on a database of its own, used through its services, and builders that bring it to the states that tests begin from:
// a system that somebody owns and tiered, a confirmed risk, a release, a promotion that the gate would allow.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import { seedOrganization } from '../../src/cli/example.js';
import type { Lane } from '../../src/domain/actor.js';
import { sha256, type Digest } from '../../src/domain/digest.js';
import type { GateQuestion } from '../../src/domain/gate-question.js';
import type { Stored } from '../../src/domain/package.js';
import type { Promotion } from '../../src/domain/promotion.js';
import type { Release } from '../../src/domain/release.js';
import type { AssessmentInput, Risk } from '../../src/domain/risk.js';
import type { Choice } from '../../src/domain/choice.js';
import type { Condition } from '../../src/domain/condition.js';
import type { SignOff } from '../../src/domain/sign-off.js';
import type { AiSystem, TierAssessment } from '../../src/domain/system.js';
import { embeddedKeys, type EmbeddedKeys } from '../../src/identity/keys.js';
import type { RequestContext } from '../../src/platform/request-context.js';
import { PromotionsService } from '../../src/reviews/promotions.service.js';
import { SignOffsService } from '../../src/reviews/sign-offs.service.js';
import { ConditionsQueries } from '../../src/acceptances/conditions.queries.js';
import type { ConditionInput } from '../../src/acceptances/conditions.service.js';
import { ConfirmationsService } from '../../src/acceptances/confirmations.service.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { createServer } from '../../src/server.js';
import { ReleasesService } from '../../src/systems/releases.service.js';
import { SystemsService } from '../../src/systems/systems.service.js';
import { cloneDatabase, type TestDatabase } from './database.js';

export interface Register {
  readonly app: NestFastifyApplication;
  readonly database: TestDatabase;
  readonly keys: EmbeddedKeys;
  readonly tenantId: string;
  /** A context for calling services as this person of the example organization. */
  as(handle: string): RequestContext;
  close(): Promise<void>;
}

export async function openRegister(options: { poolSize?: number } = {}): Promise<Register> {
  const database = await cloneDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'countersign-register-'));
  const keys = embeddedKeys(folder);
  const app = await createServer({ databaseUrl: database.appUrl, poolSize: options.poolSize ?? 10, keys, logLevel: 'silent' });
  const people = await seedOrganization(app, { ownerUrl: database.ownerUrl, origin: 'test/countersign' });
  return {
    app, database, keys, tenantId: people('ada').tenantId,
    as: (handle) => ({ ...people(handle), requestId: randomUUID() }),
    close: async () => {
      await app.close();
      await database.drop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A plain connection with the tenant pinned for its whole session: to look at what was stored, or to try what must be refused. */
export async function connectTo(url: string, tenantId: string | null): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  // A database that is dropped ends its sessions.
  client.on('error', () => undefined);
  await client.connect();
  if (tenantId !== null) await client.query("select set_config('app.tenant', $1, false)", [tenantId]);
  return client;
}

export async function givenSystem(register: Register, tier: Partial<TierAssessment> = {}): Promise<Stored<AiSystem>> {
  const systems = register.app.get(SystemsService);
  const system = await systems.register(register.as('sam'), {
    name: 'Reply assistant', intendedPurpose: 'Drafts replies to customers.', prohibitedUses: [], owner: 'sam', developers: ['dana'], businessUnit: null,
    affectedGroups: ['customers'], autonomy: 'RECOMMENDS', jurisdictions: ['EU'],
  });
  return systems.assessTier(register.as('hugo'), { id: system.id, expectedVersion: 1 }, { tier: 'MINIMAL', euClass: 'MINIMAL', flags: [], rationale: 'By the questionnaire.', ...tier });
}

/** An estimate without any treatment, whose level follows from the likelihood: 1 is low, 5 is above tolerance. */
export function estimate(likelihood: number): AssessmentInput {
  const untreated = { likelihood, consequences: [{ class: 'LEGAL', value: likelihood === 5 ? 4 : 2 }] } as const;
  return {
    inherent: untreated, current: untreated, target: null, rationale: 'Seen in the pilot.', strengthOfKnowledge: 'MEDIUM',
  };
}

export async function givenRisk(register: Register, systemId: string): Promise<Stored<Risk>> {
  return register.app.get(RisksService).log(register.as('sam'), systemId, {
    statement: { source: 'Hidden text in mails', event: 'instructions are followed', consequence: 'data leaves the company' },
    affectedParties: ['customers'], taxonomy: ['owasp-llm@2025#LLM01'], owner: 'sam', release: null,
  }, false);
}

/** Assessed by its owner, confirmed by a risk officer. */
export async function givenConfirmedRisk(register: Register, systemId: string): Promise<Stored<Risk>> {
  const risks = register.app.get(RisksService);
  const logged = await givenRisk(register, systemId);
  const assessed = await risks.assess(register.as('sam'), at(logged), estimate(1));
  return register.app.get(ConfirmationsService).confirm(register.as('rita'), at(assessed));
}

/** The same model each time and a configuration of its own: no lane of a MINIMAL pilot asks about a configuration. */
export async function givenRelease(register: Register, systemId: string): Promise<Stored<Release>> {
  const label = randomBytes(8).toString('hex');
  return register.app.get(ReleasesService).create(register.as('dana'), systemId, {
    label, components: [{ role: 'MODEL', name: 'model', digest: sha256('model') }, { role: 'CONFIG', name: 'settings', digest: sha256(label) }],
  });
}

export async function openPromotion(register: Register, releaseId: string, environment = 'pilot'): Promise<Stored<Promotion>> {
  return register.app.get(PromotionsService).open(register.as('sam'), { release: releaseId, environment, reason: 'First customers.' });
}

export interface Asked { readonly challenge: string; readonly packageDigests: readonly Digest[] }

export async function askToSign(register: Register, handle: string, promotionIds: readonly string[], lanes: readonly Lane[]): Promise<Asked> {
  const request = await register.app.get(SignOffsService).request(register.as(handle), promotionIds, lanes);
  return { challenge: request.challenge, packageDigests: request.packages.map((shown) => shown.digest) };
}

export async function confirmSign(register: Register, handle: string, asked: Asked, choice: Choice = 'APPROVE'): Promise<Stored<SignOff>> {
  return register.app.get(SignOffsService).confirm(register.as(handle), asked, { choice, statement: 'I have read it.', attests: [] });
}

/** A yes of one person on one condition, which is given back. */
export async function signOn(register: Register, handle: string, asked: Asked, condition: Pick<ConditionInput, 'owner' | 'due'> & Partial<ConditionInput>): Promise<Stored<Condition>> {
  const conditions = [{ text: 'Limit the rate of requests.', evidence: 'A test report.', effect: 'BLOCK' as const, ...condition }];
  const signOff = await register.app.get(SignOffsService).confirm(register.as(handle), asked, { choice: 'APPROVE_WITH_CONDITIONS', statement: 'Once that is done.', attests: [], conditions });
  const [borne] = await register.app.get(ConditionsQueries).conditionsBorne(register.as(handle), 'signOffId', signOff.id);
  return borne!;
}

export async function sign(register: Register, handle: string, promotion: Promotion, lanes: readonly Lane[] = promotion.lanes.map(({ lane }) => lane)): Promise<Stored<SignOff>> {
  return confirmSign(register, handle, await askToSign(register, handle, [promotion.id], lanes));
}

export interface Ready {
  readonly system: Stored<AiSystem>;
  readonly risk: Stored<Risk>;
  readonly release: Stored<Release>;
  readonly promotion: Stored<Promotion>;
  readonly signOff: Stored<SignOff>;
}

/** A release that may go into the pilot: every lane of its MINIMAL system attested by the owner in one act. */
export async function givenReady(register: Register): Promise<Ready> {
  const system = await givenSystem(register);
  const risk = await givenConfirmedRisk(register, system.id);
  const release = await givenRelease(register, system.id);
  const promotion = await openPromotion(register, release.id);
  return { system, risk, release, promotion, signOff: await sign(register, 'sam', promotion) };
}

export function questionAbout(release: Release, environment = 'pilot'): GateQuestion {
  return { target: { kind: 'BUNDLE', bundleDigest: release.bundleDigest }, system: null, environment, action: 'promote' };
}

/** The version that was read, as a change names it. */
export function at(record: { readonly id: string; readonly version: number }): { id: string; expectedVersion: number } {
  return { id: record.id, expectedVersion: record.version };
}
