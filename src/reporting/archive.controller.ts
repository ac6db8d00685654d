/** The archive of the caller's organization over REST, as a stream. */
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ArchiveService } from '../audit/archive.service.js';
import { Ctx } from '../identity/authentication.js';
import { sendFile } from '../platform/file-answer.js';
import type { RequestContext } from '../platform/request-context.js';

@Controller('v1')
export class ArchiveController {
  constructor(private readonly archives: ArchiveService) {}

  @Get('archive')
  async take(@Ctx() ctx: RequestContext, @Res() reply: FastifyReply): Promise<void> {
    await sendFile(reply, { type: 'application/jsonl; charset=utf-8', name: 'archive.jsonl' }, this.archives.text(ctx));
  }
}
