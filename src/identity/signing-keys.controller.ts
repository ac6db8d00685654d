/** The public keys by which anyone verifies what this server has signed (RFC 7517), the present one first. */
import { Controller, Get, Header } from '@nestjs/common';
import type { PublicJwk } from '../domain/envelope.js';
import { Public } from '../platform/public-route.js';
import { Signer } from './signer.js';

@Public()
@Controller('.well-known')
export class SigningKeysController {
  constructor(private readonly signer: Signer) {}

  @Get('jwks.json')
  @Header('cache-control', 'public, max-age=300')
  keys(): { readonly keys: readonly PublicJwk[] } {
    return { keys: this.signer.keys };
  }
}
