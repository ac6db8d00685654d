/** What "countersign admin bootstrap" and "countersign tenant create" do: the facts that were given and those that the issuer publishes, checked together before anything is written. */
import { TOKEN_ALGORITHMS, TOKEN_TYPES } from '../domain/trusted-issuer.js';
import { readDatabaseUrls, readFoundingConfig } from '../platform/config.js';
import { asRefusal } from '../platform/database.js';
import { Outgoing } from '../platform/outgoing/outgoing.js';
import { OutgoingError } from '../platform/outgoing/outgoing-client.js';
import { isObject, Refused, toldBeside, Unreachable } from './client.js';
import { UsageError, type Given } from './command.js';
import { foundOrganization, type WantedOrganization, type Founded } from './installation.js';

export async function bootstrap(given: Given, another = false): Promise<{ wanted: WantedOrganization; founded: Founded }> {
  const { origin, outgoingLoopback, outgoingNetworks } = readFoundingConfig();
  const outgoing = new Outgoing(outgoingLoopback, outgoingNetworks);
  const urls = readDatabaseUrls();
  const wanted = { ...await wantedOf(given, origin, outgoing), another };
  return { wanted, founded: await foundOrganization(urls, wanted, outgoing).catch(retold) };
}

async function wantedOf(given: Given, origin: string, outgoing: Outgoing): Promise<Omit<WantedOrganization, 'another'>> {
  const issuer = given.required('issuer');
  const [name, audience, subject, displayName] = [given.required('organization'), given.required('audience'), given.required('subject'), given.required('name')];
  const algorithms = given.list('algorithm').map((algorithm) => oneOf(TOKEN_ALGORITHMS, algorithm, 'algorithm'));
  const tokenType = given.text('token-type');
  const jwksUrl = given.text('jwks-url') ?? await discovered(issuer, outgoing);
  await requireKeys(jwksUrl, outgoing);
  return {
    name, origin, administrator: { subject, displayName },
    issuer: {
      kind: 'PEOPLE', issuer, audience, jwksUrl, jwks: null, algorithms: algorithms.length === 0 ? ['RS256'] : algorithms, tokenType: tokenType === null ? null : oneOf(TOKEN_TYPES, tokenType, 'token-type'),
      maxTokenAgeMinutes: 60, groupsClaim: null, groupRoles: [], groupRolesDays: 30, admitsNewcomers: false, signOffAcr: [], signOffAmr: [],
    },
  };
}

function oneOf<const T extends string>(allowed: readonly T[], value: string, option: string): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw new UsageError(`--${option} is one of ${allowed.join(', ')}, not "${value}".`);
  return found;
}

/** OpenID Connect Discovery 1.0: the document has to name exactly this issuer, or it is somebody else's. */
async function discovered(issuer: string, outgoing: Outgoing): Promise<string> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const found = await fetched(address, outgoing);
  if (found['issuer'] !== issuer) throw new UsageError(`${address} is of the issuer ${JSON.stringify(found['issuer'])}; --issuer is that, letter by letter.`);
  if (typeof found['jwks_uri'] !== 'string') throw new UsageError(`${address} tells no jwks_uri; give it as --jwks-url.`);
  return found['jwks_uri'];
}

/** The servers will fetch them in the same way: better told now than at the first sign-in. */
async function requireKeys(jwksUrl: string, outgoing: Outgoing): Promise<void> {
  if (!Array.isArray((await fetched(jwksUrl, outgoing))['keys'])) throw new UsageError(`${jwksUrl} holds no keys.`);
}

async function fetched(address: string, outgoing: Outgoing): Promise<Readonly<Record<string, unknown>>> {
  const body = await outgoing.json(address).catch((error: unknown) => {
    if (error instanceof OutgoingError) throw new Unreachable(`${address}: ${error.message}`, error);
    throw error;
  });
  return isObject(body) ? body : {};
}

/** A rule, or the database, said no; anything else is told as it is. */
function retold(error: unknown): never {
  if (error instanceof Refused) throw error;
  const refusal = asRefusal(error);
  if (refusal === null) throw new Unreachable((error as Error).message, error);
  throw new Refused(refusal.code, refusal.message, refusal.facts.next ?? null, toldBeside(refusal.message, { ...refusal.facts }));
}
