// The register that the cases of this folder ask about: three systems, seven risks, one of them long overdue.
import pg from 'pg';
import { plusDays } from '../../src/domain/clock.js';
import { ImpactsService } from '../../src/impacts/impacts.service.js';
import { MitigationsService } from '../../src/mitigations/mitigations.service.js';
import { FindingsService } from '../../src/monitoring/findings.service.js';
import { ClassificationsService } from '../../src/reviews/classifications.service.js';
import { RisksService, type RiskInput } from '../../src/risks/risks.service.js';
import { SystemsService } from '../../src/systems/systems.service.js';
import { fillRegister, riskInput, systemInput } from '../chapters/register.js';
import { startApp, type TestApp } from '../support/app.js';

/** SYS-1 with R-1 and R-2 (both confirmed), M-1 with its evidence, F-1, IA-1, a release in development, a promotion, a sign-off and an acceptance; SYS-2 and SYS-3 as below. */
export async function startWorld(): Promise<TestApp> {
  const app = await startApp();
  const { ids } = await fillRegister(app, app.as, '', 'a1');
  await app.app.get(MitigationsService).attach(app.as('sam'), { id: ids.mitigation, expectedVersion: 2 }, ['E-1']);
  const systems = app.app.get(SystemsService);
  const scoring = await systems.register(app.as('sam'), systemInput('dana', { name: 'Loan scoring' }));
  await systems.assessTier(app.as('rita'), { id: scoring.id, expectedVersion: 1 }, { tier: 'HIGH', euClass: 'HIGH_RISK_ANNEX_III', flags: ['PROFILING', 'PERSONAL_DATA'], rationale: 'Decides about loans.' });
  await app.app.get(ClassificationsService).classify(app.as('lena'), { id: scoring.id, expectedVersion: 2 }, { euClass: 'HIGH_RISK_ANNEX_III', flags: [], roles: ['PROVIDER'], annexIIIUses: ['III_5_B'], derogation: null, rationale: 'It decides about loans.', validUntil: null });
  const search = await systems.register(app.as('sam'), systemInput('sam', { name: 'Chat search' }));
  await systems.operate(app.as('sam'), { id: search.id, expectedVersion: 1 }, 'suspend', 'Not ready.');
  await fillRisks(app, scoring.id, search.id);
  await fillFollowUp(app, scoring.id);
  return app;
}

/** R-3 VERY_HIGH, assessed 400 days ago; R-4 never assessed; R-5 rejected; R-6 HIGH from VERY_HIGH; R-7 a draft of SYS-3. */
async function fillRisks(app: TestApp, scoringId: string, searchId: string): Promise<void> {
  const risks = app.app.get(RisksService);
  const log = (systemId: string, event: string, more: Partial<RiskInput> = {}, draft = false): ReturnType<RisksService['log']> =>
    risks.log(app.as('sam'), systemId, riskInput('dana', { statement: { source: 'Old records', event, consequence: 'people are treated unfairly' }, taxonomy: ['nist-ai-rmf@1.0#MEASURE-2.11'], ...more }), draft);
  const assess = (id: string, likelihood: number, value: number): ReturnType<RisksService['assess']> => risks.assess(app.as('rita'), { id, expectedVersion: 1 }, {
    inherent: { likelihood: 5, consequences: [{ class: 'SAFETY', value: 5 }] }, current: { likelihood, consequences: [{ class: 'SAFETY', value }, { class: 'FINANCIAL', value: 1 }] }, target: null, rationale: 'Seen.', strengthOfKnowledge: 'WEAK',
  });
  const poisoned = await log(scoringId, 'poisoned training data is learned');
  await assess(poisoned.id, 5, 5);
  await log(scoringId, 'scores drift', { taxonomy: ['owasp-llm@2025#LLM09'] });
  const twice = await log(scoringId, 'the same again');
  await risks.turn(app.as('rita'), { id: twice.id, expectedVersion: 1 }, 'reject', 'A duplicate.');
  const leak = await log(scoringId, 'training data leaks', { owner: 'sam' });
  await assess(leak.id, 4, 3);
  await log(searchId, 'answers are made up', {}, true);
  await backdate(app, poisoned.id, plusDays(new Date().toISOString(), -400));
}

/** F-2 HIGH, planned by dana and late; IA-2 a FRIA whose approval has ended. */
async function fillFollowUp(app: TestApp, systemId: string): Promise<void> {
  const findings = app.app.get(FindingsService);
  const now = new Date().toISOString();
  const raised = await findings.raise(app.as('vera'), systemId, { source: 'AUDIT', severity: 'HIGH', statement: 'Scores were never checked.', owner: 'dana', release: null, risk: null, mitigation: null });
  await findings.plan(app.as('dana'), { id: raised.id, expectedVersion: 1 }, { action: 'Check them.', due: plusDays(now, 10) });
  const assessment = await app.app.get(ImpactsService).draft(app.as('sam'), systemId, 'FRIA');
  await pastTheDoor(app, 'findings', 'set due = $2 where id = $1', [raised.id, plusDays(now, -10)]);
  await pastTheDoor(app, 'impact_assessments', 'set valid_until = $2 where id = $1', [assessment.id, plusDays(now, -10)]);
}

function backdate(app: TestApp, riskId: string, at: string): Promise<void> {
  return pastTheDoor(app, 'risks', "set assessments = jsonb_set(assessments, '{0,at}', to_jsonb($2::text)) where id = $1", [riskId, at]);
}

/** No test can wait for more than a year. */
async function pastTheDoor(app: TestApp, table: string, change: string, parameters: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: app.database.adminUrl });
  await client.connect();
  try {
    await client.query(`alter table ${table} disable trigger all`);
    await client.query(`update ${table} ${change}`, [...parameters]);
    await client.query(`alter table ${table} enable trigger all`);
    await client.query(`alter table ${table} enable always trigger demand_entry`);
  } finally {
    await client.end();
  }
}
