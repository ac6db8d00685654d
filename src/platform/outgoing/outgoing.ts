/** What this server fetches from addresses that an organization has named, such as the keys of its issuer: small JSON, within seconds. */
import { Injectable } from '@nestjs/common';
import { OutgoingError, PUBLIC_ONLY, sendOut, type OutgoingPolicy } from './outgoing-client.js';

const FETCHING: OutgoingPolicy = { ...PUBLIC_ONLY, mostMs: 5000 };
const LOOPBACK = ['127.0.0.0/8', '::1/128'];

@Injectable()
export class Outgoing {
  readonly #policy: OutgoingPolicy;

  /** `loopback`: whether this machine may be asked, also by plain http, for trying out and tests. `ownNetworks`: others that are not public and may be asked. */
  constructor(readonly loopback: boolean, ownNetworks: readonly string[] = []) {
    this.#policy = { ...FETCHING, ownNetworks: [...ownNetworks, ...(loopback ? LOOPBACK : [])] };
  }

  async json(url: string): Promise<unknown> {
    const { status, body } = await sendOut({ url, method: 'GET', headers: { accept: 'application/json' } }, this.#policy);
    if (status !== 200) throw new OutgoingError('ANSWER', `The address answered ${String(status)}.`);
    try {
      return JSON.parse(body.toString('utf8')) as unknown;
    } catch (error) {
      throw new OutgoingError('ANSWER', 'The address answered with something other than JSON.', error);
    }
  }
}
