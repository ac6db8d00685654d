/** How promotions, with the index of their reviews and what is said about them, and sign-offs are stored. */
import type { Comment } from '../domain/comment.js';
import type { Promotion } from '../domain/promotion.js';
import type { Aggregate } from '../domain/events.js';
import type { Review } from '../domain/review.js';
import type { SignOff } from '../domain/sign-off.js';
import { flag, governedTable, instant, json, optionalInstant, optionalJson, optionalText, optionalUuid, text, uuid, type GovernedTable } from '../platform/columns.table.js';

export const PromotionTable: GovernedTable<Promotion> = governedTable<Promotion>({
  type: 'Promotion', table: 'promotions', prefix: 'P', scopeOf: (promotion) => promotion.systemId,
  columns: { systemId: uuid, releaseId: uuid, environmentId: uuid, state: text, reason: text, requestedBy: uuid, openedAt: instant, packageDigest: text, lanes: json, ending: optionalText, claims: json, due: optionalInstant, predecessorId: optionalUuid },
  addedLater: { claims: [], due: null, predecessorId: null },
});

export const CommentTable: GovernedTable<Comment> = governedTable<Comment>({
  type: 'Comment', table: 'promotion_comments', prefix: null, scopeOf: (comment) => comment.systemId,
  columns: { systemId: uuid, promotionId: uuid, lane: optionalText, text, authorId: uuid, writtenAt: instant },
});

/** A review as it is found: a row of the index beside the promotions, which a trigger keeps. It has neither version nor digest of its own. */
export interface FoundReview extends Review, Aggregate {}

const found = governedTable<FoundReview>({
  type: 'Review', table: 'promotion_reviews', prefix: null, scopeOf: (review) => review.systemId,
  columns: {
    promotionId: uuid, promotionNumber: text, lane: text, level: text, systemId: uuid, releaseId: uuid, state: text, open: flag, openedAt: instant, due: instant,
    assigneeId: optionalUuid, claimedUntil: optionalInstant,
  },
});
export const ReviewIndex: GovernedTable<FoundReview> = { ...found, fields: found.fields.filter(({ name }) => name !== 'version' && name !== 'digest') };

export const SignOffTable: GovernedTable<SignOff> = governedTable<SignOff>({
  type: 'SignOff', table: 'sign_offs', prefix: 'SO', scopeOf: (signOff) => signOff.systemId,
  columns: {
    systemId: uuid, subjects: json, choice: text, meaning: text, statement: text, attests: json, signerId: uuid, personId: uuid, delegationId: optionalUuid, challengeId: uuid,
    signedAt: instant, validUntil: instant, selfAttested: optionalJson, withdrawn: optionalJson, signed: optionalJson,
  },
  addedLater: { selfAttested: null, signed: null, delegationId: null },
});
