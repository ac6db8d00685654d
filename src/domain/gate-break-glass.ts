/** Break-glass at the gate: what it steps over warns and is named one by one; R15: what nobody has judged in time stops the next promotion into production. */
import { breakGlassOutcome, reviewDueAt, type BreakGlass } from './break-glass.js';
import type { NotingClock } from './clock.js';
import { blocks, type Reason, type ReleaseFacts } from './gate-question.js';
import { isFixed, type GatePolicy } from './policy.js';
import type { Environment } from './release.js';

/** That a decision says yes although requirements are not met: by which break-glass, over what, and on whose word. */
export interface Override {
  readonly kind: 'BREAK_GLASS';
  readonly breakGlassId: string;
  readonly breakGlass: string;
  readonly steppedOver: readonly string[];
  readonly invokedBy: string;
  readonly secondKeyBy: string | null;
}

interface Here { readonly policy: GatePolicy; readonly about: ReleaseFacts; readonly environment: Environment; readonly clock: NotingClock }

/** What is fixed is never stepped over: where any of it blocks as well, nothing is. */
export function breakTheGlass(here: Here, reasons: readonly Reason[]): { reasons: Reason[]; override: Override | null } {
  const blocking = reasons.filter((reason) => reason.severity === 'BLOCK');
  const ready = blocking.length > 0 && blocking.every((reason) => !isFixed(reason.requirement)) ? readyOf(here) : null;
  if (ready === null) return { reasons: [...reasons], override: null };
  const steppedOver = [...new Set(blocking.map((reason) => reason.requirement))];
  const used: Reason = { code: 'BREAK_GLASS_USED', severity: 'WARN', rule: 'GATE', requirement: 'GATE', params: { breakGlass: ready.number, until: ready.validUntil, steppedOver } };
  return {
    reasons: [...reasons.map((reason) => (reason.severity === 'BLOCK' ? { ...reason, severity: 'WARN' as const } : reason)), used],
    override: { kind: 'BREAK_GLASS', breakGlassId: ready.id, breakGlass: ready.number, steppedOver, invokedBy: ready.invokedBy, secondKeyBy: ready.secondKey?.personId ?? null },
  };
}

export function debtReasons({ policy, about, environment, clock }: Here): Reason[] {
  if (environment.kind !== 'PRODUCTION') return [];
  return about.breakGlasses.filter((one) => breakGlassOutcome(one, policy, clock) === 'OVERDUE')
    .map((one) => blocks('R15', `R15/${one.number}`, 'BREAK_GLASS_DEBT', { breakGlass: one.number, until: reviewDueAt(one, policy) ?? one.validUntil }));
}

/** For exactly this bundle and this environment. */
function readyOf({ policy, about, environment, clock }: Here): BreakGlass | null {
  const here = about.breakGlasses.filter((one) => one.releaseId === about.release.id && one.bundleDigest === about.release.bundleDigest && one.environmentId === environment.id);
  return here.find((one) => breakGlassOutcome(one, policy, clock) === 'READY') ?? null;
}
