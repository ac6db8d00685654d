/** What runs now, each with what the gate would say of its going on: by what is in force, and with another version of a policy in its place. */
import { blockingIn, inPlace } from '../domain/gate-what-if.js';
import type { GateFacts, GateQuestion } from '../domain/gate-question.js';
import type { Stored } from '../domain/package.js';
import type { PolicyVersion } from '../domain/policy-version.js';
import type { RefusedDeployment, Said } from '../domain/simulation-tally.js';
import type { ReadScope } from '../platform/scope.js';
import { dryAnswer } from './answer.js';
import { BatchedFacts } from './batched-facts.js';
import { loadFacts } from './gate.facts.js';

export interface PresentDeployment extends Pick<RefusedDeployment, 'number' | 'system' | 'environment'> { readonly id: string; readonly bundleDigest: string; readonly systemId: string }

/** What was let into an environment, with nothing else of its system come since, after one of them, in the order of their ids; what was found running ungoverned is no matter of a policy. */
export async function presentDeployments(scope: ReadScope, after: string | null, most: number): Promise<PresentDeployment[]> {
  return scope.query<PresentDeployment>(`
    select p.id, p.number, p.bundle_digest as "bundleDigest", p.system_id as "systemId", s.number as system, e.name as environment
    from population p join ai_systems s on s.tenant_id = p.tenant_id and s.id = p.system_id join environments e on e.tenant_id = p.tenant_id and e.id = p.environment_id
    where p.replaced_at is null and p.kind <> 'UNGOVERNED' and p.id > $1::uuid order by p.id limit $2`, [after ?? '00000000-0000-0000-0000-000000000000', most]);
}

export async function runFacts(scope: ReadScope, deployments: readonly PresentDeployment[], version: Stored<PolicyVersion>): Promise<GateFacts[]> {
  const source = new BatchedFacts(scope);
  return Promise.all(deployments.map((deployment) => loadFacts(source, questionAbout(deployment), { callerId: scope.ctx.principalId, now: scope.now, supposing: version })));
}

export function judgeRunning(version: Stored<PolicyVersion>, facts: GateFacts, now: string): { readonly today: Said; readonly then: Said } {
  const said = (asked: GateFacts): Said => {
    const { decision: { verdict, reasons } } = dryAnswer(asked, now);
    return { verdict, blocking: blockingIn(reasons) };
  };
  return { today: said(facts), then: said({ ...facts, policies: inPlace(facts.policies, version) }) };
}

function questionAbout({ bundleDigest, systemId, environment }: PresentDeployment): GateQuestion {
  return { target: { kind: 'BUNDLE', bundleDigest }, system: systemId, environment, action: 'run' };
}
