/** The chapter of people and accounts: who signs in, and with which roles. The guard itself is set for the whole application. */
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { Readiness } from '../platform/readiness.js';
import { AccountsResolver, PersonAccountsResolver, RoleGrantResolver } from './accounts.resolver.js';
import { AccountsService } from './accounts.service.js';
import { SERVER_KEYS } from './credentials.js';
import { DelegationsResolver, PersonDelegationsResolver } from './delegations.resolver.js';
import { DelegationsService } from './delegations.service.js';
import { FailedAuthentications } from './failed-authentications.js';
import { GraphqlAuthentication } from './graphql-authentication.js';
import { KeySets } from './key-sets.js';
import { KeySignInService } from './key-sign-in.service.js';
import type { ServerKeys } from './keys.js';
import { MachinesQueries } from './machines.queries.js';
import { ApiKeysResolver, TrustRulesResolver } from './machines.resolver.js';
import { MachinesService } from './machines.service.js';
import { PeopleResolver } from './people.resolver.js';
import { PeopleService } from './people.service.js';
import { SignInService } from './sign-in.service.js';
import { Signer } from './signer.js';
import { SigningKeysController } from './signing-keys.controller.js';
import { ApiKeyStrategy, Authenticator, BuiltInStrategy, IssuerStrategy } from './strategies.js';
import { TrustedIssuersResolver } from './trusted-issuers.resolver.js';
import { TrustedIssuersService } from './trusted-issuers.service.js';

@Module({
  imports: [PassportModule],
  providers: [
    ApiKeyStrategy, BuiltInStrategy, IssuerStrategy, Authenticator, FailedAuthentications, SignInService, KeySignInService, KeySets, GraphqlAuthentication, PeopleService, PeopleResolver, AccountsService, AccountsResolver, PersonAccountsResolver, RoleGrantResolver,
    DelegationsService, DelegationsResolver, PersonDelegationsResolver, TrustedIssuersService, TrustedIssuersResolver, MachinesService, MachinesQueries, TrustRulesResolver, ApiKeysResolver,
  ],
  exports: [PeopleService, DelegationsService, FailedAuthentications],
})
export class IdentityModule {}

/** The keys of the server, and what signs with them, for every chapter that needs them. */
@Global()
@Module({})
export class ServerKeysModule {
  constructor(signer: Signer, readiness: Readiness) {
    readiness.signs = () => signer.canSign();
  }

  static withKeys(keys: ServerKeys): DynamicModule {
    return { module: ServerKeysModule, providers: [{ provide: SERVER_KEYS, useValue: keys }, Signer], controllers: [SigningKeysController], exports: [SERVER_KEYS, Signer] };
  }
}
