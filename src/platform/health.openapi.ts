/** Liveness and readiness as they are described to clients. */
import { answer, oneOf, record, type Described, type Schema } from './openapi.js';
import { OUTCOMES, TROUBLES, type Checks, type Live, type NotReady, type Ready } from './readiness.js';

const LIVE = record<Live>('The process answers.', { status: oneOf(['live'], 'It does.') });
const CHECKS = record<Checks>('What was looked at.', {
  database: oneOf(OUTCOMES, 'It answers, and can be written to.'), schema: oneOf(OUTCOMES, 'Every migration of this program has run there as it is; those of a newer one do no harm.'),
  signer: oneOf(OUTCOMES, 'A trial signature succeeds.'), clock: oneOf(OUTCOMES, 'The clock of the server is within five seconds of that of the database.'),
});
const READY = record<Ready>('The server takes work.', { status: oneOf(['ready'], 'It does.'), checks: CHECKS });
const NOT_READY = record<NotReady>('The server takes no work at the moment.', {
  status: oneOf(['not ready'], 'It does not.'), because: oneOf(TROUBLES, 'Why not: the first of the checks that failed.'), checks: CHECKS,
});

const json = (schema: Schema, value: unknown): Parameters<typeof answer>[1] => ({ 'application/json': { schema, examples: { usual: { summary: 'As it is usually answered.', value } } } });

export const HEALTH: Described = {
  tag: { name: 'Health', description: 'For whoever runs the server: liveness and readiness, without a token.' },
  schemas: {},
  paths: {
    '/health/live': { get: {
      operationId: 'getLiveness', tags: ['Health'], security: [], summary: 'Does the process answer?',
      description: 'Says nothing about the database: restart the process when this fails, not when /health/ready does.',
      responses: { 200: answer('The process answers.', json(LIVE, { status: 'live' })) },
    } },
    '/health/ready': { get: {
      operationId: 'getReadiness', tags: ['Health'], security: [], summary: 'Can the server read and write its register?',
      description: 'Send work only to a server that answers 200. A server that is about to stop answers 503 first, and closes its doors a little later.',
      responses: {
        200: answer('Send work.', json(READY, { status: 'ready', checks: { database: 'ok', schema: 'ok', signer: 'ok', clock: 'ok' } })),
        503: answer('Send no work, and ask again.', json(NOT_READY, { status: 'not ready', because: 'the database does not answer', checks: { database: 'failed', schema: 'unknown', signer: 'ok', clock: 'unknown' } }), { 'retry-after': { $ref: '#/components/headers/RetryAfter' } }),
      },
    } },
  },
};
