// The scenes of test/lifecycles.csv about reviews: one lane of a promotion into production, claimed for a while.
import { plusDays } from '../../src/domain/clock.js';
import { LaneReviewsService } from '../../src/reviews/lane-reviews.service.js';
import { PromotionsService } from '../../src/reviews/promotions.service.js';
import { REASON, type Actor, type Scene, type Subject, type Versioned } from './lifecycle-scenes.js';
import { at } from './register.js';

/** The reviewers of the table may sign SECURITY and nothing else: of LEGAL they know nothing. */
function laneFor(actor: Actor): string {
  return actor.parts.includes('eligible') || actor.parts.includes('claimer') ? 'SECURITY' : 'LEGAL';
}

const reviews = (scene: Scene): LaneReviewsService => scene.register.app.get(LaneReviewsService);
const soon = (): string => plusDays(new Date().toISOString(), 3);
const ofPromotion = ({ id }: Versioned): string => id.split('/')[0] ?? '';

export const review: Subject = {
  make: async (scene, state, actor) => {
    const promotions = scene.register.app.get(PromotionsService);
    const system = await scene.system(actor);
    const release = await scene.release({ handle: '', parts: [] }, system.id);
    const requester = scene.part(actor, 'requester', 'sam');
    const opened = await promotions.open(scene.as(requester), { release: release.id, environment: 'production', reason: REASON });
    const id = `${opened.id}/${laneFor(actor)}`;
    if (state === 'WITHDRAWN') return { id, version: (await promotions.cancel(scene.as(requester), at(opened), REASON)).version, state };
    if (state === 'REQUESTED') return { id, version: opened.version, state };
    const claimed = await reviews(scene).claim(scene.as(scene.part(actor, 'claimer', laneFor(actor) === 'SECURITY' ? 'kim' : 'lena')), id, soon());
    return { id, version: opened.version + 1, state: claimed.state };
  },
  actions: {
    claim: (scene, record, { handle }) => reviews(scene).claim(scene.as(handle), record.id, soon()),
    release: (scene, record, { handle }) => reviews(scene).release(scene.as(handle), record.id, REASON),
    withdraw: async (scene, record, { handle }) => {
      const cancelled = await scene.register.app.get(PromotionsService).cancel(scene.as(handle), at({ id: ofPromotion(record), version: record.version }), REASON);
      return { state: cancelled.state === 'CANCELLED' ? 'WITHDRAWN' : cancelled.state };
    },
  },
};
