// The scenes of test/lifecycles.csv about dates of law: each of another article, by somebody who reviews the law for every system.
import { LawDatesService } from '../../src/policies/law-dates.service.js';
import { LEGAL_OBLIGATIONS } from '../../src/policies/legal-obligations.js';
import { REASON, type Scene, type Subject } from './lifecycle-scenes.js';
import { at } from './register.js';

const dates = (scene: Scene): LawDatesService => scene.register.app.get(LawDatesService);
let made = 0;

export const lawDate: Subject = {
  make: async (scene, state) => {
    const { reference, timeline } = LEGAL_OBLIGATIONS[made++]!;
    const confirmed = await dates(scene).confirm(scene.as('lena'), { reference, day: timeline.periods[0]!.from, source: 'Official Journal', note: REASON });
    return state === 'REVOKED' ? dates(scene).revoke(scene.as('lena'), at(confirmed), REASON) : confirmed;
  },
  actions: { revoke: (scene, record, actor) => dates(scene).revoke(scene.as(scene.part({ ...actor, handle: 'lena' }, 'legal reviewer', actor.handle)), at(record), REASON) },
};
