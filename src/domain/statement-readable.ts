/** The statement as a person reads it: Markdown made from the very value that was signed. */
import { plain } from './markdown.js';
import type { Statement, StatementSubject } from './statement.js';

const VERBS = { APPROVED: 'approved', APPROVED_WITH_CONDITIONS: 'approved, on conditions,', REVIEWED: 'asked for changes to', REJECTED: 'rejected', ABSTAINED: 'read, and abstained from a vote on', RECUSED: 'declared a conflict of interest in', REVOKED: 'took back the vote on' } as const;

export function readableStatement(statement: Statement): string {
  const { signer, signOff, organization, meaning } = statement;
  return [
    `# ${signOff.number}: ${plain(signer.name)} ${VERBS[meaning]} ${statement.subjects.map((subject) => subject.promotion.number).join(', ')}`,
    ...statement.subjects.flatMap(subjectLines),
    `> ${plain(statement.text)}`,
    ...conditionLines(statement),
    [
      `- signed ${statement.at}, ${meaning === 'REVOKED' ? 'counts no longer' : `counts until ${statement.validUntil} at the most`}`,
      `- meaning: ${meaning}; decision: ${statement.choice}`,
      ...statement.attests.map((attested) => `- attests: ${attested}`),
      `- signer: ${plain(signer.name)}, account ${signer.principal}, person ${signer.person}, function ${signer.function ?? 'none'}`,
      ...(statement.delegation ? [`- in the place of ${plain(statement.delegation.name)}, person ${statement.delegation.person}, by delegation ${statement.delegation.number}, until ${statement.delegation.validUntil}`] : []),
      `- roles: ${signer.roles.map(({ role, lane }) => (lane === null ? role : `${role} ${lane}`)).join(', ')}`,
      `- signed in ${statement.authentication.at ?? 'at an unknown time'}; challenge ${statement.challenge}`,
      `- organization ${organization.id}, log ${plain(organization.log)}`,
    ].join('\n'),
  ].join('\n\n') + '\n';
}

function subjectLines(subject: StatementSubject): string[] {
  const { promotion, release, environment } = subject;
  return [`## ${release.number} into ${plain(environment.name)}`, [
    `- lanes: ${subject.lanes.join(', ')}`, `- package \`${subject.packageDigest}\``, `- bundle \`${release.bundleDigest}\``, `- request ${promotion.number}, version ${String(promotion.version)}`,
  ].join('\n')];
}

function conditionLines({ conditions = [] }: Statement): string[] {
  if (conditions.length === 0) return [];
  return ['## On the conditions', conditions.map(({ number, text, evidence, due, ownerId, effect }) => `- ${number}: ${plain(text)}; shown by ${plain(evidence)}, due ${due}, owner ${ownerId}, ${effect} if missed`).join('\n')];
}
