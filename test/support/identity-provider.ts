// An identity provider on this machine, as OpenID Connect, PKCE and the device grant describe one: with one person at the browser, who agrees to everything.
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CompactSign } from 'jose';
import { newKey, type Claims, type IssuerKey } from './token-issuer.js';

export const CLIENT = 'countersign-cli';

/** Who sits at the browser, and when they have authenticated, in seconds. */
export interface AtBrowser { readonly sub: string; readonly name: string; readonly authenticatedAt: number }

interface Granted extends AtBrowser { readonly nonce: string | null; readonly challenge: string | null; readonly redirectUri: string | null }

type Answer = { readonly status: number; readonly body?: unknown; readonly location?: string; readonly challenge?: string };

const now = (): number => Math.floor(Date.now() / 1000);

export class IdentityProvider {
  atBrowser: AtBrowser = { sub: 'nobody', name: 'Nobody', authenticatedAt: 0 };
  /** How long its tokens last, in seconds. */
  lifetime = 300;
  /** What was asked of each endpoint, newest last. */
  readonly asked: { readonly path: string; readonly parameters: URLSearchParams }[] = [];
  /** What goes into an answer in the place of what belongs there. */
  spoil: Readonly<{ state?: string; nonce?: string; maxAge?: null; challenge?: string }> = {};
  /** What happens once, when a refresh was asked for and is not answered yet. */
  beforeRefresh: () => Promise<void> = () => Promise.resolve();
  readonly #codes = new Map<string, Granted>();
  readonly #devices = new Map<string, { readonly userCode: string; granted: Granted | null; readonly maxAge: number | null }>();
  readonly #refreshTokens = new Map<string, Granted>();

  private constructor(private readonly server: Server, readonly url: string, readonly audience: string, private readonly key: IssuerKey) {}

  static async start(audience: string): Promise<IdentityProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const provider = new IdentityProvider(server, `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, audience, await newKey('RS256'));
    server.on('request', (request, response) => {
      void provider.#answer(request).then(({ status, body, location, challenge }) => {
        response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', connection: 'close', ...(location !== undefined && { location }), ...(challenge !== undefined && { 'www-authenticate': challenge }) }).end(body === undefined ? '' : JSON.stringify(body));
      });
    });
    return provider;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => { this.server.close(resolve); });
  }

  /** What this person's program would be given, without the way to it. */
  async accessToken(person: AtBrowser, more: Claims = {}): Promise<string> {
    return this.#signed({ aud: this.audience, sub: person.sub, name: person.name, auth_time: person.authenticatedAt, ...more }, 'at+jwt');
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const parameters = request.method === 'POST' ? new URLSearchParams(await text(request)) : searchParams;
    this.asked.push({ path: pathname, parameters });
    const routes: Readonly<Record<string, () => Answer | Promise<Answer>>> = {
      '/.well-known/openid-configuration': () => ({ status: 200, body: this.#metadata() }),
      '/keys': () => ({ status: 200, body: { keys: [this.key.jwk] } }),
      '/authorize': () => this.#authorize(parameters),
      '/device': () => this.#device(parameters),
      '/activate': () => this.#activate(parameters),
      '/token': () => this.#token(parameters),
    };
    return (await routes[pathname]?.()) ?? { status: 404, body: {} };
  }

  #metadata(): object {
    return {
      issuer: this.url, jwks_uri: `${this.url}/keys`, authorization_endpoint: `${this.url}/authorize`, token_endpoint: `${this.url}/token`, device_authorization_endpoint: `${this.url}/device`,
      response_types_supported: ['code'], subject_types_supported: ['public'], id_token_signing_alg_values_supported: ['RS256'], code_challenge_methods_supported: ['S256'], token_endpoint_auth_methods_supported: ['none'],
    };
  }

  #authorize(asked: URLSearchParams): Answer {
    const [redirectUri, state] = [asked.get('redirect_uri') ?? '', asked.get('state') ?? ''];
    const sound = asked.get('client_id') === CLIENT && asked.get('response_type') === 'code' && asked.get('code_challenge_method') === 'S256' && /^http:\/\/127\.0\.0\.1:\d+\/callback$/.test(redirectUri) && state.length > 20;
    if (!sound) return { status: 400, body: { error: 'invalid_request' } };
    const code = randomUUID();
    this.#codes.set(code, { ...this.#authenticated(asked.get('max_age')), nonce: this.spoil.nonce ?? asked.get('nonce'), challenge: asked.get('code_challenge'), redirectUri });
    return { status: 302, location: `${redirectUri}?${new URLSearchParams({ code, state: this.spoil.state ?? state, iss: this.url }).toString()}` };
  }

  /** Who has authenticated longer ago than asked for does so now. */
  #authenticated(maxAge: string | null): AtBrowser {
    if (maxAge !== null && this.spoil.maxAge !== null && this.atBrowser.authenticatedAt + Number(maxAge) < now()) this.atBrowser = { ...this.atBrowser, authenticatedAt: now() };
    return this.atBrowser;
  }

  #device(asked: URLSearchParams): Answer {
    if (asked.get('client_id') !== CLIENT) return refused('invalid_client');
    const [deviceCode, userCode] = [randomUUID(), randomUUID().slice(0, 8).toUpperCase()];
    const maxAge = asked.get('max_age');
    this.#devices.set(deviceCode, { userCode, granted: null, maxAge: maxAge === null ? null : Number(maxAge) });
    return { status: 200, body: { device_code: deviceCode, user_code: userCode, verification_uri: `${this.url}/activate`, expires_in: 60, interval: 1 } };
  }

  #activate(asked: URLSearchParams): Answer {
    const found = [...this.#devices.values()].find(({ userCode }) => userCode === asked.get('user_code'));
    if (found === undefined) return refused('invalid_request');
    found.granted = { ...this.#authenticated(found.maxAge === null ? null : String(found.maxAge)), nonce: null, challenge: null, redirectUri: null };
    return { status: 200, body: {} };
  }

  async #token(asked: URLSearchParams): Promise<Answer> {
    if (this.spoil.challenge !== undefined) return { status: 401, body: { error: 'invalid_client' }, challenge: this.spoil.challenge };
    if (asked.get('grant_type') === 'authorization_code') return this.#byCode(asked);
    if (asked.get('grant_type') === 'refresh_token') return this.#byToken(asked.get('refresh_token') ?? '');
    const device = this.#devices.get(asked.get('device_code') ?? '');
    if (device === undefined) return refused('invalid_grant');
    return device.granted === null ? refused('authorization_pending') : this.#tokens(device.granted);
  }

  async #byCode(asked: URLSearchParams): Promise<Answer> {
    const code = asked.get('code') ?? '';
    const granted = this.#codes.get(code);
    this.#codes.delete(code);
    const proof = createHash('sha256').update(asked.get('code_verifier') ?? '').digest('base64url');
    return granted === undefined || proof !== granted.challenge || asked.get('redirect_uri') !== granted.redirectUri ? refused('invalid_grant') : this.#tokens(granted);
  }

  /** Each once: the answer holds the next one. */
  async #byToken(token: string): Promise<Answer> {
    const before = this.beforeRefresh;
    this.beforeRefresh = () => Promise.resolve();
    await before();
    const granted = this.#refreshTokens.get(token);
    this.#refreshTokens.delete(token);
    return granted === undefined ? refused('invalid_grant') : this.#tokens(granted);
  }

  async #tokens(granted: Granted): Promise<Answer> {
    const { sub, name, authenticatedAt, nonce } = granted;
    const refreshToken = randomUUID();
    this.#refreshTokens.set(refreshToken, granted);
    return { status: 200, body: {
      token_type: 'Bearer', expires_in: this.lifetime, access_token: await this.accessToken(granted), refresh_token: refreshToken,
      id_token: await this.#signed({ aud: CLIENT, sub, name, auth_time: authenticatedAt, ...(nonce !== null && { nonce }) }, 'JWT'),
    } };
  }

  async #signed(claims: Claims, typ: string): Promise<string> {
    const issued = now();
    return new CompactSign(Buffer.from(JSON.stringify({ iss: this.url, iat: issued, exp: issued + this.lifetime, ...claims }))).setProtectedHeader({ alg: this.key.alg, kid: this.key.kid, typ }).sign(this.key.privateKey);
  }
}

function refused(error: string): Answer {
  return { status: 400, body: { error } };
}

async function text(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}
