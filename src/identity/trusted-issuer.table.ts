/** How trusted issuers are stored. */
import type { TrustedIssuer } from '../domain/trusted-issuer.js';
import { flag, governedTable, instant, json, optionalText, text, uuid, whole, type GovernedTable } from '../platform/columns.table.js';

export const TrustedIssuerTable: GovernedTable<TrustedIssuer> = governedTable<TrustedIssuer>({
  type: 'TrustedIssuer', table: 'trusted_issuers', prefix: 'ISS', scopeOf: () => null,
  columns: {
    kind: text, issuer: text, audience: text, jwksUrl: optionalText, jwks: optionalText, algorithms: json, tokenType: optionalText, maxTokenAgeMinutes: whole, groupsClaim: optionalText, groupRoles: json, groupRolesDays: whole,
    admitsNewcomers: flag, signOffAcr: json, signOffAmr: json, state: text, registeredBy: uuid, registeredAt: instant,
  },
  addedLater: { jwks: null },
});
