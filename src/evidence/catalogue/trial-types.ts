/** Evidence of trials, of size and of what follows them: whether it holds up where it is to run, and who takes it over. */
import { amount, choice, count, digest, divisor, flag, language, link, list, moment, number, percent, record, share, text, texts, type EvidenceType } from './terms.js';

/** Absent where more is better, as it was before there was a choice. */
const DIRECTION = choice(['AT_LEAST', 'AT_MOST'], 'On which side of that number it has to be; left out = AT_LEAST.');

export const TRIAL_TYPES: readonly EvidenceType[] = [
  {
    id: 'pilot_report', title: 'Report on a pilot', shows: 'How a pilot ended: whether it reached what was agreed before it began, and which limits it met.',
    payload: record({
      startedAt: moment('When the pilot began.'), endedAt: moment('When it was over.'), populationSize: count('How many people used it or were affected.'), casesHandled: count('How many cases it dealt with.'),
      successCriteria: list(record({ metric: text('What was measured.'), target: number('What was agreed on: the least, or in the direction AT_MOST the most.'), observed: number('What was reached.'), direction: DIRECTION }, ['direction']), 'What was agreed on beforehand, and what came of it.', { minItems: 1 }),
      limitsFound: list(record({ area: text('Where the limit lies, such as data or integration.'), description: text('What it was.'), riskId: text('The risk of the register that it became, such as R-12.') }, ['area', 'description']), 'Each limit that was met; empty = none.'),
      decision: choice(['PROCEED', 'REPEAT', 'STOP'], 'What was decided at the end, in writing.'),
    }, ['startedAt', 'endedAt', 'populationSize', 'casesHandled']),
    example: { endedAt: '2026-10-30T16:00:00Z', successCriteria: [{ metric: 'Letters answered without rework, in percent', target: 80, observed: 86 }, { metric: 'Letters sent to the wrong team, in percent', target: 5, observed: 3, direction: 'AT_MOST' }], limitsFound: [{ area: 'language', description: 'Letters in dialect are misread.', riskId: 'R-12' }], decision: 'PROCEED' },
  },
  {
    id: 'scaling_test', title: 'Test at production size', shows: 'That it keeps its service objectives and its price at the volume and concurrency of the expected peak, and beyond.',
    payload: record({
      dataVolumeTested: amount('The volume that was put through, in the unit of the forecast.'), forecastPeakVolume: divisor('The highest volume that is expected.'),
      concurrencyTested: amount('How many asked at once.'), forecastPeakConcurrency: divisor('How many are expected at once, at most.'),
      p95Ms: amount('Within how many milliseconds 95 of 100 answers came.'), sloP95Ms: amount('Within how many they have to.'), errorRate: share('The part of requests that failed.'), sloErrorRate: share('The part that may.'),
      costPerThousand: amount('What a thousand requests cost.'), costCeilingPerThousand: amount('What they may cost, in the same currency.'), environmentDigest: digest('Which environment it was measured in.'),
    }, ['environmentDigest']),
    example: { dataVolumeTested: 1_800_000, forecastPeakVolume: 1_200_000, concurrencyTested: 90, forecastPeakConcurrency: 60, p95Ms: 840, sloP95Ms: 1200, errorRate: 0.0004, sloErrorRate: 0.001, costPerThousand: 3.1, costCeilingPerThousand: 4 },
  },
  {
    id: 'variety_test', title: 'Test over the variety of inputs', shows: 'That quality holds in each part of what it will meet (segments, sources, languages), and not only on average.',
    payload: record({
      segments: list(record({ name: text('Which part of the inputs.'), sampleSize: count('How many cases of it were looked at.'), metric: text('What was measured.'), value: number('What was reached.'), floor: number('What it is held to: the least, or in the direction AT_MOST the most.'), direction: DIRECTION }, ['metric', 'direction']), 'Each part that was measured by itself.', { minItems: 1 }),
      unseenSourcesTested: count('How many sources were tried that nobody had used in the making.'), languagesTested: list(language('One of them.'), 'Which languages were tried.'), outOfScopeCasesHandled: flag('Whether cases that it is not meant for were turned away as intended.'),
    }, ['languagesTested', 'outOfScopeCasesHandled']),
    example: { segments: [{ name: 'handwritten letters', sampleSize: 400, metric: 'accuracy', value: 0.91, floor: 0.9 }], unseenSourcesTested: 2, languagesTested: ['de', 'fr'] },
  },
  {
    id: 'capacity_plan', title: 'Capacity and recovery plan', shows: 'That there is room for the growth that is expected, and that a recovery was exercised.',
    payload: record({
      forecastHorizonMonths: count('How many months ahead it looks.'), headroomPct: amount('How much room is left at the highest load, in percent of it.'), quotaConfirmed: flag('Whether suppliers have confirmed their quotas.'), singlePointsOfFailure: count('How many parts there are whose loss stops everything.'),
      drRtoMinutes: amount('In how many minutes it is to be back.'), drRpoMinutes: amount('How many minutes of data may be lost.'), drTestedAt: moment('When a recovery was last exercised that kept to both.'),
    }, ['drRtoMinutes', 'drRpoMinutes']),
    example: { forecastHorizonMonths: 12, headroomPct: 35, quotaConfirmed: true, singlePointsOfFailure: 0, drRtoMinutes: 60, drRpoMinutes: 15, drTestedAt: '2026-09-14T08:00:00Z' },
  },
  {
    id: 'handover', title: 'Handover to operations', shows: 'That those who run it have what they need: a run book, a rota, a signed objective, and people who were trained.',
    payload: record({
      runbookUrl: link('Where the run book lies.'), onCallRota: flag('Whether somebody is on call.'), supportHours: text('When support answers.'), sloSigned: flag('Whether the service objective is signed.'), trainedOperators: count('How many operators were trained on it.'), knownErrors: texts('What is known to go wrong, and how it is dealt with.'),
    }, ['runbookUrl', 'supportHours', 'knownErrors']),
    example: { runbookUrl: 'https://runbooks.example/claims', onCallRota: true, sloSigned: true, trainedOperators: 3 },
  },
  {
    id: 'cost_benefit', title: 'Cost and benefit', shows: 'That whoever answers for the business has seen what it brings and costs, and has said when it is stopped.',
    payload: record({
      owner: text('Who answers for it, by role or handle.'), benefitMetric: text('How the benefit is measured.'), baseline: number('What was measured before.'), observedInPilot: number('What the pilot reached.'), cost: text('What it costs, in short, such as 4 EUR for a thousand letters.'), stopRule: text('At which result it is stopped.'),
    }, ['owner', 'benefitMetric', 'baseline', 'cost']),
    example: { owner: 'business owner of claims', benefitMetric: 'letters an hour', baseline: 11, observedInPilot: 17, cost: '4 EUR for a thousand letters', stopRule: 'Fewer than 12 letters an hour over a quarter.' },
  },
  {
    id: 'literacy_record', title: 'Record of training', shows: 'How many of those who build, run or oversee it have finished the training for their role.',
    payload: record({ roles: texts('Which roles were to be trained.'), completionPct: percent('How many of their holders have finished.'), asOf: moment('When it was counted.') }, ['roles', 'asOf']),
    example: { roles: ['operator', 'reviewer'], completionPct: 96, asOf: '2026-11-02T00:00:00Z' },
  },
];
