/** Passwords that a server refuses to come with. */
const LEAST_PASSWORD = 12;
const KNOWN_PASSWORDS = /^(?:known-to-everybody|change-?me|password|passw0rd|postgres|countersign|secret|admin|example|default|test)/i;

/** In the words of a refusal; null = none. Certificates and sockets need no password. */
export function weaknessOf({ user, password }: { user: string; password: string }): string | null {
  if (password === '') return null;
  if (KNOWN_PASSWORDS.test(password) || password === user) return 'is known to everybody';
  return password.length < LEAST_PASSWORD || new Set(password).size < 6 ? `is too weak (fewer than ${String(LEAST_PASSWORD)} characters, or the same few)` : null;
}
