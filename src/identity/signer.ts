/** Signs statements and receipts with the server's own key, which no database and no administrator of one has. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { publicJwk, signEnvelope, type Envelope, type PublicJwk } from '../domain/envelope.js';
import { SERVER_KEYS } from './credentials.js';
import type { ServerKeys } from './keys.js';

@Injectable()
export class Signer {
  readonly #privateKey: KeyObject;
  /** The present public key first, then the earlier ones, which still verify what was signed with them. */
  readonly keys: readonly PublicJwk[];

  constructor(@Inject(SERVER_KEYS) { signing }: ServerKeys) {
    this.#privateKey = createPrivateKey(signing.privateKeyPem);
    const keys = [createPublicKey(this.#privateKey), ...signing.earlierPublicKeysPem.map((pem) => createPublicKey(pem))].map(publicJwk);
    // A rotation that was interrupted leaves the present key among the earlier ones.
    this.keys = [...new Map(keys.map((key) => [key.kid, key])).values()];
  }

  sign(payloadType: string, value: unknown): Envelope {
    return signEnvelope({ keyId: this.keys[0]?.kid ?? '', privateKey: this.#privateKey }, payloadType, value);
  }

  /** By a trial. */
  canSign(): boolean {
    try {
      return this.sign('application/vnd.countersign.trial+json', {}).signatures.length > 0;
    } catch {
      return false;
    }
  }
}
