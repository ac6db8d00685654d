/** The public keys as they are described to clients. */
import type { PublicJwk } from '../domain/envelope.js';
import { IF_NONE_MATCH, kept, oneOf, record, ref, type Described } from '../platform/openapi.js';

const KEY = record<PublicJwk>('A public key of Ed25519 (RFC 8037).', {
  kty: oneOf(['OKP'], 'The type of the key.'), crv: oneOf(['Ed25519'], 'Its curve.'), use: oneOf(['sig'], 'What it is for: verifying.'), alg: oneOf(['EdDSA'], 'The algorithm of its signatures.'),
  x: { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$', description: 'The key itself, base64url.' }, kid: { type: 'string', description: 'Its thumbprint (RFC 7638), which envelopes name as keyid.' },
});
const EXAMPLE = { kty: 'OKP', crv: 'Ed25519', use: 'sig', alg: 'EdDSA', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k' };

export const SIGNING_KEYS: Described = {
  tag: { name: 'Keys', description: 'For whoever verifies what this server has signed.' }, schemas: { SigningKey: KEY },
  paths: { '/.well-known/jwks.json': { get: {
    operationId: 'getSigningKeys', tags: ['Keys'], security: [], summary: 'The public keys of this server',
    description: 'The present one first, then earlier ones, which still verify what was signed with them. Keep a copy from a time when you trust the server.',
    parameters: [IF_NONE_MATCH],
    responses: kept('The keys (RFC 7517).', { 'application/json': {
      schema: { type: 'object', required: ['keys'], additionalProperties: false, properties: { keys: { type: 'array', minItems: 1, items: ref('SigningKey'), description: 'All of them.' } } },
      examples: { usual: { summary: 'One key.', value: { keys: [EXAMPLE] } } },
    } }),
  } } },
};
