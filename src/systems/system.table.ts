/** How AI systems, their releases and the environments are stored. */
import type { Environment, Release } from '../domain/release.js';
import type { AiSystem } from '../domain/system.js';
import { governedTable, instant, json, optionalInstant, optionalJson, optionalText, optionalUuid, text, uuid, type GovernedTable } from '../platform/columns.table.js';

export const SystemTable: GovernedTable<AiSystem> = governedTable<AiSystem>({
  type: 'AiSystem', table: 'ai_systems', prefix: 'SYS', scopeOf: (system) => system.id,
  columns: {
    name: text, intendedPurpose: text, prohibitedUses: json, ownerId: uuid, developerIds: json, businessUnit: optionalText, affectedGroups: json,
    autonomy: text, jurisdictions: json, state: text, tierAssessments: json, tieringAnswers: json, classifications: json, profileChangedAt: optionalInstant, authoredBy: uuid, lastEditedBy: uuid, editors: json,
  },
  addedLater: { tieringAnswers: [], classifications: [], profileChangedAt: null },
});

export const ReleaseTable: GovernedTable<Release> = governedTable<Release>({
  type: 'Release', table: 'releases', prefix: 'REL', scopeOf: (release) => release.systemId,
  columns: { systemId: uuid, label: text, components: json, bundleDigest: text, state: text, withdrawnReason: optionalText, authoredBy: uuid, createdAt: instant, changeClaim: optionalJson, dataChangedAt: optionalInstant, sourcesAdded: json },
  addedLater: { changeClaim: null, dataChangedAt: null, sourcesAdded: [] },
});

export const EnvironmentTable: GovernedTable<Environment> = governedTable<Environment>({
  type: 'Environment', table: 'environments', prefix: null, scopeOf: () => null, columns: { name: text, kind: text, previousId: optionalUuid },
});
