/** `countersign sign-off verify`: checks a signed statement without a server, a database or a network. */
import { readFileSync, statSync } from 'node:fs';
import { sha256 } from '../domain/digest.js';
import type { PublicJwk } from '../domain/envelope.js';
import { readStatement, type Statement } from '../domain/statement.js';
import { readableStatement } from '../domain/statement-readable.js';
import { EXIT, UsageError, type Command, type Given } from './command.js';

const MAX_FILE = 8 * 1024 * 1024;

export const signOffVerifyCommand: Command = {
  name: 'sign-off verify',
  summary: 'Verifies a signed statement offline, and prints what was signed.',
  positionals: ['file'],
  options: {
    keys: { value: 'file', help: 'the trusted public keys, as /.well-known/jwks.json of the server gives them; keep it from a time when you trusted it' },
    organization: { value: 'id', help: 'fails unless it was signed in this organization' },
    environment: { value: 'name', help: 'fails unless it is about this environment' },
    promotion: { value: 'number', help: 'fails unless it is about this request, such as P-17' },
    package: { value: 'file', help: 'fails unless the signed package is this one: its canonical JSON', repeated: true },
  },
  notes: ['The file is the "json" of the envelope that the API gives for a sign-off. Exit code 4: it does not verify.'],
  whenRefused: EXIT.UNVERIFIED,
  run(given, terminal) {
    const statement = readStatement(parsed(given.positionals[0] ?? ''), keysIn(given.required('keys')));
    const flaw = typeof statement === 'string' ? statement : differenceFrom(statement, given);
    if (typeof statement === 'string' || flaw !== null) {
      terminal.out(`INVALID  ${String(flaw)}`);
      return Promise.resolve(EXIT.UNVERIFIED);
    }
    terminal.out('VALID');
    terminal.out(readableStatement(statement));
    return Promise.resolve(EXIT.OK);
  },
};

function differenceFrom(statement: Statement, given: Given): string | null {
  const [organization, environment, promotion] = [given.text('organization'), given.text('environment'), given.text('promotion')];
  if (organization !== null && statement.organization.id !== organization) return 'OTHER_ORGANIZATION';
  const inPlace = statement.subjects.filter((subject) => environment === null || subject.environment.name === environment);
  if (inPlace.length === 0) return 'OTHER_ENVIRONMENT';
  // One subject meets all that is asked: the promotion into this environment, not one of two into either.
  const asked = inPlace.filter((subject) => promotion === null || subject.promotion.number === promotion);
  if (asked.length === 0) return 'OTHER_PROMOTION';
  const signed = asked.map((subject) => subject.packageDigest);
  return given.list('package').every((file) => signed.includes(sha256(read(file)))) ? null : 'OTHER_PACKAGE';
}

function keysIn(file: string): PublicJwk[] {
  const { keys } = parsed(file) as { keys?: unknown };
  if (!Array.isArray(keys) || !keys.every(isKey)) throw new UsageError(`"${file}" holds no Ed25519 keys as /.well-known/jwks.json gives them.`);
  return keys;
}

function isKey(given: unknown): given is PublicJwk {
  const key = given as Partial<PublicJwk> | null;
  return key?.kty === 'OKP' && key.crv === 'Ed25519' && /^[\w-]{43}$/.test(key.x ?? '') && typeof key.kid === 'string';
}

function parsed(file: string): object {
  try {
    return JSON.parse(read(file).toString('utf8')) as object;
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(`"${file}" is no JSON.`);
    throw error;
  }
}

function read(file: string): Buffer {
  try {
    if (statSync(file).size > MAX_FILE) throw new UsageError(`"${file}" is larger than ${String(MAX_FILE)} bytes.`);
    return readFileSync(file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`"${file}" cannot be read (${String((error as NodeJS.ErrnoException).code)}).`);
  }
}
