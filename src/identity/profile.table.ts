/** How names and subjects are stored: apart from the accounts, so that they can be erased while decisions stay. */
import type { Profile } from '../domain/actor.js';
import { governedTable, text, type GovernedTable } from '../platform/columns.table.js';

export const ProfileTable: GovernedTable<Profile> = governedTable<Profile>({
  type: 'Profile', table: 'profiles', prefix: null, scopeOf: () => null, columns: { issuer: text, subject: text, displayName: text },
});
