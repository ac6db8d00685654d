// Rows of a file of risks as a test writes them: whatever it does not name is right.
import { ROW_COLUMNS } from '../../src/domain/risk-rows.js';

export const HEADER = ROW_COLUMNS.join(',');
export type Cells = Partial<Record<(typeof ROW_COLUMNS)[number], string>>;

export function csvRow(system: string, id: string, more: Cells = {}): string {
  const cells = { external_id: id, system, source: `source ${id}`, event: 'it happens', consequence: 'harm', owner: 'sam', affected_parties: 'customers;staff', taxonomy: 'owasp-llm@2025#LLM01', release: '', draft: 'false', ...more };
  return ROW_COLUMNS.map((column) => `"${cells[column].replaceAll('"', '""')}"`).join(',');
}

export function csvFile(...rows: readonly string[]): Buffer {
  return Buffer.from([HEADER, ...rows].join('\n'));
}
