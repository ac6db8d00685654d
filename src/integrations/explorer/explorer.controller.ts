/**
 * The explorer: GraphiQL with the day's work in its tabs, and tokens for the people of the example. Only an embedded server has these
 * routes, and only those who sit at its machine are answered.
 */
import { Body, CanActivate, Controller, Get, Header, HttpCode, Inject, Injectable, Param, Post, Req, Res, UseGuards, type ExecutionContext } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../../domain/refusal.js';
import { SERVER_KEYS } from '../../identity/credentials.js';
import { mintToken } from '../../identity/issuer.js';
import type { EmbeddedKeys } from '../../identity/keys.js';
import { Public } from '../../platform/public-route.js';
import { exampleDocuments } from './documents.js';
import { explorerFile, PAGE, PAGE_POLICY } from './explorer-files.js';
import type { Person, Start } from './page.js';
import { isFromThisMachine } from './this-machine.js';

export const EXPLORER = Symbol('EXPLORER');

export interface ExplorerOptions {
  /** Whom a visitor may ask as. */
  readonly people: readonly Person[];
  /** Where the documents of the tabs are. */
  readonly documentsFolder: string;
}

const TOKEN_SECONDS = 3600;

export class TokenRequest {
  @IsString() @MaxLength(100) as!: string;
}

@Injectable()
export class ThisMachineGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (isFromThisMachine(context.switchToHttp().getRequest<FastifyRequest>())) return true;
    throw new Refusal('PERMISSION_DENIED', { message: 'The explorer answers only on the machine on which the server runs.', next: 'Open it there, at localhost or 127.0.0.1 and not through a proxy.' });
  }
}

@Public()
@UseGuards(ThisMachineGuard)
@ApiExcludeController()
@Controller('explorer')
export class ExplorerController {
  constructor(@Inject(EXPLORER) private readonly options: ExplorerOptions, @Inject(SERVER_KEYS) private readonly keys: EmbeddedKeys) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', PAGE_POLICY)
  @Header('cache-control', 'no-store')
  page(): string {
    return PAGE;
  }

  @Get('start.json')
  @Header('cache-control', 'no-store')
  start(): Start {
    return { people: this.options.people, documents: exampleDocuments(this.options.documentsFolder) };
  }

  @Get(':file')
  file(@Param('file') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const file = explorerFile(name);
    if (file === null) throw new Refusal('NOT_FOUND', { message: 'There is no such route.' });
    void reply.headers({ 'content-type': file.type, 'cache-control': 'no-cache', etag: file.etag });
    if (request.headers['if-none-match'] === file.etag) void reply.status(304).send();
    else void reply.send(file.bytes);
  }

  @Post('token')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async token(@Body() asked: TokenRequest): Promise<{ token: string; seconds: number }> {
    if (!this.options.people.some(({ handle }) => handle === asked.as)) throw new Refusal('NOT_FOUND', { field: 'as', subject: 'Person', id: asked.as, message: 'Nobody of the example has this handle.' });
    return { token: await mintToken(this.keys, asked.as, TOKEN_SECONDS), seconds: TOKEN_SECONDS };
  }
}
