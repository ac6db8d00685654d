/** The people of the example organization: roles and functions to try things out with, not portraits of anybody. */
import type { PersonFunction, RoleGrant, Lane } from '../domain/actor.js';
import { BUILT_IN_ISSUER } from '../identity/issuer.js';
import type { NewPrincipal } from '../identity/people.service.js';

type Grants = readonly Pick<RoleGrant, 'role' | 'lane'>[];

function user(subject: string, displayName: string, personFunction: PersonFunction, grants: Grants): NewPrincipal {
  return { kind: 'USER', issuer: BUILT_IN_ISSUER, subject, displayName, function: personFunction, grants };
}

function reviews(...lanes: readonly Lane[]): Grants {
  return lanes.map((lane) => ({ role: 'REVIEWER', lane }));
}

function role(...roles: readonly RoleGrant['role'][]): Grants {
  return roles.map((name) => ({ role: name, lane: null }));
}

export const ADMINISTRATOR: NewPrincipal = user('ada', 'Ada, administrator', 'platform', role('TENANT_ADMIN', 'POLICY_ADMIN'));

export const EXAMPLE_PEOPLE: readonly NewPrincipal[] = [
  user('sam', 'Sam, system owner', 'product', role('SYSTEM_OWNER', 'CONTRIBUTOR', 'RISK_OWNER')),
  user('dana', 'Dana, developer', 'product', role('CONTRIBUTOR')),
  user('rita', 'Rita, risk officer', 'risk', role('RISK_OFFICER')),
  user('hugo', 'Hugo, head of risk', 'risk', role('HEAD_OF_RISK', 'RISK_OFFICER')),
  user('hanna', 'Hanna, deputy head of risk', 'risk', role('HEAD_OF_RISK')),
  user('petra', 'Petra, privacy', 'privacy', reviews('PRIVACY', 'DATA')),
  user('lena', 'Lena, legal', 'legal', reviews('LEGAL', 'PRIVACY', 'FRIA')),
  user('kim', 'Kim, security', 'security', reviews('SECURITY', 'PROVENANCE')),
  user('vera', 'Vera, model validation', 'validation', reviews('VALIDATION', 'FAIRNESS')),
  user('omar', 'Omar, operations', 'operations', reviews('OPS', 'OVERSIGHT')),
  user('bea', 'Bea, business owner', 'business', [...role('BUSINESS_OWNER'), ...reviews('TRANSPARENCY')]),
  user('eve', 'Eve, executive', 'executive', role('EXECUTIVE')),
  user('axel', 'Axel, auditor', 'legal', role('AUDITOR')),
  { kind: 'SERVICE', issuer: BUILT_IN_ISSUER, subject: 'pipeline', displayName: 'Deployment pipeline', function: null, grants: role('DEPLOYER') },
];
