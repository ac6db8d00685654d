/** Files behind evidence over REST: in as a stream, and out again, always as a file to be saved and never as a page to be shown. */
import { Readable } from 'node:stream';
import { Controller, Get, Headers, Param, Post, Query, Req, Res } from '@nestjs/common';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { savedAs } from '../domain/media-type.js';
import { Ctx } from '../identity/authentication.js';
import { names } from '../platform/entity-tags.js';
import type { RequestContext } from '../platform/request-context.js';
import { EvidenceFilesService } from './evidence-files.service.js';
import { announcedBy, bytesOf, type StoredFile } from './file-body.js';

export class UploadQuery {
  @MaxLength(100) @IsString() system!: string;
  @IsOptional() @MaxLength(1000) @IsString() name: string | null = null;
  @IsOptional() @MaxLength(200) @IsString() digest: string | null = null;
}

@Controller('v1/evidence-files')
export class EvidenceFilesController {
  constructor(private readonly files: EvidenceFilesService) {}

  @Post()
  async upload(@Ctx() ctx: RequestContext, @Query() { system, name, digest }: UploadQuery, @Req() request: FastifyRequest): Promise<StoredFile> {
    const announced = announcedBy(request);
    const file = await this.files.upload(ctx, { ...announced, system, name, digest: digest ?? announced.digest }, bytesOf(request.body));
    return { digest: file.contentDigest, size: file.size, mediaType: file.mediaType, name: file.name };
  }

  @Get(':digest')
  async download(@Ctx() ctx: RequestContext, @Param('digest') digest: string, @Headers('if-none-match') known: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    const { file, bytes } = await this.files.open(ctx, digest);
    const etag = `"${file.contentDigest}"`;
    if (names(known, etag)) {
      await reply.code(304).header('etag', etag).send();
      return;
    }
    const pieces = await bytes();
    await reply.headers({
      etag, 'content-type': 'application/octet-stream', 'content-length': file.size, 'content-disposition': `attachment; filename="${savedAs(null, file.mediaType)}"${file.name === null ? '' : `; filename*=UTF-8''${encoded(savedAs(file.name, file.mediaType))}`}`,
      'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'; sandbox",
    }).send(Readable.from(pieces, { objectMode: false, highWaterMark: 65_536 }));
  }
}

/** As RFC 8187 writes it. */
function encoded(name: string): string {
  return encodeURIComponent(name).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
