/** Gives the description of the REST routes to whoever asks: it says nothing about anybody's register. */
import { Controller, Get, Header } from '@nestjs/common';
import { Public } from '../../platform/public-route.js';
import { openApiDocument } from './document.js';

@Controller('v1')
export class OpenApiController {
  readonly #document = openApiDocument();

  @Public()
  @Get('openapi.json')
  @Header('cache-control', 'public, max-age=300')
  document(): object {
    return this.#document;
  }
}
