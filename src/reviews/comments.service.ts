/** Comments on promotions: written once by whoever takes part, read by everybody. */
import { Injectable } from '@nestjs/common';
import type { Lane } from '../domain/actor.js';
import { commentOn, type Comment } from '../domain/comment.js';
import type { Stored } from '../domain/package.js';
import { Lists } from '../platform/lists.js';
import { type Order, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { CommentTable, PromotionTable } from './review.table.js';

const AS_WRITTEN: Order = { name: 'AS_WRITTEN', descending: false, key: { column: 'writtenAt', type: 'instant' } };

@Injectable()
export class CommentsService {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async comment(ctx: RequestContext, promotionRef: string, said: { readonly lane: Lane | null; readonly text: string }): Promise<Stored<Comment>> {
    return this.work.write(ctx, 'promotion.comment', async (tx) => {
      const promotion = await tx.get(PromotionTable, promotionRef);
      tx.requireFor('promotion.comment', promotion.systemId);
      return tx.put(CommentTable, commentOn(promotion, { id: tx.newId(), authorId: tx.personId, writtenAt: tx.now }, said));
    });
  }

  async commentsOn(ctx: RequestContext, promotionId: string, request: PageRequest): Promise<Page<Stored<Comment>>> {
    return this.lists.pageOf(ctx, { table: CommentTable, conditions: [], order: AS_WRITTEN }, { column: 'promotionId', id: promotionId }, request);
  }
}
