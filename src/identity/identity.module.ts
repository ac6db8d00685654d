/** The chapter of people and accounts: who signs in, and with which roles. The guard itself is set for the whole application. */
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { BearerStrategy, ISSUER_KEYS } from './authentication.js';
import type { IssuerKeys } from './keys.js';
import { PeopleResolver } from './people.resolver.js';
import { PeopleService } from './people.service.js';

@Module({ imports: [PassportModule], providers: [BearerStrategy, PeopleService, PeopleResolver], exports: [PeopleService] })
export class IdentityModule {}

/** The keys of the built-in issuer, for every chapter that needs them. */
@Global()
@Module({})
export class IssuerModule {
  static withKeys(keys: IssuerKeys): DynamicModule {
    return { module: IssuerModule, providers: [{ provide: ISSUER_KEYS, useValue: keys }], exports: [ISSUER_KEYS] };
  }
}
