/** The gate as it is described to REST clients: the question, the answer, and the rule by which a pipeline goes on. */
import { GATE_ACTIONS } from '../domain/gate-question.js';
import { COMPONENT_ROLES, MAX_COMPONENTS, type Component } from '../domain/release.js';
import { answer, oneOf, record, ref, refusals, text, type Described, type Media, type Operation, type Parameter, type Refusals, type Schema } from '../platform/openapi.js';
import { BODY_LIMIT } from '../platform/refusal-to-http.js';
import { ANSWER, DECISION_SCHEMAS } from './gate-answer.openapi.js';
import { ALLOWED, BYTES, DENIED, UNJUDGED } from './gate-examples.openapi.js';
import type { QuestionInput, TargetInput } from './gate-question.parse.js';

const SENT_DIGEST: Schema = { type: 'string', pattern: '^(sha256:)?[0-9a-fA-F]{64}$', description: 'SHA-256 as sha256:<hex> or bare hex.' };
const NAME = { pattern: '\\S', maxLength: 100 };
const closed = (schema: Schema): Schema => ({ ...schema, additionalProperties: false });

const QUESTION = closed(record<QuestionInput>('May exactly this go into that environment?', {
  target: ref('GateTarget'), system: text('The AI system, by id or number: narrows a digest that more than one system ships.', NAME),
  environment: text('The name of the environment, such as production-eu.', NAME), action: oneOf(GATE_ACTIONS, 'promote: bring it in, which is meant unless said otherwise. run: let it go on running. rollback: bring back what was promoted there before.'),
}, ['system', 'action']));

const TARGET = { ...closed(record<TargetInput>('What ships, named in exactly one way. From a PILOT environment on only bytes name it: bundleDigest, componentDigest or components.', {
  bundleDigest: { ...SENT_DIGEST, description: 'The digest over all components of the release.' },
  componentDigest: { ...SENT_DIGEST, description: 'The digest of one IMAGE or MODEL that stands for its release.' },
  releaseId: text('The release, by id or number.', NAME),
  systemRelease: closed(record<NonNullable<TargetInput['systemRelease']>>('The release by the names that its team uses.', { system: text('The AI system, by id or number.', NAME), version: text('The label of the release, such as 2026.11.1.', NAME) })),
  components: { type: 'array', minItems: 1, maxItems: MAX_COMPONENTS, description: 'Every part that ships; the digest of the bundle is computed here.', items: closed(record<Component>('One part that ships.', {
    role: oneOf(COMPONENT_ROLES, 'What part it plays.'), name: text('What the team calls it, exactly as it was registered.', { ...NAME, maxLength: 200 }), digest: SENT_DIGEST,
  })) },
}, 'all')), minProperties: 1, maxProperties: 1 };

const question: Media = { schema: ref('GateQuestion'), examples: {
  bundle: { summary: 'By the digest of the bundle', value: { environment: 'pilot', target: { bundleDigest: BYTES }, system: 'SYS-1' } },
  components: { summary: 'By every part that ships', value: { environment: 'pilot', target: { components: [{ role: 'MODEL', name: 'triage', digest: BYTES }, { role: 'CONFIG', name: 'limits', digest: 'ab'.repeat(32) }] } } },
  release: { summary: 'By its number, below a pilot', value: { environment: 'dev', target: { releaseId: 'REL-1' } } },
} };

const EXIT_RULE = 'Go on only if the status is 200, `decision` is true and `verdict` is "ALLOW". Anything else is a no: another status, another verdict, no answer, an answer that cannot be read.';

function operation(of: Pick<Operation, 'operationId' | 'summary' | 'description' | 'parameters'>, allowed: { readonly summary: string; readonly value: unknown }, more: Refusals = {}): Operation {
  return {
    ...of, tags: ['Gate'], requestBody: { required: true, description: `The question; at most ${String(BODY_LIMIT / 1024)} kB of JSON. A field that is not described here is refused.`, content: { 'application/json': question } },
    responses: {
      200: answer('The gate has answered: yes, or no with every reason.', { 'application/json': { schema: ref('GateAnswer'), examples: { allowed, denied: DENIED } } }),
      ...withError(refusals({
        INVALID_INPUT: 'The question is not one: no JSON object, a field too many or too few, more than one target.', INVALID_TEXT: 'A text is blank or has characters that cannot be kept.', INVALID_DIGEST: 'A digest is no SHA-256.',
        PERMISSION_DENIED: 'None of your roles may ask this.', TOO_LARGE: 'The body, or a text in it, is too long.', ...more,
      }, 'GateProblem')),
    },
  };
}

const KEY: Parameter = {
  name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string', pattern: '^[!-~]{8,200}$' }, example: '0198c1f2-7d6e-7c55-b6a5-2f1f6a3f9a01',
  description: 'Your own name for this command, such as a new UUID. Sent again with the same body, a yes is answered with the same grant until that ends; whatever was no yes is judged anew. While the first is still being answered the second is refused with REQUEST_IN_PROGRESS (409).',
};

/** 503 has two forms: the gate could not judge, or the question did not reach it. */
function withError(responses: ReturnType<typeof refusals>): ReturnType<typeof refusals> {
  const { 503: refused, ...others } = responses;
  if (refused === undefined) return responses;
  return { ...others, 503: {
    ...refused, description: `The gate could not judge, and says why (verdict ERROR, application/json); or it was not reached (application/problem+json). ${refused.description}`,
    content: { 'application/json': { schema: ref('GateAnswer'), examples: { unjudged: UNJUDGED } }, ...refused.content },
  } };
}

export const GATE: Described = {
  tag: { name: 'Gate', description: `May exactly these bytes go into this environment, now? ${EXIT_RULE}` },
  schemas: { GateQuestion: QUESTION, GateTarget: TARGET, GateAnswer: ANSWER, ...DECISION_SCHEMAS },
  paths: {
    '/v1/gate/check': { post: operation({
      operationId: 'checkGate', summary: 'May it?',
      description: `Asks without consequence, as often as you like: while nothing has changed, the same question gets the same recorded decision. ${EXIT_RULE}`,
    }, { summary: 'Yes', value: { ...ALLOWED, grant: null } }) },
    '/v1/gate/authorize': { post: operation({
      operationId: 'authorizeGate', summary: 'May it, and now it will', parameters: [KEY],
      description: `The same question, asked at the moment of deploying: it is always judged anew, and a yes comes with a grant for one deployment of exactly this bundle. Report the deployment with it before \`grant.expiresAt\` (reportDeployment over GraphQL, or "countersign deployment report"). ${EXIT_RULE}`,
    }, { summary: 'Yes, with a grant', value: ALLOWED }, { IDEMPOTENCY_KEY_REUSED: 'Something else was asked under this Idempotency-Key.' }) },
  },
};
