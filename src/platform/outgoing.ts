/** The way out: what this server fetches from others. Small answers only, within seconds, and from exactly the address that was asked for. */
import { Injectable } from '@nestjs/common';

const MOST_BYTES = 65_536;
const WITHIN_MS = 5000;

/** Why nothing was fetched, for the log of the operator. */
export class OutgoingError extends Error {}

@Injectable()
export class Outgoing {
  /** `loopback`: whether plain http to this machine is allowed, for trying out and tests. */
  constructor(readonly loopback: boolean) {}

  async json(url: string): Promise<unknown> {
    if (!url.startsWith('https://') && !this.loopback) throw new OutgoingError('only https is fetched');
    try {
      const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(WITHIN_MS), headers: { accept: 'application/json' } });
      if (answer.status !== 200) throw new OutgoingError(`answered ${String(answer.status)}`);
      return JSON.parse(await textOf(answer)) as unknown;
    } catch (error) {
      throw error instanceof OutgoingError ? error : new OutgoingError((error as Error).message, { cause: error });
    }
  }
}

async function textOf(answer: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new OutgoingError(`answered more than ${String(MOST_BYTES)} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
