/**
 * Signing a person in at their identity provider: by a browser on this machine (authorization code with PKCE, RFC 7636, on a listener of its
 * own, RFC 8252), or by a code that is typed in elsewhere (device grant, RFC 8628). This program has no secret.
 */
import {
  allowInsecureRequests, authorizationCodeGrant, AuthorizationResponseError, buildAuthorizationUrl, calculatePKCECodeChallenge, ClientError, discovery, initiateDeviceAuthorization, None, pollDeviceAuthorizationGrant, randomNonce,
  randomPKCECodeVerifier, randomState, refreshTokenGrant, ResponseBodyError, WWWAuthenticateChallengeError, type Configuration, type TokenEndpointResponse, type TokenEndpointResponseHelpers,
} from 'openid-client';
import { Refused, Unreachable } from './client.js';
import { UsageError } from './command.js';
import { listenOnce } from './loopback.js';
import type { Provider, Tokens } from './session.js';

type Answer = TokenEndpointResponse & TokenEndpointResponseHelpers;
/** `maxAge`: so many seconds ago they have authenticated at most; null = whenever that was. */
export interface SignIn { readonly maxAge: number | null; readonly port: number; readonly say: (line: string) => void }

/** How far the clocks of a provider and of this machine may be apart, in seconds. */
const TOLERANCE = 30;

export async function signInByBrowser(provider: Provider, { maxAge, port, say }: SignIn): Promise<Tokens> {
  return told(async () => {
    const askedAt = Date.now() / 1000;
    const config = await configure(provider);
    const [pkceCodeVerifier, state, nonce] = [randomPKCECodeVerifier(), randomState(), randomNonce()];
    const listener = await listenOnce(port, state);
    try {
      const asked = buildAuthorizationUrl(config, {
        ...provider.parameters, ...freshness(maxAge), scope: provider.scope, redirect_uri: listener.redirectUri, state, nonce,
        response_type: 'code', code_challenge: await calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256',
      });
      say(`Open this address in a browser on this machine:\n${asked.href}`);
      const answer = await authorizationCodeGrant(config, await listener.answered, { pkceCodeVerifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
      requireFresh(answer, maxAge, askedAt);
      return tokensIn(answer);
    } finally {
      listener.close();
    }
  });
}

export async function signInByDevice(provider: Provider, { maxAge, say }: Pick<SignIn, 'maxAge' | 'say'>): Promise<Tokens> {
  return told(async () => {
    const askedAt = Date.now() / 1000;
    const config = await configure(provider);
    if (config.serverMetadata().device_authorization_endpoint === undefined) throw new UsageError(`${provider.issuer} has no device grant; leave --device out.`);
    const asked = await initiateDeviceAuthorization(config, { ...provider.parameters, ...freshness(maxAge), scope: provider.scope });
    say(`Open ${asked.verification_uri} in any browser, and type in the code ${asked.user_code}`);
    const answer = await pollDeviceAuthorizationGrant(config, asked);
    requireFresh(answer, maxAge, askedAt);
    return tokensIn(answer);
  });
}

export async function refreshed(provider: Provider, refreshToken: string): Promise<Tokens> {
  return told(async () => {
    const tokens = tokensIn(await refreshTokenGrant(await configure(provider), refreshToken));
    return { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken };
  });
}

async function configure({ issuer, clientId }: Provider): Promise<Configuration> {
  if (!URL.canParse(issuer)) throw new UsageError(`--issuer is no address such as https://login.example.com, but "${issuer}".`);
  const url = new URL(issuer);
  const here = url.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url.protocol !== 'https:' && !here) throw new UsageError('--issuer is an https address.');
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- for a provider on this very machine
  return discovery(url, clientId, undefined, None(), { timeout: 10, ...(here && { execute: [allowInsecureRequests] }) });
}

/** Some providers keep to max_age only when they are asked for a login, too. */
function freshness(maxAge: number | null): Record<string, string> {
  return maxAge === null ? {} : { max_age: String(maxAge), ...(maxAge === 0 && { prompt: 'login' }) };
}

/** To a provider max_age is a wish, in the device grant above all: whether it was heard is in the answer. */
function requireFresh(answer: Answer, maxAge: number | null, askedAt: number): void {
  if (maxAge === null || isFresh(answer.claims()?.auth_time, maxAge, askedAt)) return;
  throw new Refused('REAUTHENTICATION_REQUIRED', 'The provider did not authenticate you anew.', 'Sign out at the provider first; with --device, leave that out: a browser can be asked for it.');
}

/** In seconds, as of the moment of asking: whoever takes a while to agree has authenticated no less. */
export function isFresh(authenticatedAt: number | undefined, maxAge: number, askedAt: number): boolean {
  return authenticatedAt !== undefined && authenticatedAt + maxAge + TOLERANCE >= askedAt;
}

function tokensIn(answer: Answer): Tokens {
  const seconds = answer.expiresIn();
  return { accessToken: answer.access_token, refreshToken: answer.refresh_token ?? null, expiresAt: seconds === undefined ? null : new Date(Date.now() + seconds * 1000).toISOString() };
}

/** What the provider refused is a refusal; what did not come, or is not as the protocol says, is no answer. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ResponseBodyError || error instanceof AuthorizationResponseError) throw new Refused(error.error.toUpperCase(), error.error_description ?? 'The provider refused to sign you in.', null);
    if (error instanceof WWWAuthenticateChallengeError) throw new Refused('INVALID_CLIENT', `The provider asks this program for credentials (${String(error.status)}), and it has none.`, 'Register the client there as a public one, without a secret.');
    if (error instanceof ClientError || error instanceof TypeError) throw new Unreachable(`The provider gave no answer that can be used: ${reasonOf(error)}.`, error);
    throw error;
  }
}

function reasonOf(error: Error): string {
  const { cause } = error as { cause?: { message?: string } };
  return [error.message, cause?.message].filter((each) => each !== undefined && each !== '').join(', ');
}
