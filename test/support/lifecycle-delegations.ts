// The scenes of test/lifecycles.csv about delegations: of the vote in SECURITY, to a colleague.
import { plusDays } from '../../src/domain/clock.js';
import { DelegationsService } from '../../src/identity/delegations.service.js';
import { REASON, type Scene, type Subject } from './lifecycle-scenes.js';
import { at } from './register.js';

const delegations = (scene: Scene): DelegationsService => scene.register.app.get(DelegationsService);

export const delegation: Subject = {
  make: async (scene, state, actor) => {
    const input = { to: scene.part(actor, 'delegate', 'petra'), lanes: ['SECURITY' as const], systems: null, reason: REASON, validFrom: null, validUntil: plusDays(new Date().toISOString(), 10) };
    const lender = scene.as(scene.part(actor, 'lender', 'kim'));
    const made = await delegations(scene).delegate(lender, input);
    return state === 'REVOKED' ? delegations(scene).revoke(lender, at(made), REASON) : made;
  },
  actions: { revoke: (scene, record, { handle }) => delegations(scene).revoke(scene.as(handle), at(record), REASON) },
};
