/** The Passport strategies, one for each kind of credential. Each takes what is of its kind, and leaves the rest to the next. */
import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-custom';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { isKeyText } from '../domain/api-key.js';
import { arrivalOf, bearerOf, SERVER_KEYS, unauthenticated, type HttpRequest } from './credentials.js';
import { refusedToken, tokenRefused } from './external-token.js';
import { FailedAuthentications } from './failed-authentications.js';
import { isBuiltIn, verifyToken } from './issuer.js';
import type { ServerKeys } from './keys.js';
import { KeySignInService } from './key-sign-in.service.js';
import { SignInService } from './sign-in.service.js';

/** In the order in which they are asked. */
export const STRATEGIES = ['api-key', 'built-in', 'issuer'] as const;

/** Keys of machines. */
@Injectable()
export class ApiKeyStrategy extends PassportStrategy(Strategy, 'api-key') {
  constructor(@Inject(SERVER_KEYS) private readonly keys: ServerKeys, private readonly signIn: KeySignInService) {
    super();
  }

  async validate(request: HttpRequest): Promise<RequestContext | false> {
    const text = bearerOf(request);
    return isKeyText(text) && this.signIn.byKey(text, arrivalOf(request, text, this.keys));
  }
}

/** Tokens of the built-in issuer. */
@Injectable()
export class BuiltInStrategy extends PassportStrategy(Strategy, 'built-in') {
  constructor(@Inject(SERVER_KEYS) private readonly keys: ServerKeys, private readonly work: UnitOfWork) {
    super();
  }

  async validate(request: HttpRequest): Promise<RequestContext | false> {
    const token = bearerOf(request);
    if (!isBuiltIn(token)) return false;
    const { publicKeyPem } = this.keys;
    if (publicKeyPem === null) throw tokenRefused('ISSUER_UNKNOWN');
    const { issuer, subject, authenticatedAt } = await verifyToken({ publicKeyPem }, token).catch((error: unknown) => { throw refusedToken(error); });
    const arrival = arrivalOf(request, token, this.keys);
    const found = await this.work.identify(issuer, subject, arrival);
    if (found === null) throw unauthenticated('This account is not known here, or its organization has an issuer of its own.');
    return { ...found, ...arrival, believedBy: [], authenticatedAt, signInLacks: null, permissions: null };
  }
}

/** Tokens of the issuers that an organization has registered. */
@Injectable()
export class IssuerStrategy extends PassportStrategy(Strategy, 'issuer') {
  constructor(@Inject(SERVER_KEYS) private readonly keys: ServerKeys, private readonly signIn: SignInService) {
    super();
  }

  async validate(request: HttpRequest): Promise<RequestContext> {
    const token = bearerOf(request);
    return this.signIn.byToken(token, arrivalOf(request, token, this.keys));
  }
}

/** All strategies in their order, for what asks outside of a route. */
@Injectable()
export class Authenticator {
  constructor(private readonly apiKey: ApiKeyStrategy, private readonly builtIn: BuiltInStrategy, private readonly issuer: IssuerStrategy, private readonly failed: FailedAuthentications) {}

  async authenticate(request: HttpRequest): Promise<RequestContext> {
    try {
      const known = await this.apiKey.validate(request) || await this.builtIn.validate(request);
      return known === false ? await this.issuer.validate(request) : known;
    } catch (error) {
      throw await this.failed.refusalOf(request, error);
    }
  }
}
