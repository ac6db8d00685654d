/** Signs a person in and keeps what came of it: for "countersign login", and for a signature that asks for a fresh sign-in. */
import type { SignIn } from './provider.js';
import { keepSession, type Provider, type Session } from './session.js';

export async function signIn({ issuer, clientId, scope, parameters }: Provider, server: string, how: SignIn & { readonly device: boolean }): Promise<Session> {
  const provider = { issuer, clientId, scope, parameters };
  // The protocol is loaded by whoever signs in, not by every command.
  const { signInByBrowser, signInByDevice } = await import('./provider.js');
  const tokens = how.device ? await signInByDevice(provider, how) : await signInByBrowser(provider, how);
  const session = { ...provider, ...tokens, server };
  keepSession(session);
  return session;
}
