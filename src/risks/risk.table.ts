/** How risks and the criteria are stored. */
import type { Risk } from '../domain/risk.js';
import type { RiskCriteria } from '../domain/scoring.js';
import { governedTable, instant, json, optionalJson, optionalText, optionalUuid, text, uuid, type GovernedTable } from '../platform/columns.table.js';

export const RiskTable: GovernedTable<Risk> = governedTable<Risk>({
  type: 'Risk', table: 'risks', prefix: 'R', scopeOf: (risk) => risk.systemId,
  columns: {
    systemId: uuid, externalId: optionalText, releaseId: optionalUuid, statement: json, affectedParties: json, taxonomy: json, ownerId: uuid, state: text, treatment: optionalJson,
    assessments: json, confirmation: optionalJson, ending: optionalText, authoredBy: uuid, lastEditedBy: uuid, editors: json, loggedAt: instant,
  },
  addedLater: { externalId: null },
});

export const CriteriaTable: GovernedTable<RiskCriteria> = governedTable<RiskCriteria>({
  type: 'RiskCriteria', table: 'risk_criteria', prefix: null, scopeOf: () => null,
  columns: { name: text, likelihood: json, consequence: json, matrix: json, floors: json, appetite: text, tolerance: text, authority: json, acceptanceDays: json, reviewDays: json },
  addedLater: { reviewDays: { VERY_LOW: 365, LOW: 365, MODERATE: 180, HIGH: 90, VERY_HIGH: 30 } },
});
