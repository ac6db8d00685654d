/** The register as a file over REST: out as a stream of CSV, and back in. */
import { Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../domain/refusal.js';
import { riskLifecycle, type RiskState } from '../domain/risk.js';
import { Ctx } from '../identity/authentication.js';
import { sendFile } from '../platform/file-answer.js';
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
    await sendFile(reply, { type: 'text/csv; charset=utf-8; header=present', name: 'risks.csv' }, this.exports.file(ctx, { system: query.system, states: query.state ?? null }));
  }

  @Post('risks/import')
  @HttpCode(200)
  async import(@Ctx() ctx: RequestContext, @Query() query: ImportQuery, @Req() request: FastifyRequest): Promise<ImportReport> {
    const file = await readFile(request.body);
    if (request.headers['if-match'] !== undefined) throw conditionRefused();
    return this.imports.import(ctx, file, query.dryRun === 'true');
  }
}

/** A file is about many risks: one version for all of them could not be compared with anything, and must not pass for one that was. */
function conditionRefused(): Refusal {
  return new Refusal('INVALID_INPUT', { field: 'if-match', message: 'If-Match says nothing about a file of many risks.', next: 'Leave the header out, and send the version of each risk in the version column of its row.' });
}
