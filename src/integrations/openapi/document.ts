/** The REST routes as one OpenAPI 3.1 document: what src/openapi.json must equal, and what the server gives to whoever asks. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVIDENCE_FILES } from '../../evidence/evidence-files.openapi.js';
import { GATE } from '../../gate/gate.openapi.js';
import { HEALTH } from '../../platform/health.openapi.js';
import { SIGNING_KEYS } from '../../identity/signing-keys.openapi.js';
import { HEADERS, IF_NONE_MATCH, kept, PROBLEMS, type Described } from '../../platform/openapi.js';
import { packageRoot } from '../../platform/package-root.js';
import { ARCHIVE } from '../../reporting/archive.openapi.js';
import { RISK_FILES } from '../../risks/risk-files.openapi.js';

export const DOCUMENT_PATH = '/v1/openapi.json';

/** Routes that are not described here, and why. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  '/graphql': 'It has a schema of its own: src/schema.graphql.',
  '/explorer': 'A page for people, on an embedded server only; its routes are its own affair.',
};

/** The routes whose answers may be kept; a test compares them with the headers that are described. */
const TAGGED = ['GET /v1/openapi.json', 'GET /.well-known/jwks.json', 'GET /v1/evidence-files/{digest}'];

const ABOUT = `The routes of Countersign for programs that deploy, load and watch. The register itself is read and written over GraphQL, at /graphql.

**The rule of the gate**: go on only if the status is 200, \`decision\` is true and \`verdict\` is "ALLOW". Anything else is a no.

Requests are refused when they have a field or a parameter that is not described here. Answers, lists of codes included, may grow: ignore what you do not know, and take a verdict or a reason that you do not know for a no. Every refusal is problem+json by RFC 9457; its \`code\` is permanent and explained in docs/refusals.md. A body or a content type that is not understood is INVALID_INPUT, status 400.

One route takes back what its caller has read of records, and writes it: \`POST /v1/risks/import\`. A file is about many, so each row brings the version of its own, and a row that would change what is at another version by now is CONFLICT; If-Match is refused there. All other changes of a record are made over GraphQL, which takes the version as expectedVersion. An authorization and a file of evidence add records, so no route asks for If-Match. An ETag, to be asked again with If-None-Match, is carried by ${TAGGED.join(', ')}; answers to somebody are not to be stored.`;

const ITSELF: Described = {
  tag: { name: 'Description', description: 'This document.' }, schemas: {},
  paths: { [DOCUMENT_PATH]: { get: {
    operationId: 'getOpenApi', tags: ['Description'], security: [], summary: 'This document',
    description: 'Holds nothing about anybody’s register, so it asks for no token.', parameters: [IF_NONE_MATCH], responses: kept('The document.', { 'application/json': { schema: { type: 'object', required: ['openapi', 'info', 'paths'] } } }),
  } } },
};

const PARTS: readonly Described[] = [GATE, EVIDENCE_FILES, RISK_FILES, ARCHIVE, SIGNING_KEYS, HEALTH, ITSELF];

export function openApiDocument(): Readonly<Record<string, unknown>> {
  return {
    openapi: '3.1.1', jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: { title: 'Countersign', version: productVersion(), summary: 'The gate in front of deployment, and files of the risk register.', description: ABOUT, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/', description: 'The server that gave this document.' }],
    security: [{ bearer: [] }], tags: PARTS.map(({ tag }) => tag), paths: Object.assign({}, ...PARTS.map(({ paths }) => paths)) as object,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'Who asks. `countersign token --as <person>` prints one for the built-in issuer.' } },
      headers: HEADERS, schemas: Object.assign({}, PROBLEMS, ...PARTS.map(({ schemas }) => schemas)) as object,
    },
  };
}

export function openApiText(): string {
  return `${JSON.stringify(openApiDocument(), null, 2)}\n`;
}

function productVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string }).version;
}
