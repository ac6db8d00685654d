/** Liveness: the process answers. Readiness: it can also read and write its register. Orchestrators ask both without a token. */
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Readiness, type Live, type NotReady, type Ready } from './readiness.js';
import { Public } from './public-route.js';

@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Public()
  @Get('live')
  live(): Live {
    return { status: 'live' };
  }

  @Public()
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Ready | NotReady> {
    const found = await this.readiness.look();
    if (found.status !== 'ready') void reply.status(503).header('retry-after', '1');
    return found;
  }
}
