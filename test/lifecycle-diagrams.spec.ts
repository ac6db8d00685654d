// The diagrams of src/domain/README.md: drawn from the lifecycle tables, so that a picture never tells another story than the code.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { acceptanceLifecycle } from '../src/domain/acceptance.js';
import { delegationLifecycle } from '../src/domain/delegation.js';
import { apiKeyLifecycle } from '../src/domain/api-key.js';
import { trustRuleLifecycle } from '../src/domain/trust-rule.js';
import { trustedIssuerLifecycle } from '../src/domain/trusted-issuer.js';
import { conditionLifecycle } from '../src/domain/condition.js';
import { lawDateLifecycle } from '../src/domain/law-date-confirmation.js';
import { baselineLifecycle } from '../src/domain/baseline.js';
import { breakGlassLifecycle } from '../src/domain/break-glass.js';
import { evidenceLifecycle } from '../src/domain/evidence.js';
import { findingLifecycle } from '../src/domain/finding.js';
import { assessmentLifecycle } from '../src/domain/impact-assessment.js';
import type { Lifecycle } from '../src/domain/lifecycle.js';
import { mitigationLifecycle } from '../src/domain/mitigation.js';
import { policyLifecycle } from '../src/domain/policy-version.js';
import { promotionLifecycle } from '../src/domain/promotion.js';
import { releaseLifecycle } from '../src/domain/release.js';
import { reviewLifecycle } from '../src/domain/review.js';
import { riskLifecycle } from '../src/domain/risk.js';
import { suspensionLifecycle } from '../src/domain/suspension.js';
import { systemLifecycle } from '../src/domain/system.js';
import { waiverLifecycle } from '../src/domain/waiver.js';

const DOMAIN = join(import.meta.dirname, '../src/domain');
const text = readFileSync(join(DOMAIN, 'README.md'), 'utf8');
/** Each with the states in which a record begins. */
const LIFECYCLES: readonly (readonly [Lifecycle<string, string>, readonly string[]])[] = [
  [systemLifecycle, ['ACTIVE']], [releaseLifecycle, ['ACTIVE']], [evidenceLifecycle, ['SUBMITTED']], [riskLifecycle, ['DRAFT', 'IDENTIFIED']], [mitigationLifecycle, ['PROPOSED']], [acceptanceLifecycle, ['REQUESTED']], [promotionLifecycle, ['OPEN']],
  [reviewLifecycle, ['REQUESTED']], [conditionLifecycle, ['OPEN']], [suspensionLifecycle, ['OPEN']], [waiverLifecycle, ['REQUESTED']], [delegationLifecycle, ['ACTIVE']], [lawDateLifecycle, ['CONFIRMED']], [trustedIssuerLifecycle, ['ACTIVE']], [trustRuleLifecycle, ['ACTIVE']], [apiKeyLifecycle, ['ACTIVE']], [baselineLifecycle, ['PROPOSED']], [breakGlassLifecycle, ['INVOKED']],
  [policyLifecycle, ['DRAFT']], [assessmentLifecycle, ['DRAFT']], [findingLifecycle, ['OPEN']],
];

/** A Mermaid state diagram with one line for each way from one state to another. */
function diagramOf([lifecycle, beginnings]: (typeof LIFECYCLES)[number]): string {
  const moves = lifecycle.states.flatMap((state) => lifecycle.actionsFrom(state).map((action) => `  ${state} --> ${lifecycle.next(state, action)}: ${action}`));
  const ends = lifecycle.states.filter((state) => lifecycle.actionsFrom(state).length === 0).map((state) => `  ${state} --> [*]`);
  return ['```mermaid', 'stateDiagram-v2', ...beginnings.map((state) => `  [*] --> ${state}`), ...moves, ...ends, '```'].join('\n');
}

function sectionOf(subject: string): string {
  return text.split(/^### /m).find((section) => section.toLowerCase().startsWith(`${subject}\n`)) ?? '';
}

describe('src/domain/README.md', () => {
  test.each(LIFECYCLES.map((one) => [one[0].subject, one] as const))('draws the life of a %s as its table says', (subject, one) => {
    expect(sectionOf(subject)).toContain(diagramOf(one));
  });

  test('leaves out no lifecycle', () => {
    const defined = readdirSync(DOMAIN).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts') && name !== 'lifecycle.ts')
      .flatMap((name) => [...readFileSync(join(DOMAIN, name), 'utf8').matchAll(/defineLifecycle\('([\w-]+)'/g)].map(([, subject]) => subject));

    expect(defined.sort()).toEqual(LIFECYCLES.map(([lifecycle]) => lifecycle.subject).sort());
  });

  test('names only rule files that exist, and every one of them', () => {
    const named = [...text.matchAll(/`([a-z-]+\.ts)`/g)].map(([, name]) => name);
    const files = readdirSync(DOMAIN).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));

    expect([...new Set(named)].sort()).toEqual(files.sort());
  });
});
