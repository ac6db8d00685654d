/** How the register stores what it knows of a file behind evidence. */
import type { EvidenceFile } from '../domain/evidence-file.js';
import { governedTable, instant, optionalText, text, uuid, whole, type GovernedTable } from '../platform/columns.table.js';

export const EvidenceFileTable: GovernedTable<EvidenceFile> = governedTable<EvidenceFile>({
  type: 'EvidenceFile', table: 'evidence_files', prefix: null, scopeOf: (file) => file.systemId,
  columns: { systemId: uuid, contentDigest: text, size: whole, mediaType: text, name: optionalText, storedBy: uuid, storedAt: instant },
});
