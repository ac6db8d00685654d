/** Opens an organization without a running server: its first account comes through the same door as everything else. */
import { checkText } from '../domain/digest.js';
import { Refusal } from '../domain/refusal.js';
import { BUILT_IN_ISSUER } from '../identity/issuer.js';
import { PeopleService } from '../identity/people.service.js';
import { ProfileTable } from '../identity/profile.table.js';
import { ConfigError, type OperatorConfig } from '../platform/config.js';
import { checkRole, openDatabase } from '../platform/database.js';
import { Metrics } from '../platform/metrics.js';
import { PrincipalTable } from '../platform/principal.table.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { openOrganization } from './organization.js';

export interface Founding { readonly name: string; readonly subject: string; readonly displayName: string }

/** Gives the id of the organization. */
export async function found({ ownerUrl, appUrl, origin }: OperatorConfig, { name, subject, displayName }: Founding): Promise<string> {
  if (appUrl === null) throw new ConfigError('DATABASE_URL', 'is missing; the first administrator is admitted as the application');
  const database = await openDatabase({ url: appUrl, poolSize: 2, applicationName: 'countersign tenant' }, [PrincipalTable.schema, ProfileTable.schema]);
  try {
    await checkRole(database);
    const work = new UnitOfWork(database, new Metrics(database));
    await requireFounding(work, { name, subject, displayName });
    const administrator = { kind: 'USER', issuer: BUILT_IN_ISSUER, subject, displayName, function: null, grants: [{ role: 'TENANT_ADMIN' }] } as const;
    return (await openOrganization(new PeopleService(work), ownerUrl, { name, origin, administrator })).tenantId;
  } finally {
    await database.destroy();
  }
}

/** Before anything is made: nobody could sign in under a subject that means somebody else already. */
async function requireFounding(work: UnitOfWork, { name, subject, displayName }: Founding): Promise<void> {
  checkText(name, 'name', 200);
  checkText(subject, 'administrator', 200);
  checkText(displayName, 'display-name', 200);
  if (await work.identify(BUILT_IN_ISSUER, subject, null) !== null) throw new Refusal('ALREADY_EXISTS', { field: 'administrator', message: 'Somebody of another organization signs in at the built-in issuer as this subject.', next: 'Choose another subject.' });
}
