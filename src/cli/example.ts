/**
 * The example organization of embedded mode, made on the first start through the public services: people, environments, criteria, and three
 * systems of different tiers.
 */
import type { INestApplicationContext } from '@nestjs/common';
import { BUILT_IN_ISSUER } from '../identity/issuer.js';
import { PeopleService } from '../identity/people.service.js';
import { DatabaseUnusable } from '../platform/database-unusable.js';
import type { RequestContext } from '../platform/request-context.js';
import { fillOnce } from '../platform/tenants.js';
import { CriteriaService } from '../risks/criteria.service.js';
import { ConfirmationsService } from '../acceptances/confirmations.service.js';
import { RisksService } from '../risks/risks.service.js';
import { ReleasesService } from '../systems/releases.service.js';
import { SystemsService } from '../systems/systems.service.js';
import { ADMINISTRATOR, EXAMPLE_PEOPLE } from './example-people.js';
import { ExampleActs } from './example-acts.js';
import { seedLoans, seedSearch } from './example-systems.js';
import { contextOf, openOrganization } from './organization.js';
import { modelComponents } from './story/model-files.js';

export interface ExampleOptions { readonly ownerUrl: string; readonly origin: string; readonly projectFolder: string; readonly say: (line: string) => void }

/** Makes the example in an empty register; does nothing in any other. */
export async function seedExample(app: INestApplicationContext, options: ExampleOptions): Promise<void> {
  const filled = await fillOnce(options.ownerUrl, async () => {
    options.say('Making the example organization …');
    const people = await seedOrganization(app, options);
    await seedSystems(app, people, options.projectFolder);
  });
  if (!filled) throw new DatabaseUnusable('MIGRATION_DATABASE_URL: the first start on this database was interrupted while the example was made; drop the database, prepare it again and start');
}

/** The organization without any system: people, environments, criteria. Gives the context of each person by handle. */
export async function seedOrganization(app: INestApplicationContext, options: Pick<ExampleOptions, 'ownerUrl' | 'origin'>): Promise<(handle: string) => RequestContext> {
  const { tenantId, administrator } = await openOrganization(app.get(PeopleService), options.ownerUrl, { name: 'Example organization', origin: options.origin, administrator: ADMINISTRATOR });
  const contexts = new Map<string, RequestContext>([['ada', administrator]]);
  for (const person of EXAMPLE_PEOPLE) {
    const admitted = await app.get(PeopleService).admit(administrator, person);
    contexts.set(person.subject, contextOf(tenantId, admitted.id, 'example'));
  }
  await app.get(CriteriaService).adoptDefault(administrator);
  const releases = app.get(ReleasesService);
  await releases.createEnvironment(administrator, { name: 'dev', kind: 'DEVELOPMENT', previous: null });
  await releases.createEnvironment(administrator, { name: 'pilot', kind: 'PILOT', previous: null });
  await releases.createEnvironment(administrator, { name: 'production', kind: 'PRODUCTION', previous: 'pilot' });
  return (handle) => {
    const found = contexts.get(handle);
    if (found === undefined) throw new Error(`the example has nobody called ${handle} (${BUILT_IN_ISSUER})`);
    return contextOf(found.tenantId, found.principalId, found.requestId);
  };
}

/** Three systems of different tiers: customer mail that waits for its reviews, a search that has passed, and a scoring that has not. */
export async function seedSystems(app: INestApplicationContext, as: (handle: string) => RequestContext, projectFolder: string): Promise<void> {
  await seedSystem(app, as, projectFolder);
  const acts = new ExampleActs(app, as);
  await seedSearch(app, acts);
  await seedLoans(app, acts);
}

/** One system with a confirmed risk, an open one, and a release of real files. */
async function seedSystem(app: INestApplicationContext, as: (handle: string) => RequestContext, projectFolder: string): Promise<void> {
  const systems = app.get(SystemsService);
  const system = await systems.register(as('sam'), {
    name: 'Customer mail triage', intendedPurpose: 'Sorts incoming customer mail by topic and urgency, so that the right team reads it first. People answer every mail.',
    prohibitedUses: ['Answering mail without a person', 'Judging the person who wrote'], owner: 'sam', developers: ['dana'], businessUnit: 'Customer service',
    affectedGroups: ['Customers who write mail'], autonomy: 'RECOMMENDS', jurisdictions: ['EU'],
  });
  await systems.assessTier(as('hugo'), { id: system.id, expectedVersion: 1 }, {
    tier: 'MODERATE', euClass: 'LIMITED', flags: ['PERSONAL_DATA', 'SPECIAL_CATEGORY', 'THIRD_PARTY_MODEL'], rationale: 'Mail may tell about health; the order of reading has moderate effect, and people decide.',
  });
  await seedRisks(app, as, system.id);
  const components = await modelComponents(projectFolder);
  await app.get(ReleasesService).create(as('dana'), system.id, { label: '1.0.0', components });
}

async function seedRisks(app: INestApplicationContext, as: (handle: string) => RequestContext, systemId: string): Promise<void> {
  const risks = app.get(RisksService);
  const logged = await risks.log(as('sam'), systemId, {
    statement: { source: 'Mail about health problems', event: 'is sorted by a model that keeps traces of it in its logs', consequence: 'and discloses special-category data to people who must not see it' },
    affectedParties: ['Customers who write mail'], taxonomy: ['owasp-llm@2025#LLM02'], owner: 'sam', release: null,
  }, false);
  const assessed = await risks.assess(as('sam'), { id: logged.id, expectedVersion: logged.version }, {
    inherent: { likelihood: 2, consequences: [{ class: 'LEGAL', value: 3 }] }, current: { likelihood: 2, consequences: [{ class: 'LEGAL', value: 3 }] }, target: null,
    rationale: 'Logs are redacted before they are written; access is limited to two people.', strengthOfKnowledge: 'MEDIUM',
  });
  await app.get(ConfirmationsService).confirm(as('rita'), { id: assessed.id, expectedVersion: assessed.version });
  await risks.log(as('dana'), systemId, {
    statement: { source: 'A writer who knows how mail is sorted', event: 'words a mail so that it is read first', consequence: 'and urgent mail of others waits longer' },
    affectedParties: ['Customers who write mail'], taxonomy: ['owasp-llm@2025#LLM01'], owner: 'sam', release: null,
  }, false);
}
