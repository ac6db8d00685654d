/** Gives the description of the REST routes to whoever asks: it says nothing about anybody's register. */
import { Controller, Get } from '@nestjs/common';
import { Public } from '../../platform/public-route.js';
import { openApiDocument } from './document.js';

@Controller('v1')
export class OpenApiController {
  readonly #document = openApiDocument();

  @Public()
  @Get('openapi.json')
  document(): object {
    return this.#document;
  }
}
