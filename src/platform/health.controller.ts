/** Liveness: the process answers. Readiness: it can also read and write its register. Orchestrators ask both without a token. */
import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { DataSource } from 'typeorm';
import { DATABASE } from './database.js';
import { Readiness, type Live, type NotReady, type Ready, type Trouble } from './readiness.js';
import { Public } from './public-route.js';

@Controller('health')
export class HealthController {
  constructor(@Inject(DATABASE) private readonly database: DataSource, private readonly readiness: Readiness) {}

  @Public()
  @Get('live')
  live(): Live {
    return { status: 'live' };
  }

  @Public()
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Ready | NotReady> {
    const because = this.readiness.stopping ? 'stopping' : await this.#databaseTrouble();
    if (because === null) return { status: 'ready' };
    void reply.status(503).header('retry-after', '1');
    return { status: 'not ready', because };
  }

  async #databaseTrouble(): Promise<Trouble | null> {
    try {
      const rows = await this.database.query<{ standby: boolean }[]>('select pg_is_in_recovery() as standby');
      return rows[0]?.standby === false ? null : 'the database is a standby';
    } catch {
      return 'the database does not answer';
    }
  }
}
