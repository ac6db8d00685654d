/** Whether this server still takes new work: switched off first when it stops, so that no balancer sends more. */
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';

@Injectable()
export class Readiness implements BeforeApplicationShutdown {
  stopping = false;

  beforeApplicationShutdown(): void {
    this.stopping = true;
  }
}
