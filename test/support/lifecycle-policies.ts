// The scenes of test/lifecycles.csv about policies: each under a name of its own, bound to nothing that is there.
import { PoliciesQueries } from '../../src/policies/policies.queries.js';
import { PoliciesService } from '../../src/policies/policies.service.js';
import { SHIPPED_DOCUMENT } from '../../src/policies/shipped-policy.js';
import { REASON, type Scene, type Subject, type Versioned } from './lifecycle-scenes.js';
import { at } from './register.js';

const policies = (scene: Scene): PoliciesService => scene.register.app.get(PoliciesService);
const CASES = 'cases:\n  - { name: what nobody is bound to, why: Nothing is asked where it is not bound., wanted: { verdict: DENY, reasons: [BLOCK GATE NO_POLICY] } }\n';
let made = 0;

interface Drafted extends Versioned { readonly policyId: string }

async function draft(scene: Scene, author: string, { id, version }: { id: string; version: string }): Promise<Drafted> {
  made += 1;
  const document = { ...SHIPPED_DOCUMENT, id, version, bindings: [{ environments: [`nowhere-${String(made)}`], priority: 1, mode: 'ENFORCE' as const }] };
  return policies(scene).draft(scene.as(author), { source: JSON.stringify(document), cases: CASES, note: REASON });
}

async function approved(scene: Scene, drafted: Versioned, by: readonly string[]): Promise<Versioned> {
  const tested = await policies(scene).test(scene.as('hugo'), at(drafted));
  let present: Versioned = await policies(scene).submit(scene.as('hugo'), at(tested));
  for (const handle of by) present = await policies(scene).approve(scene.as(handle), at(present));
  return present;
}

/** Another version of the same policy comes into force. */
async function supersede(scene: Scene, record: Versioned, handle: string): Promise<{ readonly state: string }> {
  const { policyId } = record as Drafted;
  const next = await approved(scene, await draft(scene, 'rita', { id: policyId, version: `2.${String(made)}` }), ['hugo', 'hanna']);
  await policies(scene).activate(scene.as(handle), at(next));
  return scene.register.app.get(PoliciesQueries).policy(scene.as('hugo'), record.id);
}

export const policy: Subject = {
  make: async (scene, state, actor) => {
    const drafted = await draft(scene, scene.part(actor, 'author', 'rita'), { id: `scene-${String(made)}`, version: '1.0' });
    if (state === 'DRAFT') return drafted;
    if (state === 'TESTED') return policies(scene).test(scene.as('hugo'), at(drafted));
    if (state === 'WITHDRAWN') return policies(scene).withdraw(scene.as('hugo'), at(drafted), REASON);
    const by = actor.parts.includes('approver') ? [actor.handle, 'hanna'] : ['hugo', 'hanna'];
    const inReview = await approved(scene, drafted, state === 'IN_REVIEW' && actor.parts.includes('nobody before') ? [] : by);
    if (state === 'IN_REVIEW') return inReview;
    const active = await policies(scene).activate(scene.as('hugo'), at(inReview));
    if (state === 'ACTIVE') return active;
    await supersede(scene, active, 'hugo');
    return scene.register.app.get(PoliciesQueries).policy(scene.as('hugo'), active.id);
  },
  actions: {
    test: (scene, record, { handle }) => policies(scene).test(scene.as(handle), at(record)),
    submit: (scene, record, { handle }) => policies(scene).submit(scene.as(handle), at(record)),
    approve: (scene, record, { handle }) => policies(scene).approve(scene.as(handle), at(record)),
    activate: (scene, record, { handle }) => policies(scene).activate(scene.as(handle), at(record)),
    withdraw: (scene, record, { handle }) => policies(scene).withdraw(scene.as(handle), at(record), REASON),
    supersede: (scene, record, { handle }) => supersede(scene, record, handle),
  },
};
