// The envelope: what was signed is found again exactly, and nothing else is.
import { describe, expect, test } from '@jest/globals';
import { createPrivateKey, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import fc from 'fast-check';
import { openEnvelope, publicJwk, signEnvelope, type Envelope } from './envelope.js';

const TYPE = 'application/vnd.example+json';
/** The key pair of RFC 8037, appendix A. */
const KNOWN = createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }, format: 'jwk' });
const JWK = publicJwk(KNOWN);
const key = { keyId: JWK.kid, privateKey: KNOWN };
const other = publicJwk(generateKeyPairSync('ed25519').publicKey);

function changed(envelope: Envelope, more: Partial<Envelope>): Envelope {
  return { ...envelope, ...more };
}

describe('an envelope', () => {
  test('names its key by the thumbprint of RFC 7638, as RFC 8037 prints it for its own key', () => {
    expect(JWK.kid).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  test('signs the encoding that DSSE prescribes: every part with its length', () => {
    const { payload, signatures } = signEnvelope(key, 'a/b', { x: 1 });

    expect(Buffer.from(payload, 'base64').toString()).toBe('{"x":1}');
    expect(verify(null, Buffer.from('DSSEv1 3 a/b 7 {"x":1}'), createPublicKey(KNOWN), Buffer.from(signatures[0]?.sig ?? '', 'base64'))).toBe(true);
  });

  test('gives back what was signed', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(fc.property(fc.array(fc.record({ text, number: fc.integer(), flag: fc.boolean(), nothing: fc.constant(null), list: fc.array(text) })), (value) => {
      expect(openEnvelope(signEnvelope(key, TYPE, { value }), TYPE, [other, JWK])).toEqual({ signed: { value } });
    }), { numRuns: 200 });
  });

  test('is void after a change of any single bit', () => {
    const envelope = signEnvelope(key, TYPE, { promotion: 'P-1', lanes: ['LEGAL'] });
    const bytes = Buffer.from(envelope.payload, 'base64');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const forged = Buffer.from(bytes);
      forged.writeUInt8(forged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(openEnvelope(changed(envelope, { payload: forged.toString('base64') }), TYPE, [JWK])).toBe('SIGNATURE_INVALID');
    }
  });

  test.each([
    ['a key that is not trusted', (e: Envelope) => e, [other], 'KEY_UNKNOWN'],
    ['the name of a trusted key over the signature of another', (e: Envelope) => changed(e, { signatures: [{ keyid: other.kid, sig: e.signatures[0]?.sig ?? '' }] }), [JWK, other], 'SIGNATURE_INVALID'],
    ['another type than was signed', (e: Envelope) => changed(e, { payloadType: 'application/other' }), [JWK], 'SIGNATURE_INVALID'],
    ['no signature', (e: Envelope) => changed(e, { signatures: [] }), [JWK], 'NOT_AN_ENVELOPE'],
    ['two signatures', (e: Envelope) => changed(e, { signatures: [...e.signatures, ...e.signatures] }), [JWK], 'NOT_AN_ENVELOPE'],
    ['a signature in another spelling', (e: Envelope) => changed(e, { signatures: [{ keyid: JWK.kid, sig: `${e.signatures[0]?.sig ?? ''}\n` }] }), [JWK], 'SIGNATURE_INVALID'],
    ['an empty signature', (e: Envelope) => changed(e, { signatures: [{ keyid: JWK.kid, sig: '' }] }), [JWK], 'SIGNATURE_INVALID'],
    ['spaces in its base64', (e: Envelope) => changed(e, { payload: `${e.payload} ` }), [JWK], 'NOT_CANONICAL'],
    ['a payload beyond all measure', (e: Envelope) => changed(e, { payload: 'A'.repeat(200_000) }), [JWK], 'TOO_LARGE'],
  ])('with %s is void', (_, spoil, keys, flaw) => {
    expect(openEnvelope(spoil(signEnvelope(key, TYPE, { a: 1 })), TYPE, keys)).toBe(flaw);
  });

  test('signed for another purpose is void', () => {
    expect(openEnvelope(signEnvelope(key, 'application/receipt', { a: 1 }), TYPE, [JWK])).toBe('WRONG_TYPE');
  });

  test.each([[null], ['text'], [[]], [{ payloadType: 1, payload: '', signatures: [] }], [{ payloadType: TYPE, payload: 'e30=', signatures: [null] }]])('is not %j', (given) => {
    expect(openEnvelope(given, TYPE, [JWK])).toBe('NOT_AN_ENVELOPE');
  });
});
