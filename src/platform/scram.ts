/**
 * What PostgreSQL keeps of a password under SCRAM-SHA-256 (RFC 5802, RFC 7677). Whoever sends this in place of the password shows it neither
 * to the server nor to its log.
 */
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

const ITERATIONS = 4096;

/** Of printable ASCII only: such a text is its own normal form (RFC 4013), so every client derives the same keys. */
export function scramVerifier(password: string, salt: Buffer): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const storedKey = createHash('sha256').update(keyed(salted, 'Client Key')).digest('base64');
  return `SCRAM-SHA-256$${String(ITERATIONS)}:${salt.toString('base64')}$${storedKey}:${keyed(salted, 'Server Key').toString('base64')}`;
}

function keyed(salted: Buffer, name: string): Buffer {
  return createHmac('sha256', salted).update(name).digest();
}
