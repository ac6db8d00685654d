/** Signing in with an API key: found by its digest, judged now, and its use noted now and then. */
import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { apiKeyTrouble, keyHash, keyRefused } from '../domain/api-key.js';
import { Arrivals } from '../platform/arrivals.js';
import { believed } from '../platform/believed.js';
import { recordOf } from '../platform/columns.table.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { ApiKeyTable } from './api-key.table.js';
import type { Arrival } from './sign-in.service.js';

/** A use is noted at most this often: it tells whether a key is still needed, not who asked when, which the log does. */
const NOTED_EVERY_MS = 60_000;
const MOST_REMEMBERED = 10_000;

@Injectable()
export class KeySignInService {
  readonly #noted = new Map<string, number>();

  constructor(private readonly arrivals: Arrivals, private readonly work: UnitOfWork) {}

  async byKey(text: string, arrival: Arrival): Promise<RequestContext> {
    const hash = keyHash(text);
    const row = await this.arrivals.ask(arrival, 'audit.find_api_key', [hash]);
    if (row === null) throw keyRefused('KEY_UNKNOWN');
    const key = recordOf(ApiKeyTable, row);
    if (!timingSafeEqual(Buffer.from(key.secretHash), Buffer.from(hash))) throw keyRefused('KEY_UNKNOWN');
    const known = { ...arrival, tenantId: String(row['tenant_id']), principalId: key.accountId, believedBy: [believed(key)], authenticatedAt: null, signInLacks: null, permissions: key.permissions };
    const session = await this.arrivals.enter(known);
    const trouble = apiKeyTrouble(key, session.now);
    if (trouble !== null) {
      await session.end();
      throw keyRefused(trouble);
    }
    await this.arrivals.hand(session, arrival.reads);
    await this.#note({ ...known, permissions: null }, key.id);
    return known;
  }

  /** By any server at most once a minute; the database keeps the latest. */
  async #note(ctx: RequestContext, keyId: string): Promise<void> {
    const now = performance.now();
    if (now - (this.#noted.get(keyId) ?? -Infinity) < NOTED_EVERY_MS) return;
    if (this.#noted.size >= MOST_REMEMBERED) this.#noted.clear();
    this.#noted.set(keyId, now);
    await this.work.note(ctx, 'identity.signIn', (scope) => scope.query(
      'insert into api_key_uses as u (key_id, used_at) values ($1, $2) on conflict (tenant_id, key_id) do update set used_at = greatest(u.used_at, excluded.used_at)', [keyId, scope.now]));
  }
}
