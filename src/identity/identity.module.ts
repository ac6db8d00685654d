/** The chapter of people and accounts: who signs in, and with which roles. The guard itself is set for the whole application. */
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { AccountsResolver, PersonAccountsResolver, RoleGrantResolver } from './accounts.resolver.js';
import { AccountsService } from './accounts.service.js';
import { BearerStrategy, SERVER_KEYS } from './authentication.js';
import type { ServerKeys } from './keys.js';
import { DelegationsResolver, PersonDelegationsResolver } from './delegations.resolver.js';
import { DelegationsService } from './delegations.service.js';
import { IntrospectionPermission } from './introspection.js';
import { PeopleResolver } from './people.resolver.js';
import { PeopleService } from './people.service.js';
import { Signer } from './signer.js';
import { SigningKeysController } from './signing-keys.controller.js';

@Module({ imports: [PassportModule], providers: [BearerStrategy, IntrospectionPermission, PeopleService, PeopleResolver, AccountsService, AccountsResolver, PersonAccountsResolver, RoleGrantResolver, DelegationsService, DelegationsResolver, PersonDelegationsResolver], exports: [PeopleService, DelegationsService] })
export class IdentityModule {}

/** The keys of the server, and what signs with them, for every chapter that needs them. */
@Global()
@Module({})
export class ServerKeysModule {
  static withKeys(keys: ServerKeys): DynamicModule {
    return { module: ServerKeysModule, providers: [{ provide: SERVER_KEYS, useValue: keys }, Signer], controllers: [SigningKeysController], exports: [SERVER_KEYS, Signer] };
  }
}
