/** The part of the story in which the data protection impact assessment comes into being: written by the team, approved by privacy. */
import type { Json } from '../client.js';
import { does } from './requests.js';
import type { Notes, Step, Wanted } from './step.js';

const done = (state: string): Wanted => ({ kind: 'done', record: { state } });
const ANSWERS: Readonly<Record<string, string>> = {
  'DPIA-A': 'Customer mail is read by a model that gives topic and urgency; nothing else is kept. Purpose: an answer in time.',
  'DPIA-B': 'Topic and urgency cannot be told without reading the mail; addresses and attachments are not read.',
  'DPIA-C': 'Health data in mail could be seen by people who need not see it, or stay in logs.',
  'DPIA-D': 'Logs are redacted before they are written, two people have access, traces are deleted after thirty days.',
};
const ADVICE = { 'DPIA-E': 'Advised on 3 March: delete traces after thirty days. Done.' };

export function assessesImpact(): Step[] {
  return [
    does('dana', 'begins the data protection impact assessment that the gate asks for', done('DRAFT'), {
      query: 'mutation ($system: ID!) { draftImpactAssessment(system: $system, kind: DPIA) { number state version } }', variables: (notes) => ({ system: notes.get('system') }), note: { dpia: 'number', dpiaVersion: 'version' },
    }),
    answers('answers four of five elements', ANSWERS),
    turns('dana', 'tries to hand it in', 'submitImpactAssessment', { kind: 'refused', code: 'ASSESSMENT_INCOMPLETE' }),
    answers('adds the advice of the data protection officer', ADVICE),
    turns('dana', 'hands it in', 'submitImpactAssessment', done('SUBMITTED')),
    turns('petra', 'approves it for privacy; its author could not', 'approveImpactAssessment', done('APPROVED')),
  ];
}

function answers(title: string, texts: Readonly<Record<string, string>>): Step {
  const input = { answers: Object.entries(texts).map(([element, text]) => ({ element, text })) };
  return does('dana', title, done('DRAFT'), {
    query: 'mutation ($id: ID!, $version: Int!, $input: AnswerImpactInput!) { answerImpactAssessment(id: $id, expectedVersion: $version, input: $input) { number state version } }',
    variables: (notes) => ({ ...present(notes), input }), note: { dpiaVersion: 'version' },
  });
}

function turns(as: string, title: string, mutation: string, wanted: Wanted): Step {
  return does(as, title, wanted, {
    query: `mutation ($id: ID!, $version: Int!) { ${mutation}(id: $id, expectedVersion: $version) { number state version } }`, variables: present, note: { dpiaVersion: 'version' },
  });
}

function present(notes: Notes): Json {
  return { id: notes.get('dpia'), version: Number(notes.get('dpiaVersion')) };
}
