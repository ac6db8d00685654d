/** How signed statements are shown. */
import { Field, ObjectType } from '@nestjs/graphql';
import { canonicalJson } from '../domain/digest.js';
import { ENVELOPE_FLAWS, type Envelope } from '../domain/envelope.js';
import { STATEMENT_FLAWS, type StatementFlaw } from '../domain/statement.js';
import { publishEnum } from '../platform/graphql-types.js';

const StatementFlawEnum = publishEnum('StatementFlaw', [...ENVELOPE_FLAWS, ...STATEMENT_FLAWS], 'Why a signed statement proves nothing here; the first flaw that was found.', {
  KEY_UNKNOWN: { description: 'It was not signed with a key of this server.' },
  SIGNATURE_INVALID: { description: 'The signed bytes or the signature were changed.' },
  WRONG_TYPE: { description: 'It was signed for another purpose.' },
  NOT_CANONICAL: { description: 'The bytes are not the canonical JSON (RFC 8785) of what they say.' },
  OTHER_SUBJECTS: { description: 'It was given about other promotions, environments, packages or lanes.' },
  OTHER_CONTENT: { description: 'Decision, meaning, text, challenge or times differ from what the register says.' },
});

@ObjectType('SignedEnvelope', { description: 'Signed bytes as a DSSE v1 envelope: verify it offline with the keys of /.well-known/jwks.json, or with `countersign sign-off verify`.' })
export class SignedEnvelopeModel {
  @Field({ description: 'What the bytes are; part of what is signed.' }) payloadType!: string;
  @Field({ description: 'Base64 of exactly the bytes that were signed: canonical JSON (RFC 8785).' }) payload!: string;
  @Field({ description: 'Thumbprint (RFC 7638) of the key that signed.' }) keyId!: string;
  @Field({ description: 'The whole envelope as JSON, to be kept in a file.' }) json!: string;
  @Field({ description: 'Base64 of the Ed25519 signature over DSSE’s pre-authentication encoding of type and payload.' }) signature!: string;
}

export function showEnvelope(envelope: Envelope): SignedEnvelopeModel {
  const [signature] = envelope.signatures;
  return { payloadType: envelope.payloadType, payload: envelope.payload, keyId: signature?.keyid ?? '', signature: signature?.sig ?? '', json: canonicalJson(envelope) };
}

@ObjectType('SignedStatement', { description: 'What a person has signed, word for word, and whether it still says what the register says.' })
export class SignedStatementModel {
  @Field(() => SignedEnvelopeModel, { description: 'For keeping and verifying elsewhere.' }) envelope!: SignedEnvelopeModel;
  @Field({ description: 'True when a key of this server signed it, and organization, sign-off, requests, environments, packages by their digests, lanes, signer, decision, words and times in it are those of the register.' }) valid!: boolean;
  @Field(() => StatementFlawEnum, { nullable: true, description: 'Null while it is valid.' }) flaw!: StatementFlaw | null;
  @Field(() => String, { nullable: true, description: 'The signed value as Markdown, made from the same bytes; null while it is not valid.' }) readable!: string | null;
}
