/**
 * Whether this server takes new work: switched off first when it stops, so that no balancer sends more, and while something is missing
 * without which it could only refuse or, worse, answer wrongly.
 */
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { migrationFiles } from './migrate.js';
import { Pools } from './pools.js';

export const TROUBLES = ['stopping', 'the database is a standby', 'the database does not answer', 'the schema is not that of this program', 'nothing can be signed', 'the clock is not that of the database'] as const;
/** Why a server takes no work. */
export type Trouble = (typeof TROUBLES)[number];

export const OUTCOMES = ['ok', 'failed', 'unknown'] as const;
export type Outcome = (typeof OUTCOMES)[number];
export interface Checks { readonly database: Outcome; readonly schema: Outcome; readonly signer: Outcome; readonly clock: Outcome }

export interface Live { readonly status: 'live' }
export interface Ready { readonly status: 'ready'; readonly checks: Checks }
export interface NotReady { readonly status: 'not ready'; readonly because: Trouble; readonly checks: Checks }

/** How far the clocks of this server and of the database may be apart. */
const APART_MS = 5000;
const UNKNOWN: Checks = { database: 'unknown', schema: 'unknown', signer: 'unknown', clock: 'unknown' };
const SEEN = "select pg_is_in_recovery() as standby, (extract(epoch from clock_timestamp()) * 1000)::float8 as now, (select coalesce(json_object_agg(name, digest), '{}') from public.schema_migrations) as ran";

interface Seen { readonly standby: boolean; readonly now: number; readonly ran: Readonly<Record<string, string>> }

@Injectable()
export class Readiness implements BeforeApplicationShutdown {
  stopping = false;
  /** Whether a trial signature succeeds; set by whatever holds the key. */
  signs: () => boolean = () => false;
  #files: readonly { readonly name: string; readonly digest: string }[] | null = null;

  constructor(private readonly pools: Pools) {}

  beforeApplicationShutdown(): void {
    this.stopping = true;
  }

  /** Milliseconds of the clock of this machine. */
  now(): number {
    return Date.now();
  }

  async look(): Promise<Ready | NotReady> {
    if (this.stopping) return { status: 'not ready', because: 'stopping', checks: UNKNOWN };
    const signer = outcome(this.signs());
    const before = this.now();
    // Over the gate's connections: a server whose readers are many goes on answering whoever deploys.
    const seen = await this.pools.gate.query<Seen[]>(SEEN).then(([row]) => row ?? null, () => null);
    if (seen === null) return { status: 'not ready', because: 'the database does not answer', checks: { ...UNKNOWN, database: 'failed', signer } };
    const clock = outcome(seen.now > before - APART_MS && seen.now < this.now() + APART_MS);
    const checks: Checks = { database: outcome(!seen.standby), schema: outcome(this.#isOurs(seen.ran)), signer, clock };
    const because = troubleIn(checks);
    return because === null ? { status: 'ready', checks } : { status: 'not ready', because, checks };
  }

  /** Everything that this program brings has run as it is. What a newer one has added is no trouble: replicas are exchanged one by one. */
  #isOurs(ran: Seen['ran']): boolean {
    this.#files ??= migrationFiles().map(({ name, digest }) => ({ name, digest }));
    return this.#files.every(({ name, digest }) => ran[name] === digest);
  }
}

function outcome(isFine: boolean): Outcome {
  return isFine ? 'ok' : 'failed';
}

function troubleIn({ database, schema, signer, clock }: Checks): Trouble | null {
  if (database !== 'ok') return 'the database is a standby';
  if (schema !== 'ok') return 'the schema is not that of this program';
  if (signer !== 'ok') return 'nothing can be signed';
  return clock === 'ok' ? null : 'the clock is not that of the database';
}
