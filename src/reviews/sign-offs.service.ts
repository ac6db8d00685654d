/**
 * The sign-off protocol: the package is shown with a challenge for one use; confirming it records one vote about exactly what was shown.
 * Whatever changed in between refuses the confirmation.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ConditionTable } from '../acceptances/condition.table.js';
import { newConditions, resolveObligations, type ConditionInput } from '../acceptances/conditions.service.js';
import type { Lane } from '../domain/actor.js';
import { MEANING_OF, type Choice, type Meaning } from '../domain/choice.js';
import { plusMs, type Instant } from '../domain/clock.js';
import type { Lent } from '../domain/delegation.js';
import { canonicalJson, type Digest } from '../domain/digest.js';
import { packageDigest, type Stored } from '../domain/package.js';
import { rejectPromotion, type Promotion } from '../domain/promotion.js';
import { Refusal } from '../domain/refusal.js';
import type { Review } from '../domain/review.js';
import { CHALLENGE_MINUTES, checkEligible, checkSignedInLately, isVeto, imposeConditions, recordSignOff, withdrawSignOff, type SignOff, type SignOffInput, type SignOffSubject } from '../domain/sign-off.js';
import { resolvePerson } from '../identity/people.service.js';
import { after, isNull, referring, upTo } from '../platform/conditions.js';
import { holdStill } from '../platform/epochs.js';
import { Lists } from '../platform/lists.js';
import { loadOne } from '../platform/loading.js';
import { NEWEST, OLDEST, type Order, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import type { ReadScope } from '../platform/scope.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { policiesInForce } from '../policies/in-force.js';
import { ReleaseTable, SystemTable } from '../systems/system.table.js';
import type { Change } from '../systems/systems.service.js';
import { recusalsOf } from './recusals.js';
import { PromotionTable, SignOffTable } from './review.table.js';
import { currentPackage, showPackages, type ShownPackage } from './shown-packages.js';
import { StatementsService, type SignedBallot, type StoredBallot } from './statements.service.js';
import { lentBy } from './voters.js';

/** Under which delegation, and for which meaning alone, somebody is going to sign; null = in the own name, whatever is decided after reading. */
export interface SigningTerms { readonly delegation?: string | null; readonly meaning?: Meaning | null }

export interface SignOffRequest { readonly challenge: string; readonly expiresAt: Instant; readonly delegationId: string | null; readonly packages: readonly (ShownPackage & { readonly promotion: Stored<Promotion>; readonly lanes: readonly Lane[] })[] }

interface ChallengeRow { readonly id: string; readonly principal_id: string; readonly subjects: readonly SignOffSubject[]; readonly delegation_id: string | null; readonly meaning: Meaning | null; readonly expired: boolean; readonly used: boolean; readonly ends_at: Instant }

export interface SignOffFilter { readonly system?: string | null; readonly signer?: string | null; readonly expiresBefore?: Instant | null; readonly live?: boolean | null }
const ORDERS = { NEWEST, EXPIRES: { name: 'EXPIRES', descending: false, key: { column: 'validUntil', type: 'instant' } } } as const satisfies Record<string, Order>;
export type SignOffSort = keyof typeof ORDERS;

/** A vote in which people are named as clients name them. */
export type VoteInput = Omit<SignOffInput, 'conditions'> & { readonly conditions?: readonly ConditionInput[] };

/** The newest votes about one review that are shown with it. */
const MOST_SHOWN = 100;

@Injectable()
export class SignOffsService {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists, private readonly statements: StatementsService) {}

  /** Shows the present packages and hands out the challenge; refuses at once whoever could not confirm. */
  async request(ctx: RequestContext, promotionRefs: readonly string[], lanes: readonly Lane[], { delegation = null, meaning = null }: SigningTerms = {}): Promise<SignOffRequest> {
    return this.work.note(ctx, 'review.decide', async (scope) => {
      const lent = delegation === null ? null : await lentBy(scope, delegation);
      const packages: (ShownPackage & StoredBallot)[] = [];
      for (const ref of new Set(promotionRefs)) {
        const ballot = await this.#ballot(scope, await scope.get(PromotionTable, ref), { lanes, lent });
        scope.subject = { type: 'Promotion', id: ballot.promotion.id, version: ballot.promotion.version };
        checkEligible(scope.actor, ballot, scope.clock());
        const [shown] = await showPackages(scope, [ballot]);
        if (shown !== undefined) packages.push({ ...shown, ...ballot });
      }
      requireOneSystem(packages.map((shown) => shown.promotion));
      checkSignedInLately(ctx, packages, scope.now);
      const challenge = randomBytes(32).toString('base64url');
      const expiresAt = plusMs(scope.now, CHALLENGE_MINUTES * 60_000);
      const subjects: SignOffSubject[] = packages.map((shown) => ({ promotionId: shown.promotion.id, packageDigest: shown.digest, lanes: shown.lanes }));
      await scope.query('insert into challenges (id, secret_hash, principal_id, subjects, delegation_id, meaning, expires_at) values (gen_random_uuid(), $1, $2, $3, $4, $5, $6)',
        [secretHash(challenge), scope.actor.id, JSON.stringify(subjects), lent?.delegation.id ?? null, meaning, expiresAt]);
      return { challenge, expiresAt, packages, delegationId: lent?.delegation.id ?? null };
    });
  }

  async confirm(ctx: RequestContext, answer: { challenge: string; packageDigests: readonly Digest[] }, input: VoteInput): Promise<Stored<SignOff>> {
    return this.work.write(ctx, 'review.decide', async (tx) => {
      // Who is named by nothing that is there is refused first; who they are does not change.
      const conditions = await resolveObligations(tx, input.conditions ?? []);
      const challenge = await takeChallenge(tx, answer.challenge);
      requireDigests(challenge.subjects, answer.packageDigests);
      requireMeaning(challenge.meaning, input.choice);
      const promotions: Stored<Promotion>[] = [];
      for (const id of challenge.subjects.map((subject) => subject.promotionId).sort()) promotions.push(await tx.lock(PromotionTable, id));
      await lockReleases(tx, promotions);
      await holdStill(tx, promotions.map((promotion) => promotion.systemId), { until: challenge.ends_at, numbered: [SignOffTable, ConditionTable] });
      const lent = challenge.delegation_id === null ? null : await lentBy(tx, challenge.delegation_id);
      const ballots = await this.#ballotsAsShown(tx, { subjects: challenge.subjects, lent }, promotions);
      const identity = { id: tx.newId(), systemId: requireOneSystem(promotions), signerId: tx.actor.id, personId: tx.personId, delegationId: challenge.delegation_id, challengeId: challenge.id, number: await tx.nextNumber(SignOffTable) };
      await tx.query('update challenges set used = true where id = $1', [challenge.id]);
      checkSignedInLately(ctx, ballots, tx.now);
      const decided = recordSignOff(identity, { ballots, at: tx.now }, { ...input, conditions });
      const imposed = imposeConditions(decided.next, await newConditions(tx, conditions.length), conditions);
      const signed = await this.statements.sign(tx, decided.next, ballots, imposed.map(({ next }) => next));
      const signOff = await tx.put(SignOffTable, { ...decided, next: { ...decided.next, signed } });
      for (const { promotion, policy, lanes } of ballots) {
        if (isVeto(policy, signOff.choice, lanes)) await tx.put(PromotionTable, rejectPromotion(promotion, signOff), promotion);
      }
      for (const condition of imposed) await tx.put(ConditionTable, condition);
      return signOff;
    });
  }

  async withdraw(ctx: RequestContext, change: Change, reason: string): Promise<Stored<SignOff>> {
    return this.work.write(ctx, 'review.decide', async (tx) => {
      const signOff = await tx.lock(SignOffTable, change.id, change.expectedVersion);
      const decided = withdrawSignOff(signOff, tx.personId, { reason, at: tx.now });
      return tx.put(SignOffTable, { ...decided, next: await this.statements.signWithdrawal(tx, decided.next) }, signOff);
    });
  }

  async signOff(ctx: RequestContext, id: string): Promise<Stored<SignOff>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(SignOffTable, id));
  }

  async signOffsByIds(ctx: RequestContext, ids: readonly string[]): Promise<Stored<SignOff>[]> {
    return this.work.read(ctx, 'register.read', (scope) => scope.byIds(SignOffTable, ids));
  }

  async signOffs(ctx: RequestContext, filter: SignOffFilter, sort: SignOffSort, request: PageRequest): Promise<Page<Stored<SignOff>>> {
    const conditions = await this.work.read(ctx, 'register.read', async (scope) => [
      ...await referring('systemId', filter.system, async (system) => (await scope.get(SystemTable, system)).id),
      ...await referring('personId', filter.signer, async (signer) => (signer === 'me' ? scope.personId : resolvePerson(scope, signer, 'signer'))),
      ...(filter.expiresBefore ? [upTo('validUntil', filter.expiresBefore)] : []),
      ...(filter.live === true ? [after('validUntil', scope.now), isNull('withdrawn')] : []),
    ]);
    return this.lists.page(ctx, { table: SignOffTable, conditions, order: ORDERS[sort] }, request);
  }

  async signOffsOf(ctx: RequestContext, systemId: string, request: PageRequest): Promise<Page<Stored<SignOff>>> {
    return this.lists.pageOf(ctx, { table: SignOffTable, conditions: [], order: OLDEST }, { column: 'systemId', id: systemId }, request);
  }

  /** The votes about one lane of one promotion, oldest first, read together with those about all others of the same answer. */
  async signOffsOfReview(ctx: RequestContext, review: Pick<Review, 'promotionId' | 'lane' | 'systemId'>): Promise<Stored<SignOff>[]> {
    const ofSystem = await loadOne(ctx, 'sign-offs of a system', review.systemId, async (ids) => {
      const found = await this.work.read(ctx, 'register.read', (scope) => scope.allWith(SignOffTable, 'systemId', ids));
      return new Map(ids.map((id) => [id, found.filter((signOff) => signOff.systemId === id)]));
    });
    return (ofSystem ?? []).filter(({ subjects }) => subjects.some((subject) => subject.promotionId === review.promotionId && subject.lanes.includes(review.lane))).slice(-MOST_SHOWN);
  }

  /** Each package rebuilt now, and refused unless it is to the byte what was shown. */
  async #ballotsAsShown(tx: Tx, { subjects, lent }: { subjects: readonly SignOffSubject[]; lent: Lent | null }, promotions: readonly Stored<Promotion>[]): Promise<SignedBallot[]> {
    const ballots: SignedBallot[] = [];
    for (const promotion of promotions) {
      const subject = subjects.find((candidate) => candidate.promotionId === promotion.id);
      const ballot = await this.#ballot(tx, promotion, { lanes: subject?.lanes ?? [], lent });
      if (packageDigest(ballot.pkg) !== subject?.packageDigest) {
        throw new Refusal('PACKAGE_CHANGED', { message: `${promotion.number} was changed after it was shown to you.`, next: 'Request the sign-off again and read what changed.' });
      }
      checkEligible(tx.actor, ballot, tx.clock());
      ballots.push({ ...ballot, packageDigest: await tx.keep(canonicalJson(ballot.pkg)) });
    }
    return ballots;
  }

  /** The lanes of the act that this promotion asks for; an act that names none of them names the wrong promotion. */
  async #ballot(scope: ReadScope, promotion: Stored<Promotion>, { lanes, lent }: Pick<StoredBallot, 'lanes' | 'lent'>): Promise<StoredBallot> {
    const { pkg, policy } = await currentPackage(scope, await policiesInForce(scope), promotion);
    const asked = [...new Set(lanes)].filter((lane) => pkg.lanes.some((demanded) => demanded.lane === lane));
    const recusals = await recusalsOf(scope, promotion.systemId);
    return { promotion, pkg, policy, recusals, lent, lanes: asked.length === 0 ? [...new Set(lanes)] : asked };
  }
}

async function takeChallenge(tx: Tx, challenge: string): Promise<ChallengeRow> {
  const rows = await tx.query<ChallengeRow>(
    `select id, principal_id, subjects, delegation_id, meaning, clock_timestamp() >= expires_at as expired, used, to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as ends_at
     from challenges where secret_hash = $1 for update`, [secretHash(challenge)]);
  const [row] = rows;
  if (row?.principal_id !== tx.actor.id) throw new Refusal('CHALLENGE_INVALID', { message: 'This is no challenge of yours.', next: 'Request a new sign-off.' });
  tx.subject = { type: 'Promotion', id: row.subjects[0]?.promotionId ?? row.id, version: null };
  if (row.used) throw new Refusal('CHALLENGE_USED', { message: 'This challenge was used already.', next: 'Request a new sign-off.' });
  if (row.expired) throw new Refusal('CHALLENGE_EXPIRED', { message: `A challenge waits ${String(CHALLENGE_MINUTES)} minutes.`, next: 'Request a new sign-off.' });
  return row;
}

/** Whoever keeps the package of a release holds the release meanwhile: nobody waits for the bytes of a package with the log in hand. */
async function lockReleases(tx: Tx, promotions: readonly Promotion[]): Promise<void> {
  const { subject } = tx;
  for (const id of [...new Set(promotions.map(({ releaseId }) => releaseId))].sort()) await tx.lock(ReleaseTable, id);
  tx.subject = subject;
}

function requireDigests(subjects: readonly SignOffSubject[], given: readonly Digest[]): void {
  const wanted = subjects.map((subject) => subject.packageDigest).sort();
  if (JSON.stringify(wanted) === JSON.stringify([...given].sort())) return;
  throw new Refusal('DIGEST_MISMATCH', { field: 'packageDigests', message: 'These are not the packages that were shown with the challenge.', expected: wanted.join(', ') });
}

/** A challenge that was asked for one meaning signs nothing else. */
function requireMeaning(asked: Meaning | null, choice: Choice): void {
  if (asked === null || asked === MEANING_OF[choice]) return;
  const message = `The challenge was asked for the meaning ${asked}, and ${choice} means ${MEANING_OF[choice]}.`;
  throw new Refusal('CHALLENGE_INVALID', { field: 'choice', message, expected: asked, next: 'Request a new sign-off for what you decide now, or leave its meaning open.' });
}

/** One act is about one system: its environments, not several systems at once. */
function requireOneSystem(promotions: readonly Promotion[]): string {
  const [systemId, ...others] = new Set(promotions.map((promotion) => promotion.systemId));
  if (systemId === undefined || others.length > 0) throw new Refusal('INVALID_INPUT', { field: 'promotions', message: 'One sign-off covers one or several promotions of one system.' });
  return systemId;
}

function secretHash(challenge: string): string {
  return createHash('sha256').update(challenge).digest('hex');
}
