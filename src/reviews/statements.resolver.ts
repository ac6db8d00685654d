/** The signed statements of a vote. */
import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { Envelope } from '../domain/envelope.js';
import type { Statement, StatementFlaw } from '../domain/statement.js';
import { readableStatement } from '../domain/statement-readable.js';
import { Ctx } from '../identity/authentication.js';
import type { RequestContext } from '../platform/request-context.js';
import { SignOffModel } from './reviews.graphql.js';
import { showEnvelope, SignedStatementModel } from './statements.graphql.js';
import { StatementsService } from './statements.service.js';

@Resolver(() => SignOffModel)
export class SignOffStatementsResolver {
  constructor(private readonly statements: StatementsService) {}

  @ResolveField(() => SignedStatementModel, { nullable: true, description: 'The signed statement of this vote; null for one of before statements were signed.' })
  async signedStatement(@Ctx() ctx: RequestContext, @Parent() { source }: SignOffModel): Promise<SignedStatementModel | null> {
    return show(source.signed, await this.statements.check(ctx, source));
  }

  @ResolveField(() => SignedStatementModel, { nullable: true, description: 'The signed statement by which the signer took the vote back; null while it stands.' })
  async signedWithdrawal(@Ctx() ctx: RequestContext, @Parent() { source }: SignOffModel): Promise<SignedStatementModel | null> {
    return show(source.withdrawn?.signed ?? null, await this.statements.checkWithdrawal(ctx, source));
  }
}

function show(envelope: Envelope | null, checked: Statement | StatementFlaw | null): SignedStatementModel | null {
  if (envelope === null || checked === null) return null;
  const shown = showEnvelope(envelope);
  return typeof checked === 'string' ? { envelope: shown, valid: false, flaw: checked, readable: null } : { envelope: shown, valid: true, flaw: null, readable: readableStatement(checked) };
}
