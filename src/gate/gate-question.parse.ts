/** Parses a question from outside into the one that the gate answers: exactly one target, digests in normal form. */
import { bundleDigest, checkText, parseDigest } from '../domain/digest.js';
import { GATE_ACTIONS, type GateQuestion, type GateTarget } from '../domain/gate-question.js';
import { Refusal } from '../domain/refusal.js';
import { COMPONENT_ROLES, MAX_COMPONENTS, type Component } from '../domain/release.js';

export interface TargetInput {
  readonly bundleDigest?: string | null;
  readonly componentDigest?: string | null;
  readonly releaseId?: string | null;
  readonly systemRelease?: { readonly system: string; readonly version: string } | null;
  readonly components?: readonly { readonly role: string; readonly name: string; readonly digest: string }[] | null;
}

export interface QuestionInput { readonly target: TargetInput; readonly system?: string | null; readonly environment: string; readonly action?: string | null }

export function parseQuestion(input: QuestionInput): GateQuestion {
  const action = GATE_ACTIONS.find((known) => known === (input.action ?? 'promote'));
  if (action === undefined) throw new Refusal('INVALID_INPUT', { field: 'action', expected: GATE_ACTIONS.join(', '), message: 'The gate does not know this action.' });
  return {
    target: parseTarget(input.target), system: input.system === undefined || input.system === null ? null : checkText(input.system, 'system', 100),
    environment: checkText(input.environment, 'environment', 100), action,
  };
}

function parseTarget(target: TargetInput): GateTarget {
  const given = Object.entries(target).filter(([, value]) => value !== undefined && value !== null).map(([key]) => key);
  if (given.length !== 1) {
    throw new Refusal('INVALID_INPUT', { field: 'target', actual: given.join(', '), expected: 'exactly one of bundleDigest, componentDigest, releaseId, systemRelease, components', message: 'A target is named in exactly one way.' });
  }
  if (typeof target.bundleDigest === 'string') return { kind: 'BUNDLE', bundleDigest: parseDigest(target.bundleDigest, 'target.bundleDigest') };
  if (typeof target.componentDigest === 'string') return { kind: 'COMPONENT', componentDigest: parseDigest(target.componentDigest, 'target.componentDigest') };
  if (typeof target.releaseId === 'string') return { kind: 'RELEASE', release: checkText(target.releaseId, 'target.releaseId', 100) };
  if (target.systemRelease) {
    return { kind: 'SYSTEM_RELEASE', system: checkText(target.systemRelease.system, 'target.systemRelease.system', 100), label: checkText(target.systemRelease.version, 'target.systemRelease.version', 100) };
  }
  return parseComponents(target.components ?? []);
}

function parseComponents(input: NonNullable<TargetInput['components']>): GateTarget {
  if (input.length > MAX_COMPONENTS) throw new Refusal('TOO_LARGE', { field: 'target.components', message: `A release has at most ${String(MAX_COMPONENTS)} components.` });
  const components = input.map((component, i): Component => {
    const field = `target.components.${String(i)}`;
    const role = COMPONENT_ROLES.find((candidate) => candidate === component.role);
    if (role === undefined) throw new Refusal('INVALID_INPUT', { field: `${field}.role`, expected: COMPONENT_ROLES.join(', '), message: 'This is no role of a component.' });
    return { role, name: checkText(component.name, `${field}.name`, 200), digest: parseDigest(component.digest, `${field}.digest`) };
  });
  return { kind: 'COMPONENTS', components, bundleDigest: bundleDigest(components) };
}
