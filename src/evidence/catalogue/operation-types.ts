/** Evidence that it can be watched, kept, stopped and taken back while it runs. */
import { MEASURES } from '../../domain/tier-events.js';
import { amount, choice, count, digest, flag, link, list, moment, record, text, texts, type EvidenceType } from './terms.js';

export const OPERATION_TYPES: readonly EvidenceType[] = [
  {
    id: 'monitoring_plan', title: 'Plan of monitoring', shows: 'Which signals are watched, from which value on somebody acts, who that is, and how long logs are kept.',
    payload: record({
      signals: list(record({
        name: text('What is watched.'), kind: choice(['QUALITY', 'DRIFT', 'SAFETY', 'FAIRNESS', 'OTHER'], 'What it tells about.'), threshold: text('From which value on somebody acts, such as above 0.2.'), window: text('Over which time it is measured.'), owner: text('Who acts, by role.'), action: text('What they do.'),
      }, ['kind', 'window']), 'Every signal of the plan.', { minItems: 1 }),
      driftSignals: count('How many tell about drift.'), qualitySignals: count('How many tell about quality.'), fairnessSignals: count('How many tell about fairness between groups.'), safetySignals: count('How many tell about safety.'),
      alertRouteTestedAt: moment('When an alert was last sent to see that it arrives.'), dashboardUrl: link('Where they are shown.'), logRetentionDays: count('For how many days logs of decisions are kept.'),
    }, ['fairnessSignals', 'alertRouteTestedAt', 'dashboardUrl']),
    example: { signals: [{ name: 'letters sent back by hand', kind: 'QUALITY', threshold: 'above 8 in 100', window: 'one day', owner: 'on-call of claims', action: 'Route to people.' }], driftSignals: 1, qualitySignals: 1, safetySignals: 1, logRetentionDays: 400 },
  },
  {
    id: 'monitoring_live', title: 'A signal arrives', shows: 'That a signal of the plan comes in, and how it stands.',
    payload: record({
      signal: text('Which signal of the plan.'), lastSeenAt: moment('When it last came in.'), state: choice(['OK', 'WARN', 'ALERT', 'SILENT'], 'How it stands.'),
      measures: choice(Object.keys(MEASURES), 'Of a signal that tells how much the system is used: what of it. A value above what was answered to the tiering questionnaire makes its tier due.'), value: amount('What was measured, projected to a year.'),
    }, ['signal', 'measures', 'value'], { dependencies: { measures: ['value'], value: ['measures'] } }),
    example: { signal: 'letters sent back by hand', lastSeenAt: '2026-11-26T08:55:00Z', state: 'OK' },
  },
  {
    id: 'maintenance_plan', title: 'Plan of maintenance', shows: 'When it is trained again and who approves that, what it costs, and when it ends.',
    payload: record({
      retrainTriggers: texts('What makes a retraining due.'), retrainApproval: text('Who approves one, by role.'), dataRefreshDays: count('After how many days its data is renewed.'), endOfLifeAt: moment('When it is to be switched off.'), owner: text('Who keeps it, by role or handle.'), budgetConfirmed: flag('Whether the money for it is there.'), baseModelSupportEndsAt: moment('Until when the supplier supports the base model; left out = there is no supplier.'),
    }, ['dataRefreshDays', 'endOfLifeAt', 'baseModelSupportEndsAt']),
    example: { retrainTriggers: ['drift above its threshold for a week'], retrainApproval: 'risk officer', owner: 'system owner of claims', budgetConfirmed: true, endOfLifeAt: '2029-06-30T00:00:00Z', baseModelSupportEndsAt: '2028-06-30T00:00:00Z' },
  },
  {
    id: 'rollback_test', title: 'Rehearsal of a rollback', shows: 'That the version before can be brought back, in time, and its data with it.',
    payload: record({
      fromDigest: digest('What was taken back.'), toDigest: digest('What came back.'), testedAt: moment('When it was rehearsed.'), environment: text('Where.'), durationSeconds: amount('How many seconds it took.'), limitSeconds: amount('How many it may take.'), dataReversalNeeded: flag('Whether data has to be taken back as well.'), dataReversalTested: flag('Whether that was rehearsed, too.'),
    }, ['toDigest', 'testedAt', 'environment']),
    example: { fromDigest: `sha256:${'2b'.repeat(32)}`, testedAt: '2026-11-05T13:00:00Z', environment: 'staging', durationSeconds: 140, limitSeconds: 300, dataReversalNeeded: false, dataReversalTested: false },
  },
  {
    id: 'kill_switch_test', title: 'Test of the stop', shows: 'That an operator has stopped it, and that it stopped in time and in a safe state.',
    payload: record({ testedAt: moment('When it was stopped.'), durationSeconds: amount('How many seconds it took.'), limitSeconds: amount('How many it may take.'), safeStateReached: flag('Whether what was left was safe.'), operator: text('Who has stopped it, by role or handle.') }, ['testedAt', 'operator']),
    example: { testedAt: '2026-11-05T14:00:00Z', durationSeconds: 9, limitSeconds: 30, safeStateReached: true, operator: 'on-call of claims' },
  },
  {
    id: 'oversight_design', title: 'Design of human oversight', shows: 'Who oversees it, that they are trained and may stop it, and that they can cope with the volume.',
    payload: record({
      overseers: list(record({ role: text('Which role oversees.'), trainedAt: moment('When its holders were last trained.'), authorityToStop: flag('Whether they may stop it.') }), 'Everybody who oversees, role by role.', { minItems: 1 }),
      checkpoints: texts('Where a person looks before it goes on.'), overrideLogged: flag('Whether it is logged when a person decides otherwise.'), automationBiasMeasure: text('What is done against agreeing too easily.'), workloadPerOverseer: amount('How many cases a day fall to one of them.'),
    }, ['checkpoints', 'automationBiasMeasure']),
    example: { overseers: [{ role: 'claims handler', trainedAt: '2026-10-10T00:00:00Z', authorityToStop: true }], overrideLogged: true, workloadPerOverseer: 45 },
  },
  {
    id: 'incident_plan', title: 'Plan for incidents', shows: 'That those who would act in an incident have exercised it, and have what they would send ready.',
    payload: record({
      severities: texts('The severities that it tells apart.'), authorityDeadlines: list(count('In days after somebody knows.', 1), 'Within how many days authorities are told.'), contacts: texts('Who is called, by role.'), drillAt: moment('When it was last exercised.'), reportTemplateReady: flag('Whether the report to an authority is prepared.'),
    }, ['severities', 'authorityDeadlines', 'contacts']),
    example: { authorityDeadlines: [2, 10, 15], drillAt: '2026-06-18T09:00:00Z', reportTemplateReady: true },
  },
];
