// The policy of the way to production, in force as in any organization: somebody hands it in, two others approve it, and it is activated.
import type { Stored } from '../../src/domain/package.js';
import type { PolicyVersion } from '../../src/domain/policy-version.js';
import { PoliciesService } from '../../src/policies/policies.service.js';
import type { Acts, Acted } from './acts.js';
import { at, type Register } from './register.js';

interface Ways<P> { adopt(handle: string): Promise<P>; approve(handle: string, policy: P): Promise<P>; activate(handle: string, policy: P): Promise<P> }

async function adopted<P>({ adopt, approve, activate }: Ways<P>): Promise<P> {
  const handedIn = await adopt('hugo');
  return activate('hugo', await approve('hanna', await approve('rita', handedIn)));
}

/** Through the services. */
export function adoptedIn({ app, as }: Pick<Register, 'app' | 'as'>): Promise<Stored<PolicyVersion>> {
  const policies = app.get(PoliciesService);
  return adopted({
    adopt: (handle) => policies.adopt(as(handle)), approve: (handle, policy) => policies.approve(as(handle), at(policy)), activate: (handle, policy) => policies.activate(as(handle), at(policy)),
  });
}

/** Through the API. `prefix`: of the names of the people, in an organization other than the first. */
export function adoptedBy(acts: Acts, prefix = ''): Promise<Acted> {
  const change = (mutation: string) => (handle: string, policy: Acted): Promise<Acted> => acts.change(`${prefix}${handle}`, mutation, policy);
  return adopted({ adopt: (handle) => acts.act(`${prefix}${handle}`, 'adoptReadinessPolicy', {}), approve: change('approvePolicy'), activate: change('activatePolicy') });
}
