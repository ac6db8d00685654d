// Four ways in which somebody takes back what an ALLOW rests on, each with the way to the next state in which the gate would allow.
import { ConfirmationsService } from '../../src/acceptances/confirmations.service.js';
import { at, givenRelease, openPromotion, sign, type Ready, type Register } from './register.js';
import type { GraphQLAnswer, ServerProcess } from './server-process.js';

export interface TakeBack {
  readonly what: string;
  /** The event that its acknowledgement stands for in the log. */
  readonly event: string;
  objectOf(ready: Ready): string;
  take(server: ServerProcess, ready: Ready): Promise<GraphQLAnswer>;
  restore(register: Register, ready: Ready): Promise<Ready>;
}

const CHANGE = '(id: $id, expectedVersion: $expectedVersion, reason: $reason) { version } }';
const ARGUMENTS = '($id: ID!, $expectedVersion: Int!, $reason: String!)';

function by(handle: string, mutation: string, of: (ready: Ready) => { id: string; version: number }): Pick<TakeBack, 'objectOf' | 'take'> {
  return {
    objectOf: (ready) => of(ready).id,
    take: (server, ready) => server.graphql(handle, `mutation ${ARGUMENTS} { ${mutation}${CHANGE}`, { ...at(of(ready)), reason: 'It no longer holds.' }),
  };
}

export const TAKE_BACKS: readonly TakeBack[] = [
  {
    what: 'a sign-off is withdrawn', event: 'signOff.withdrawn', ...by('sam', 'withdrawSignOff', (ready) => ready.signOff),
    restore: async (register, ready) => ({ ...ready, signOff: await sign(register, 'sam', ready.promotion) }),
  },
  {
    what: 'the promotion is cancelled', event: 'promotion.cancelled', ...by('sam', 'cancelPromotion', (ready) => ready.promotion),
    // The sign-off of the cancelled request still counts: nothing material differs.
    restore: async (register, ready) => ({ ...ready, promotion: await openPromotion(register, ready.release.id) }),
  },
  {
    what: 'the release is withdrawn', event: 'release.withdrawn', ...by('sam', 'withdrawRelease', (ready) => ready.release),
    restore: async (register: Register, ready: Ready): Promise<Ready> => {
      const release = await givenRelease(register, ready.system.id);
      return { ...ready, release, promotion: await openPromotion(register, release.id) };
    },
  },
  {
    what: 'a risk is reopened', event: 'risk.reopened', ...by('rita', 'reopenRisk', (ready) => ready.risk),
    restore: async (register, ready) => ({ ...ready, risk: await register.app.get(ConfirmationsService).confirm(register.as('rita'), { id: ready.risk.id, expectedVersion: ready.risk.version + 1 }) }),
  },
];
