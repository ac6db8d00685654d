/** The register as a file over REST: out as a stream of CSV, and back in. */
import { Readable } from 'node:stream';
import { Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { riskLifecycle, type RiskState } from '../domain/risk.js';
import { Ctx } from '../identity/authentication.js';
import type { RequestContext } from '../platform/request-context.js';
import { readFile } from './csv-body.js';
import { RiskExportService } from './risk-export.service.js';
import { RiskImportService, type ImportReport } from './risk-import.service.js';

export class ExportQuery {
  @IsOptional() @MaxLength(100) @IsString() system: string | null = null;
  @Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value as unknown : [value]))
  @IsOptional() @IsIn(riskLifecycle.states, { each: true }) @ArrayMaxSize(riskLifecycle.states.length) @IsArray() state?: RiskState[];
}

/** Without `dryRun` nothing is written: an import that was not meant is the worse mistake. */
export class ImportQuery {
  @IsIn(['true', 'false'], { message: 'dryRun is true or false.' }) dryRun: string = 'true';
}

@Controller('v1')
export class RiskFilesController {
  constructor(private readonly exports: RiskExportService, private readonly imports: RiskImportService) {}

  @Get('risks.csv')
  async export(@Ctx() ctx: RequestContext, @Query() query: ExportQuery, @Res() reply: FastifyReply): Promise<void> {
    const parts = this.exports.file(ctx, { system: query.system, states: query.state ?? null });
    // What is refused is told as a refusal: no byte of a file was sent yet.
    const first = await parts.next();
    await reply.headers({
      'content-type': 'text/csv; charset=utf-8; header=present', 'content-disposition': 'attachment; filename="risks.csv"', 'x-content-type-options': 'nosniff', 'cache-control': 'no-store',
    }).send(Readable.from(following(String(first.value), parts), { objectMode: false, highWaterMark: 65_536 }));
  }

  @Post('risks/import')
  @HttpCode(200)
  async import(@Ctx() ctx: RequestContext, @Query() query: ImportQuery, @Req() request: FastifyRequest): Promise<ImportReport> {
    return this.imports.import(ctx, await readFile(request.body), query.dryRun === 'true');
  }
}

/** An error on the way ends the connection without its last piece, so that a file that was cut is no whole file to anybody. */
async function* following(first: string, parts: AsyncGenerator<string>): AsyncGenerator<Buffer> {
  yield Buffer.from(first);
  for await (const part of parts) yield Buffer.from(part);
}
