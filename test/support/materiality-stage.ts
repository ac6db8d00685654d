// A system on its way into production, everything signed and the gate open: where each row of test/materiality.csv is played.
import { randomBytes } from 'node:crypto';
import { LANES, type PersonFunction, type RoleGrant } from '../../src/domain/actor.js';
import { plusDays } from '../../src/domain/clock.js';
import { sha256 } from '../../src/domain/digest.js';
import type { GateAction } from '../../src/domain/gate-question.js';
import { COMPONENT_ROLES } from '../../src/domain/release.js';
import { BUILT_IN_ISSUER } from '../../src/identity/issuer.js';
import { PeopleService } from '../../src/identity/people.service.js';
import { blocking, type Acted, type Acts, type Args, type GateAnswer } from './acts.js';
import { connectTo } from './register.js';

/** A production environment that asks for no earlier stage. */
export const ENVIRONMENT = 'live';
export const REASON = 'As things are.';
/** The records that acts change, by the query that reads them. */
export type RecordName = 'system' | 'release' | 'risk' | 'promotion' | 'signOff' | 'mitigation' | 'evidence' | 'riskAcceptance' | 'impactAssessment' | 'finding' | 'delegation' | 'condition' | 'suspension' | 'breakGlass';

export function inDays(days: number): string {
  return plusDays(new Date().toISOString(), days);
}

export function rating(likelihood: number, value: number): object {
  return { likelihood, consequences: [{ class: 'LEGAL', value }] };
}

export function estimated(at: object): object {
  return { inherent: at, current: at, rationale: 'Seen in use.', strengthOfKnowledge: 'MEDIUM' };
}

/** So that it can rise and fall within the tolerance. */
export const LOW = rating(2, 2);
export const STATEMENT = { source: 'Hidden text in mails', event: 'instructions are followed', consequence: 'data leaves the company' };

export function aRisk(more: object = {}): object {
  return { statement: STATEMENT, owner: 'sam', taxonomy: ['owasp-llm@2025#LLM01'], ...more };
}

export const PROMOTED = { action: 'promote', operation: 'authorize' } as const;

export class Stage {
  readonly #records = new Map<string, Acted>();
  /** The digest of each part of the release. */
  readonly parts = new Map<string, string>(COMPONENT_ROLES.map((role) => [role, sha256(randomBytes(8).toString('hex'))]));
  reviewer = '';
  /** The colleague in whose place the reviewer signs; empty = in their own name. */
  lender = '';
  /** Who signs LEGAL as well, where two people have to. */
  second = '';
  /** What the yes asks for beside; null = nothing. */
  asks: object | null = null;
  /** When what a fact let end soon is over. */
  ends: string | null = null;
  /** What is asked of the release: promoted under a grant unless a fact says otherwise. */
  asking: { readonly action: GateAction; readonly operation: 'check' | 'authorize' } = PROMOTED;
  /** What has to be put back for whoever plays next. */
  readonly atTheEnd: (() => Promise<void>)[] = [];

  constructor(readonly acts: Acts, readonly patienceMs: number) {}

  record(name: string): Acted {
    const found = this.#records.get(name);
    if (found === undefined) throw new Error(`there is no ${name} on the stage`);
    return found;
  }

  keep(name: string, acted: Acted): Acted {
    this.#records.set(name, acted);
    return acted;
  }

  /** Changes a record as it is now: other acts may have given it another version. */
  async change(handle: string, mutation: string, name: RecordName, args: Args = {}): Promise<Acted> {
    const { id } = this.record(name);
    const { version } = await this.acts.read<{ version: number }>('axel', name, { id }, 'version');
    return this.keep(name, await this.acts.change(handle, mutation, { id, version }, args));
  }

  /** An instant soon enough to be waited for, and late enough for everything to be signed before it. */
  soon(): string {
    return this.ends = new Date(Date.now() + this.patienceMs).toISOString();
  }

  /** The database waits for the instant: asking again and again would keep the processor from whoever else is at work. */
  async waitUntilOver(): Promise<void> {
    const { database, as } = this.acts.app;
    const clock = await connectTo(database.appUrl, as('ada').tenantId);
    await clock.query("select pg_sleep_until($1::timestamptz + interval '1 ms')", [this.ends]);
    await clock.end();
  }

  /** Somebody who may sign every lane and takes no part in the work. */
  async admitReviewer(more: Partial<RoleGrant> = {}, of: PersonFunction = 'risk'): Promise<string> {
    const handle = `reviewer-${randomBytes(4).toString('hex')}`;
    const roles = [...(['RISK_OFFICER', 'BUSINESS_OWNER'] as const).map((role) => ({ role, lane: null, ...more })), ...LANES.map((lane) => ({ role: 'REVIEWER' as const, lane, ...more }))];
    await this.acts.app.app.get(PeopleService).admit(this.acts.app.as('ada'), { kind: 'USER', issuer: BUILT_IN_ISSUER, subject: handle, displayName: handle, function: of, grants: roles });
    return handle;
  }

  async register(): Promise<void> {
    this.keep('system', await this.acts.act('sam', 'registerSystem', { input: {
      name: `Triage ${randomBytes(4).toString('hex')}`, intendedPurpose: 'Sorts mail by topic.', owner: 'sam', developers: ['dana'], affectedGroups: ['customers'], autonomy: 'RECOMMENDS' } }));
    await this.change('hugo', 'assessTier', 'system', { input: { tier: 'MODERATE', euClass: 'MINIMAL', flags: [], rationale: REASON } });
    this.keep('risk', await this.logRisk());
    await this.change('sam', 'assessRisk', 'risk', { input: estimated(LOW) });
    await this.change('rita', 'confirmRisk', 'risk');
    this.keep('release', await this.ship(this.parts));
  }

  logRisk(more: object = {}): Promise<Acted> {
    return this.acts.act('sam', 'logRisk', { system: this.record('system').id, input: aRisk(more) });
  }

  ship(parts: ReadonlyMap<string, string>): Promise<Acted> {
    const components = [...parts].map(([role, digest]) => ({ role, name: role.toLowerCase(), digest }));
    return this.acts.act('dana', 'createRelease', { system: this.record('system').id, input: { label: randomBytes(4).toString('hex'), components } });
  }

  async sign(): Promise<void> {
    this.keep('promotion', await this.open());
    if (this.second !== '') await this.vote(this.second, 'APPROVE', ['LEGAL']);
    if (this.asks === null) this.keep('signOff', await this.vote(this.reviewer, 'APPROVE'));
    else await this.signOn(this.asks);
  }

  /** Every lane by one act on one condition. */
  async signOn(condition: object): Promise<void> {
    this.keep('signOff', await this.vote(this.reviewer, 'APPROVE_WITH_CONDITIONS', undefined, [{ text: 'Limit the rate.', evidence: 'A test report.', owner: 'dana', ...condition }]));
    const { conditions } = await this.acts.read<{ conditions: [Acted] }>('axel', 'signOff', { id: this.record('signOff').id }, 'conditions { id number version }');
    this.keep('condition', conditions[0]);
  }

  open(): Promise<Acted> {
    return this.acts.act('sam', 'openPromotion', { input: { release: this.record('release').id, environment: ENVIRONMENT, reason: REASON } });
  }

  async vote(handle: string, choice: string, lanes?: readonly string[], conditions: readonly object[] = []): Promise<Acted> {
    const promotion = this.record('promotion');
    const { lanes: asked } = await this.acts.read<{ lanes: { lane: string }[] }>('axel', 'promotion', { id: promotion.id }, 'lanes { lane }');
    const inPlaceOfSomebody = this.lender !== '' && handle === this.reviewer;
    return this.acts.sign(handle, [promotion], lanes ?? asked.map(({ lane }) => lane), { choice, ...(inPlaceOfSomebody && { delegation: this.record('delegation').id }), conditions });
  }

  /** The deployment tool asks about the release on the stage. */
  ask({ action, operation } = this.asking): Promise<GateAnswer> {
    return this.acts.gate(operation, { action, environment: ENVIRONMENT, target: { bundleDigest: this.record('release').bundleDigest }, system: this.record('system').id });
  }

  /** "R3/{risk}" with the number of the risk on the stage. */
  named(text: string): string {
    return text.replace(/\{(\w+)\}/g, (_, name: string) => this.record(name).number);
  }
}

export async function expectOpen(stage: Stage): Promise<void> {
  // What goes on running or comes back was promoted first.
  if (stage.asking.action !== 'promote') await stage.ask(PROMOTED);
  const answer = await stage.ask();
  if (answer.verdict !== 'ALLOW' || (answer.grant !== null) !== (stage.asking.operation === 'authorize')) throw new Error(`the gate was not open before anything happened: ${answer.verdict} ${blocking(answer).join(', ')}`);
}
