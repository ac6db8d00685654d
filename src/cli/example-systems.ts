/**
 * Two further systems of the example: a search for internal documents that nobody is harmed by, which passes almost untouched and runs in
 * production; and a scoring of loan applications that does not pass, with risks of every level, a late mitigation, an acceptance that ends
 * soon, a finding, and a promotion that validation has rejected.
 */
import type { INestApplicationContext } from '@nestjs/common';
import { AcceptancesService } from '../acceptances/acceptances.service.js';
import type { Lane } from '../domain/actor.js';
import { sha256 } from '../domain/digest.js';
import type { Stored } from '../domain/package.js';
import type { Release } from '../domain/release.js';
import type { AiSystem } from '../domain/system.js';
import { FindingsService } from '../monitoring/findings.service.js';
import { PromotionsService } from '../reviews/promotions.service.js';
import { RisksService } from '../risks/risks.service.js';
import { ReleasesService } from '../systems/releases.service.js';
import { SystemsService } from '../systems/systems.service.js';
import { at, type ExampleActs, type ExampleRisk } from './example-acts.js';

const APPLICANTS = ['People who apply for a loan'];

export async function seedSearch(app: INestApplicationContext, acts: ExampleActs): Promise<void> {
  const registered = await app.get(SystemsService).register(acts.as('sam'), {
    name: 'Internal document search', intendedPurpose: 'Finds internal manuals and forms by meaning. Employees open what they look for themselves; nothing is decided.',
    prohibitedUses: ['Searching personnel files'], owner: 'sam', developers: ['dana'], businessUnit: 'Office services', affectedGroups: ['Employees'], autonomy: 'ASSISTS', jurisdictions: ['EU'],
  });
  await app.get(SystemsService).assessTier(acts.as('hugo'), at(registered), { tier: 'MINIMAL', euClass: 'MINIMAL', flags: [], rationale: 'Public manuals only; a wrong hit costs a minute.' });
  const release = await app.get(ReleasesService).create(acts.as('dana'), registered.id, { label: '3.2', components: [
    { role: 'MODEL', name: 'embeddings', digest: sha256('document search embeddings 3.2') }, { role: 'RETRIEVAL_INDEX', name: 'manuals', digest: sha256('document search manuals 2026-11') },
  ] });
  await promoteSearch(app, acts, release);
}

/** Three acts of people: the team attests for both environments at once, an officer signs the risk, and that is all. */
async function promoteSearch(app: INestApplicationContext, acts: ExampleActs, release: Stored<Release>): Promise<void> {
  const open = (environment: string): ReturnType<PromotionsService['open']> => app.get(PromotionsService).open(acts.as('sam'), { release: release.id, environment, reason: 'Employees asked for it.' });
  const pilot = await open('pilot');
  await acts.sign('sam', [pilot], pilot.lanes.map(({ lane }) => lane), { statement: 'We looked for risks and found none above low.', attests: ['NO_RISK_ABOVE_LOW'] });
  await acts.deploy(release, 'pilot');
  const production = await open('production');
  const own = production.lanes.filter(({ level }) => level === 'SELF').map(({ lane }) => lane);
  if (own.length > 0) await acts.sign('sam', [production], own, { statement: 'The pilot ran for two weeks without a complaint.' });
  const others = production.lanes.filter(({ level }) => level !== 'SELF').map(({ lane }) => lane);
  for (const [handle, lanes] of reviewersOf(others)) await acts.sign(handle, [production], lanes, { statement: 'Nothing here concerns anybody but our own staff.', attests: lanes.includes('RISK') ? ['NO_RISK_ABOVE_LOW'] : [] });
  await acts.deploy(release, 'production');
}

const REVIEWERS: Partial<Record<Lane, string>> = { RISK: 'rita', LEGAL: 'lena', PRIVACY: 'petra', SECURITY: 'kim', PROVENANCE: 'kim', DATA: 'petra', FAIRNESS: 'vera', VALIDATION: 'vera', OPS: 'omar', OVERSIGHT: 'omar', BUSINESS: 'bea', TRANSPARENCY: 'bea' };

function reviewersOf(lanes: readonly Lane[]): [string, Lane[]][] {
  const handles = [...new Set(lanes.map((lane) => REVIEWERS[lane] ?? 'eve'))];
  return handles.map((handle) => [handle, lanes.filter((lane) => (REVIEWERS[lane] ?? 'eve') === handle)]);
}

export async function seedLoans(app: INestApplicationContext, acts: ExampleActs): Promise<void> {
  const registered = await app.get(SystemsService).register(acts.as('sam'), {
    name: 'Loan application scoring', intendedPurpose: 'Estimates how likely a consumer loan is paid back, for clerks who decide about the application. It recommends; people decide and can overrule it.',
    prohibitedUses: ['Refusing a loan without a person', 'Pricing of insurance'], owner: 'sam', developers: ['dana'], businessUnit: 'Consumer lending', affectedGroups: APPLICANTS, autonomy: 'RECOMMENDS', jurisdictions: ['EU'],
  });
  const system = await app.get(SystemsService).assessTier(acts.as('hugo'), at(registered), {
    tier: 'HIGH', euClass: 'HIGH_RISK_ANNEX_III', flags: ['PERSONAL_DATA', 'PROFILING', 'OPAQUE_MODEL', 'FRIA_REQUIRED'], rationale: 'Creditworthiness of natural persons: Annex III, point 5(b).',
  });
  await seedLoanRisks(app, acts, system);
  await seedLoanPromotion(app, acts, system);
}

const UNFAIR: ExampleRisk = { source: 'Past decisions that the model learned from', event: 'were harsher for applicants of some districts', consequence: 'and equally creditworthy people are refused', taxonomy: ['nist-ai-rmf@1.0#MEASURE-2.11'], affected: APPLICANTS };
const OPAQUE: ExampleRisk = { source: 'A score without reasons', event: 'is followed by clerks who cannot tell why', consequence: 'and an applicant gets no explanation of the refusal', taxonomy: ['nist-ai-rmf@1.0#MEASURE-2.9'], affected: APPLICANTS };
const DRIFT: ExampleRisk = { source: 'An economy that changes', event: 'makes the score too friendly without anybody noticing', consequence: 'and losses grow for months', taxonomy: ['nist-ai-rmf@1.0#MEASURE-3.1'], affected: ['The bank'] };
const TAMPERED: ExampleRisk = { source: 'An application form that is filled in by software', event: 'is tuned until the score is high', consequence: 'and loans go to people who cannot pay them back', taxonomy: ['nist-ai-rmf@1.0#MEASURE-2.7'], affected: ['The bank', ...APPLICANTS] };
const OUTAGE: ExampleRisk = { source: 'A scoring service that is down', event: 'stops the work of the clerks', consequence: 'for an hour', taxonomy: ['nist-ai-rmf@1.0#MANAGE-2.4'], affected: ['Clerks'] };
const TYPO: ExampleRisk = { source: 'Rounding in the printed report', event: 'shows a score one point off', consequence: 'which nobody acts on', taxonomy: ['nist-ai-rmf@1.0#MEASURE-2.5'], affected: ['Clerks'] };

/** One of each level: VERY_HIGH and untreated, HIGH and accepted for twelve more days, MODERATE by a verified mitigation, LOW, VERY_LOW; and a draft. */
async function seedLoanRisks(app: INestApplicationContext, acts: ExampleActs, system: Stored<AiSystem>): Promise<void> {
  const unfair = await acts.assess(system.id, UNFAIR, { kind: 'FUNDAMENTAL_RIGHTS', inherent: [4, 4], current: [4, 4], rationale: 'Refusals differ by eleven points between districts; nothing is done about it yet.' });
  // Promised for a day that has passed by the time anybody looks.
  await acts.propose(unfair, { title: 'Retrain with reweighted decisions', description: 'Districts weigh alike; the difference of refusals is measured each month.', due: new Date(Date.now() + 2000).toISOString(), reduces: 2, requiredFrom: 'PILOT' });
  const opaque = await acts.assess(system.id, OPAQUE, { kind: 'LEGAL', inherent: [3, 4], current: [3, 4], rationale: 'Clerks see a number only until the reason codes are ready.' });
  await acceptOpaque(app, acts, opaque);
  const drift = await acts.assess(system.id, DRIFT, { kind: 'FINANCIAL', inherent: [4, 4], current: [2, 3], rationale: 'Watched each week; the threshold stops the score.' });
  const watched = await acts.propose(drift, { title: 'Weekly stability report with a stop', description: 'A population index above 0.2 stops the score.', due: acts.inDays(40), reduces: 2, requiredFrom: 'PRODUCTION' });
  await acts.verified(watched, { type: 'monitoring_test', title: 'Stop of the score, tried out on last year’s data', days: 25 });
  await acts.confirm(drift);
  await acts.confirm(await acts.assess(system.id, OUTAGE, { kind: 'OPERATIONAL', inherent: [4, 1], current: [4, 1], rationale: 'Clerks then decide without it.' }));
  await acts.confirm(await acts.assess(system.id, TYPO, { kind: 'REPUTATIONAL', inherent: [2, 1], current: [2, 1], rationale: 'Seen twice in the pilot.' }));
  await acts.log(system.id, TAMPERED, true);
}

/** Retained knowingly, for a short time: the head of risk and an executive have granted it. */
async function acceptOpaque(app: INestApplicationContext, acts: ExampleActs, opaque: Awaited<ReturnType<ExampleActs['assess']>>): Promise<void> {
  const retained = await app.get(RisksService).planTreatment(acts.as('sam'), at(opaque), 'RETAIN', 'Reason codes come with the next release; until then every refusal is explained by a clerk.');
  const acceptances = app.get(AcceptancesService);
  const requested = await acceptances.request(acts.as('rita'), at(retained), { reason: 'A clerk explains every refusal by hand.', validUntil: acts.inDays(12) });
  const once = await acceptances.grant(acts.as('eve'), at(requested));
  // Hugo assessed it, so another head of risk grants.
  await acceptances.grant(acts.as('hanna'), at(once));
}

async function seedLoanPromotion(app: INestApplicationContext, acts: ExampleActs, system: Stored<AiSystem>): Promise<void> {
  const release = await app.get(ReleasesService).create(acts.as('dana'), system.id, { label: '0.9', components: [
    { role: 'MODEL', name: 'scorer', digest: sha256('loan scorer 0.9') }, { role: 'DATASET', name: 'decisions', digest: sha256('loan decisions 2019 to 2025') }, { role: 'CONFIG', name: 'thresholds', digest: sha256('loan thresholds 0.9') },
  ] });
  const promotion = await app.get(PromotionsService).open(acts.as('sam'), { release: release.id, environment: 'pilot', reason: 'A pilot with one branch.' });
  const votes = promotion.lanes.filter(({ lane }) => lane === 'VALIDATION' || lane === 'FAIRNESS').map(({ lane }) => lane);
  await acts.sign('vera', [promotion], votes, { choice: 'REJECT', statement: 'Refusals differ by eleven points between districts: not before the retraining.' });
  await app.get(FindingsService).raise(acts.as('vera'), system.id, {
    source: 'VALIDATION', severity: 'HIGH', statement: 'Refusals differ by eleven points between districts of equal default rates.', owner: 'dana', release: null, risk: null, mitigation: null,
  });
}
