/** Writes down what was signed, word for word, under the server's key, and checks kept statements against the register. */
import { Injectable } from '@nestjs/common';
import { ConditionTable } from '../acceptances/condition.table.js';
import { ConditionsQueries } from '../acceptances/conditions.queries.js';
import { obligationOf, type Condition } from '../domain/condition.js';
import { grantsInForce } from '../domain/actor.js';
import type { Digest } from '../domain/digest.js';
import type { Envelope } from '../domain/envelope.js';
import type { Stored } from '../domain/package.js';
import type { GatePolicy } from '../domain/policy.js';
import type { Promotion } from '../domain/promotion.js';
import type { Ballot, SignOff } from '../domain/sign-off.js';
import { STATEMENT_TYPE, verifyStatement, type Statement, type StatementDelegation, type StatementCondition, type StatementFlaw, type StatementMeaning, type StatementSigner, type StatementSubject } from '../domain/statement.js';
import { DelegationTable } from '../identity/delegation.table.js';
import { ProfileTable } from '../identity/profile.table.js';
import { Signer } from '../identity/signer.js';
import { loadOne } from '../platform/loading.js';
import { PrincipalTable } from '../platform/principal.table.js';
import type { RequestContext } from '../platform/request-context.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { EnvironmentTable, ReleaseTable } from '../systems/system.table.js';
import { PromotionTable } from './review.table.js';

export interface StoredBallot extends Ballot { readonly promotion: Stored<Promotion>; readonly policy: GatePolicy }
export interface SignedBallot extends StoredBallot { readonly packageDigest: Digest }

@Injectable()
export class StatementsService {
  constructor(private readonly work: UnitOfWork, private readonly signer: Signer, private readonly conditions: ConditionsQueries) {}

  async sign(tx: Tx, signOff: SignOff, ballots: readonly SignedBallot[], conditions: readonly Condition[]): Promise<Envelope> {
    const subjects = ballots.map(({ promotion, pkg: { release, environment }, packageDigest, lanes }) => subjectOf(promotion, release, environment, { packageDigest, lanes }));
    return this.#envelope(tx, signOff, subjects, { conditions: stated(conditions), meaning: signOff.meaning, text: signOff.statement, at: signOff.signedAt });
  }

  /** The vote with the signed statement by which it was taken back; unchanged where it was not. */
  async signWithdrawal(tx: Tx, signOff: SignOff): Promise<SignOff> {
    const { withdrawn } = signOff;
    if (withdrawn === null) return signOff;
    const subjects: StatementSubject[] = [];
    for (const subject of signOff.subjects) {
      const promotion = await tx.get(PromotionTable, subject.promotionId);
      const release = await tx.get(ReleaseTable, promotion.releaseId);
      subjects.push(subjectOf(promotion, release, await tx.get(EnvironmentTable, promotion.environmentId), subject));
    }
    return { ...signOff, withdrawn: { ...withdrawn, signed: await this.#envelope(tx, signOff, subjects, { conditions: stated(await tx.all(ConditionTable, { signOffId: signOff.id })), meaning: 'REVOKED', text: withdrawn.reason, at: withdrawn.at }) } };
  }

  /** The statement of the vote, or what is wrong with it; null = the vote is of before statements were signed. */
  async check(ctx: RequestContext, signOff: SignOff): Promise<Statement | StatementFlaw | null> {
    return this.#check(ctx, signOff, signOff.signed, { meaning: signOff.meaning, text: signOff.statement });
  }

  /** The same for the statement by which it was taken back. */
  async checkWithdrawal(ctx: RequestContext, signOff: SignOff): Promise<Statement | StatementFlaw | null> {
    return this.#check(ctx, signOff, signOff.withdrawn?.signed ?? null, { meaning: 'REVOKED', text: signOff.withdrawn?.reason ?? '' });
  }

  async #check(ctx: RequestContext, signOff: SignOff, envelope: Envelope | null, said: { meaning: StatementMeaning; text: string }): Promise<Statement | StatementFlaw | null> {
    if (envelope === null) return null;
    const environments = await Promise.all(signOff.subjects.map(async ({ promotionId }) => [promotionId, await this.#environmentOf(ctx, promotionId)] as const));
    const conditions = stated(await this.conditions.conditionsBorne(ctx, 'signOffId', signOff.id));
    return verifyStatement(envelope, this.signer.keys, { organization: ctx.tenantId, signOff, conditions, environments: Object.fromEntries(environments), ...said });
  }

  async #environmentOf(ctx: RequestContext, promotionId: string): Promise<string> {
    const promotion = await loadOne(ctx, 'promotion of a statement', promotionId, async (ids) => {
      const found = await this.work.read(ctx, 'register.read', (scope) => scope.byIds(PromotionTable, ids));
      return new Map(found.map((each) => [each.id, each]));
    });
    return promotion?.environmentId ?? '';
  }

  async #envelope(tx: Tx, signOff: SignOff, subjects: readonly StatementSubject[], said: { conditions: readonly StatementCondition[]; meaning: StatementMeaning; text: string; at: string }): Promise<Envelope> {
    const [log] = await tx.query<{ origin: string }>('select origin from audit.log');
    const { choice, attests, challengeId, validUntil, id, number } = signOff;
    const statement: Statement = {
      v: 1, organization: { id: tx.ctx.tenantId, log: log?.origin ?? '' }, signOff: { id, number }, subjects, choice, attests, challenge: challengeId, validUntil, signer: await signerOf(tx), delegation: await delegationOf(tx, signOff.delegationId),
      authentication: { at: tx.ctx.authenticatedAt, credential: tx.ctx.tokenHash }, ...said,
    };
    return this.signer.sign(STATEMENT_TYPE, statement);
  }
}

/** In one order, whichever way they were read. */
function stated(conditions: readonly Condition[]): StatementCondition[] {
  return conditions.map((condition) => ({ number: condition.number, ...obligationOf(condition) })).sort((a, b) => (a.number < b.number ? -1 : 1));
}

function subjectOf(
  promotion: Promotion, release: StatementSubject['release'], environment: StatementSubject['environment'], { packageDigest, lanes }: Pick<StatementSubject, 'packageDigest' | 'lanes'>,
): StatementSubject {
  return {
    promotion: { id: promotion.id, number: promotion.number, version: promotion.version }, release: { id: release.id, number: release.number, bundleDigest: release.bundleDigest },
    environment: { id: environment.id, name: environment.name }, packageDigest, lanes,
  };
}

/** Who could have signed in the own name, by the name that the register shows. */
async function delegationOf(tx: Tx, delegationId: string | null): Promise<StatementDelegation | null> {
  if (delegationId === null) return null;
  const { id, number, fromPersonId: person, validUntil } = await tx.get(DelegationTable, delegationId);
  const [account] = await tx.all(PrincipalTable, { personId: person });
  const profile = account === undefined ? null : await tx.find(ProfileTable, account.id);
  return { id, number, person, name: profile?.displayName ?? 'erased', validUntil };
}

async function signerOf(tx: Tx): Promise<StatementSigner> {
  const { id, function: part } = tx.actor;
  const profile = await tx.get(ProfileTable, id);
  const roles = grantsInForce(tx.actor, tx.clock()).map(({ role, lane }) => ({ role, lane }));
  return { principal: id, person: tx.personId, name: profile.displayName, function: part, roles };
}
