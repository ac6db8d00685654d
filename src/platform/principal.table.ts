/** How principals are stored: here, because the door itself asks who the caller is and what the caller may do. */
import type { Principal } from '../domain/actor.js';
import { flag, governedTable, json, optionalText, optionalUuid, text, type GovernedTable } from './columns.table.js';

export const PrincipalTable: GovernedTable<Principal> = governedTable<Principal>({
  type: 'Principal', table: 'principals', prefix: 'U', scopeOf: () => null,
  columns: { kind: text, personId: optionalUuid, function: optionalText, grants: json, active: flag },
});
