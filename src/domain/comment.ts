/** What people say to each other about a promotion. It decides nothing, outdates nothing, and is never changed. */
import type { Lane } from './actor.js';
import type { Instant } from './clock.js';
import { checkText } from './digest.js';
import type { Decided } from './events.js';
import type { Promotion } from './promotion.js';
import { Refusal } from './refusal.js';

export interface Comment {
  readonly id: string;
  readonly version: number;
  readonly systemId: string;
  readonly promotionId: string;
  /** The review that it is about; null = the request as a whole. */
  readonly lane: Lane | null;
  readonly text: string;
  readonly authorId: string;
  readonly writtenAt: Instant;
}

/** Also after the request has ended: what was learnt belongs to it. */
export function commentOn(promotion: Promotion, identity: Pick<Comment, 'id' | 'authorId' | 'writtenAt'>, { lane, text }: Pick<Comment, 'lane' | 'text'>): Decided<Comment> {
  const lanes = promotion.lanes.map((asked) => asked.lane);
  if (lane !== null && !lanes.includes(lane)) throw new Refusal('INVALID_INPUT', { field: 'lane', message: `${promotion.number} does not ask for a ${lane} review.`, actual: lane, expected: lanes.join(', ') });
  const said = checkText(text, 'text', 4000);
  return { next: { ...identity, version: 1, systemId: promotion.systemId, promotionId: promotion.id, lane, text: said }, event: 'promotion.commented', reason: said };
}
