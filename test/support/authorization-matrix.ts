// test/authorization-matrix.csv: who may do what. A row is an operation of the published API, with the permission that the door asks for, what is
// answered to somebody who holds every role for another system only, and a column for each role. Written down beside the code, not read from it:
// whoever changes a permission changes both. What is allowed to whom by their part in one record is in lifecycles.csv.
import { readFileSync } from 'node:fs';
import { ROLES, type Permission, type Role } from '../../src/domain/actor.js';

export interface MatrixRow {
  /** A root field of GraphQL, or a method and path of REST. */
  readonly operation: string;
  /** `account` = whoever has an account, `none` = anybody. */
  readonly permission: Permission | 'account' | 'none';
  /** `yes`, or the code of the refusal. */
  readonly elsewhere: string;
  readonly roles: readonly Role[];
}

export function authorizationMatrix(): MatrixRow[] {
  const [head = '', ...lines] = readFileSync(new URL('../authorization-matrix.csv', import.meta.url), 'utf8').trim().split('\n');
  if (head !== ['operation', 'permission', 'elsewhere', ...ROLES].join(',')) throw new Error('authorization-matrix.csv has a column for each role, in the order of ROLES.');
  return lines.map((line) => {
    const [operation = '', permission = '', elsewhere = '', ...cells] = line.split(',');
    if (cells.length !== ROLES.length || cells.some((cell) => !['yes', '-'].includes(cell))) throw new Error(`${operation}: each role has yes or -.`);
    return { operation, permission: permission as MatrixRow['permission'], elsewhere, roles: ROLES.filter((_, i) => cells[i] === 'yes') };
  });
}
