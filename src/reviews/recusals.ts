/** Who has stepped back from which lane of a system. */
import { recusalsIn } from '../domain/sign-off.js';
import type { Recusal } from '../domain/eligibility.js';
import type { RecordSource } from './packages.js';
import { SignOffTable } from './review.table.js';

export async function recusalsOf(source: Pick<RecordSource, 'all'>, systemId: string): Promise<Recusal[]> {
  return recusalsIn(await source.all(SignOffTable, { systemId, choice: 'RECUSE' }));
}
