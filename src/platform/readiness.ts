/** Whether this server still takes new work: switched off first when it stops, so that no balancer sends more. */
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';

export const TROUBLES = ['stopping', 'the database is a standby', 'the database does not answer'] as const;
/** Why a server takes no work. */
export type Trouble = (typeof TROUBLES)[number];

export interface Live { readonly status: 'live' }
export interface Ready { readonly status: 'ready' }
export interface NotReady { readonly status: 'not ready'; readonly because: Trouble }

@Injectable()
export class Readiness implements BeforeApplicationShutdown {
  stopping = false;

  beforeApplicationShutdown(): void {
    this.stopping = true;
  }
}
