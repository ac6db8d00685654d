// An issuer of tokens on this machine: signs what it is told, publishes its public keys, counts who fetches them, changes its keys, and fails when told to.
import { constants, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CompactSign, exportJWK, type JWK } from 'jose';

export type Claims = Readonly<Record<string, unknown>>;

export interface IssuerKey { readonly kid: string; readonly alg: string; readonly privateKey: KeyObject; readonly jwk: JWK }

const PAIRS = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
};
export type KeyKind = keyof typeof PAIRS;

export async function newKey(alg: KeyKind, options: { short?: boolean } = {}): Promise<IssuerKey> {
  const { privateKey, publicKey } = options.short === true ? generateKeyPairSync('rsa', { modulusLength: 1024 }) : PAIRS[alg]();
  const kid = randomUUID();
  return { kid, alg, privateKey, jwk: { ...await exportJWK(publicKey), kid, alg, use: 'sig' } };
}

export class TokenIssuer {
  /** How often somebody came for the keys. */
  requests = 0;
  /** What it answers instead of its keys. */
  trouble: 'none' | 'status 500' | 'no JSON' | 'too long' | 'redirect' = 'none';
  keys: IssuerKey[] = [];

  private constructor(private readonly server: Server, readonly url: string) {}

  static async start(algs: readonly KeyKind[] = ['RS256', 'ES256', 'EdDSA']): Promise<TokenIssuer> {
    const server = createServer();
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const issuer = new TokenIssuer(server, `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    server.on('request', (request, response) => {
      if (request.url?.startsWith('/keys') === true) issuer.requests += 1;
      const answers = { 'status 500': [500, ''], 'no JSON': [200, '<html>'], 'too long': [200, JSON.stringify({ keys: [], more: 'x'.repeat(70_000) })], redirect: [302, ''], none: [200, JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) })] } as const;
      const [status, body] = answers[issuer.trouble];
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close', ...(status === 302 && { location: '/keys-elsewhere' }) }).end(body);
    });
    issuer.keys = await Promise.all(algs.map((alg) => newKey(alg)));
    return issuer;
  }

  get jwksUrl(): string {
    return `${this.url}/keys`;
  }

  /** The first, unless another kind is asked for. */
  key(alg?: KeyKind): IssuerKey {
    const found = this.keys.find((key) => alg === undefined || key.alg === alg);
    if (found === undefined) throw new Error(`there is no key for ${String(alg)}`);
    return found;
  }

  /** Another key in the place of the one of this algorithm, which is published no longer. */
  async rotate(alg: KeyKind): Promise<void> {
    this.keys = [...this.keys.filter((key) => key.alg !== alg), await newKey(alg)];
  }

  /** A sound token but for what is given here; undefined leaves a claim out. */
  async token(claims: Claims = {}, header: Claims = {}, key: IssuerKey = this.key()): Promise<string> {
    const said = { ...this.claims(), ...claims };
    return new CompactSign(Buffer.from(JSON.stringify(said))).setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'at+jwt', ...header }).sign(key.privateKey);
  }

  /** Any header and any text in the place of the claims, signed by RSA as the header may say or not. */
  raw(header: Claims, payload: unknown, key: IssuerKey = this.key()): string {
    const part = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
    const signed = `${part(header)}.${part(payload)}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), { key: key.privateKey, padding: constants.RSA_PKCS1_PADDING }).toString('base64url')}`;
  }

  claims(): Claims {
    const now = Math.floor(Date.now() / 1000);
    return { iss: this.url, aud: 'countersign', sub: 'somebody', iat: now, exp: now + 300 };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => { this.server.close(resolve); });
  }
}
