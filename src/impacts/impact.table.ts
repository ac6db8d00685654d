/** How impact assessments are stored: all editions that were approved in one row. */
import type { ImpactAssessment } from '../domain/impact-assessment.js';
import { governedTable, instant, json, optionalInstant, optionalJson, optionalText, text, uuid, whole, type GovernedTable } from '../platform/columns.table.js';

export const ImpactTable: GovernedTable<ImpactAssessment> = governedTable<ImpactAssessment>({
  type: 'ImpactAssessment', table: 'impact_assessments', prefix: 'IA', scopeOf: (assessment) => assessment.systemId,
  columns: {
    systemId: uuid, kind: text, state: text, edition: whole, answers: json, evidenceIds: json, submission: optionalJson, remark: optionalText, editions: json, validUntil: optionalInstant,
    authoredBy: uuid, lastEditedBy: uuid, editors: json, draftedAt: instant,
  },
});
