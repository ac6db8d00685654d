/** How promotions and sign-offs are stored. */
import type { Promotion } from '../domain/promotion.js';
import type { SignOff } from '../domain/sign-off.js';
import { governedTable, instant, json, optionalInstant, optionalJson, optionalText, text, uuid, type GovernedTable } from '../platform/columns.table.js';

export const PromotionTable: GovernedTable<Promotion> = governedTable<Promotion>({
  type: 'Promotion', table: 'promotions', prefix: 'P', scopeOf: (promotion) => promotion.systemId,
  columns: { systemId: uuid, releaseId: uuid, environmentId: uuid, state: text, reason: text, requestedBy: uuid, openedAt: instant, packageDigest: text, lanes: json, ending: optionalText, claims: json, due: optionalInstant },
  addedLater: { claims: [], due: null },
});

export const SignOffTable: GovernedTable<SignOff> = governedTable<SignOff>({
  type: 'SignOff', table: 'sign_offs', prefix: 'SO', scopeOf: (signOff) => signOff.systemId,
  columns: {
    systemId: uuid, subjects: json, choice: text, meaning: text, statement: text, attests: json, signerId: uuid, personId: uuid, challengeId: uuid,
    signedAt: instant, validUntil: instant, withdrawn: optionalJson,
  },
});
