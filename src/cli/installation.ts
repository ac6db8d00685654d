/**
 * An organization of an installed register, the first one or another: its tenant and log as the owner of the database, its first administrator
 * and the issuer that signs them in through the door, with their entries. What was interrupted goes on where it stood; what is done is never done again.
 */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { checkText } from '../domain/digest.js';
import { Refusal } from '../domain/refusal.js';
import { registerIssuer, type IssuerInput } from '../domain/trusted-issuer.js';
import { PeopleService } from '../identity/people.service.js';
import { ProfileTable } from '../identity/profile.table.js';
import { TrustedIssuerTable } from '../identity/trusted-issuer.table.js';
import { TrustedIssuersService } from '../identity/trusted-issuers.service.js';
import { openDatabase } from '../platform/database.js';
import { Lists } from '../platform/lists.js';
import { Metrics } from '../platform/metrics.js';
import type { Outgoing } from '../platform/outgoing/outgoing.js';
import { Pools } from '../platform/pools.js';
import { PrincipalTable } from '../platform/principal.table.js';
import { checkRole } from '../platform/role-check.js';
import { createTenant, openAlone, type Standing } from '../platform/tenants.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { CriteriaService } from '../risks/criteria.service.js';
import { CriteriaTable } from '../risks/risk.table.js';
import { Refused } from './client.js';
import { contextOf } from './organization.js';

export interface WantedOrganization {
  /** Whether there may be others before it. */
  readonly another: boolean;
  readonly name: string;
  /** The name that begins its log's origin. */
  readonly origin: string;
  readonly issuer: IssuerInput;
  readonly administrator: { readonly subject: string; readonly displayName: string };
}

export interface Founded { readonly tenantId: string; readonly administrator: string; readonly issuer: string; /** Whether it was all there already. */ readonly before: boolean }

interface Services { readonly people: PeopleService; readonly criteria: CriteriaService; readonly issuers: TrustedIssuersService }

export async function foundOrganization(urls: { appUrl: string; ownerUrl: string }, given: WantedOrganization, outgoing: Outgoing): Promise<Founded> {
  const wanted = checked(given, outgoing);
  const database = await openDatabase({ url: urls.appUrl, poolSize: 2, applicationName: 'countersign bootstrap' }, [PrincipalTable.schema, ProfileTable.schema, TrustedIssuerTable.schema, CriteriaTable.schema]);
  try {
    await checkRole((sql) => database.query(sql));
    const pools = Pools.single(database);
    const work = new UnitOfWork(pools, new Metrics(pools));
    const services = { people: new PeopleService(work), criteria: new CriteriaService(work), issuers: new TrustedIssuersService(work, new Lists(work), outgoing) };
    return await openAlone(urls.ownerUrl, async (known) => goOn(standingIn(known, wanted) ?? await openTenant(urls.ownerUrl, wanted), wanted, services));
  } finally {
    await database.destroy();
  }
}

/** Before anything is written: what the rules would refuse half-way. Given back as they would write it. */
function checked(wanted: WantedOrganization, { loopback }: Outgoing): WantedOrganization {
  const { name, issuer, administrator } = wanted;
  const { algorithms } = registerIssuer({ id: '', number: '' }, issuer, { personId: '', now: '', loopback }).next;
  checkText(name, 'organization', 200);
  checkText(administrator.subject, 'subject', 200);
  checkText(administrator.displayName, 'name', 200);
  return { ...wanted, issuer: { ...issuer, algorithms } };
}

/** Where it stands already; null = it is to be opened. Refused where it may not be. */
function standingIn(known: readonly Standing[], wanted: WantedOrganization): Standing | null {
  const same = known.find((standing) => isSame(standing, wanted)) ?? null;
  const [first] = known;
  if (!wanted.another && same === null && first !== undefined) throw alreadyFounded(first);
  const claimed = same?.issuer != null ? undefined : known.find((standing) => standing !== same && believes(standing, wanted.issuer));
  if (claimed !== undefined) throw new Refused('ALREADY_EXISTS', `Tokens of this issuer for this audience are those of ${claimed.name}. Nothing was changed.`, 'Choose an audience that is this organization’s alone.');
  return same;
}

/** Also by a registration that came later than its opening. */
function believes({ believed }: Standing, { issuer, audience }: IssuerInput): boolean {
  return believed.some((one) => one.issuer === issuer && one.audience === audience);
}

async function openTenant(ownerUrl: string, { name, origin }: WantedOrganization): Promise<Standing> {
  const tenantId = randomUUID();
  const standing = { tenantId, name, origin: `${origin}/${tenantId}`, isErased: false, founder: null, issuer: null, believed: [] };
  await createTenant(ownerUrl, { id: tenantId, name, origin: standing.origin });
  return standing;
}

/** The issuer comes last: where it stands, all of it does. */
async function goOn({ tenantId, founder, issuer }: Standing, wanted: WantedOrganization, services: Services): Promise<Founded> {
  const administrator = founder ?? await admitFounder(tenantId, wanted, services.people);
  if (issuer !== null) return { tenantId, administrator: administrator.number, issuer: issuer.number, before: true };
  const ctx = contextOf(tenantId, administrator.id, 'founding');
  await services.criteria.adoptDefault(ctx).catch(unlessThere);
  const trusted = await services.issuers.register(ctx, wanted.issuer, true);
  return { tenantId, administrator: administrator.number, issuer: trusted.number, before: false };
}

/** With the policy, too: somebody has to adopt the criteria that every risk is judged by. */
async function admitFounder(tenantId: string, { issuer: { issuer }, administrator }: WantedOrganization, people: PeopleService): Promise<{ id: string; number: string }> {
  return people.admit(contextOf(tenantId, randomUUID(), 'founding'), { kind: 'USER', issuer, ...administrator, function: null, grants: [{ role: 'TENANT_ADMIN' }, { role: 'POLICY_ADMIN' }] });
}

function unlessThere(error: unknown): void {
  if (!(error instanceof Refusal && error.code === 'ALREADY_EXISTS')) throw error;
}

/** As far as it has come. What is erased is nobody's any more, whatever its name. */
function isSame({ tenantId, origin, name, isErased, founder, issuer }: Standing, wanted: WantedOrganization): boolean {
  return !isErased && name === wanted.name && origin === `${wanted.origin}/${tenantId}`
    && agrees(founder, { ...wanted.administrator, issuer: wanted.issuer.issuer }) && agrees(issuer, wanted.issuer);
}

/** In whatever was given; what stands there has a number besides. */
function agrees(there: object | null, given: object): boolean {
  const facts = new Map<string, unknown>(Object.entries(given));
  return Object.entries(there ?? {}).every(([fact, value]) => !facts.has(fact) || isDeepStrictEqual(value, facts.get(fact)));
}

function alreadyFounded({ name }: Standing): Refused {
  return new Refused('ALREADY_EXISTS', `This register has its first organization already: ${name}. Nothing was changed.`, 'Whoever administers it admits others: admitPerson and grantRole. Another organization: "countersign tenant create".');
}
