/** The package as a person reads it: Markdown made from the very value that is hashed, what changed since the last approved release first. */
import { classesOf } from './classification.js';
import { plain } from './markdown.js';
import type { DecisionPackage } from './package.js';
import type { PackageAssessment, PackageFinding, PackageRisk } from './package-parts.js';

/** `previous`: the package of the release that this environment runs now; null = there is none. */
export function readablePackage(pkg: DecisionPackage, digest: string, previous: DecisionPackage | null): string {
  return [
    `# ${plain(pkg.system.name)}: release ${plain(pkg.release.label)} into ${pkg.environment.name}`,
    `Package \`${digest}\``,
    '## What changed since the last approved release', ...changes(pkg, previous),
    '## The system', ...systemLines(pkg),
    '## The release', ...componentLines(pkg),
    '## Risks in scope', ...riskLines(pkg),
    '## What is done about them', ...treatmentLines(pkg),
    '## Impact assessments', ...assessmentLines(pkg),
    '## Findings in scope', ...findingLines(pkg),
    '## Conditions that are not met', ...conditionLines(pkg),
    '## Reviews that this needs', ...pkg.lanes.map((lane) => `- ${lane.lane}: ${lane.level}`),
    '## Under', `- risk criteria version ${String(pkg.criteria.version)}, tolerance ${pkg.criteria.tolerance}`, `- policy ${pkg.policy.id} ${pkg.policy.version} (\`${pkg.policy.digest}\`)`,
  ].join('\n\n').replaceAll(/\n\n- /g, '\n- ').replaceAll(/(#[^\n]*)\n- /g, '$1\n\n- ') + '\n';
}

function changes(pkg: DecisionPackage, previous: DecisionPackage | null): string[] {
  if (previous === null) return ['- Nothing was approved here before: all of it is new.'];
  const lines = [...componentChanges(pkg, previous), ...riskChanges(pkg, previous), ...assessmentChanges(pkg, previous), ...findingChanges(pkg, previous), ...systemChanges(pkg, previous)];
  return lines.length === 0 ? ['- Nothing that a review depends on.'] : lines;
}

function componentChanges(pkg: DecisionPackage, previous: DecisionPackage): string[] {
  const key = (c: { role: string; name: string }): string => `${c.role} ${plain(c.name)}`;
  const before = new Map(previous.release.components.map((c) => [key(c), c.digest]));
  const after = new Map(pkg.release.components.map((c) => [key(c), c.digest]));
  return [
    ...[...after].filter(([name]) => !before.has(name)).map(([name]) => `- added ${name}`),
    ...[...after].filter(([name, digest]) => before.has(name) && before.get(name) !== digest).map(([name]) => `- changed ${name}`),
    ...[...before.keys()].filter((name) => !after.has(name)).map((name) => `- removed ${name}`),
  ];
}

function riskChanges(pkg: DecisionPackage, previous: DecisionPackage): string[] {
  const before = new Map(previous.risks.map((risk) => [risk.id, risk]));
  return pkg.risks.flatMap((risk) => {
    const then = before.get(risk.id);
    if (then === undefined) return [`- new risk ${risk.number}: ${level(risk)}`];
    return then.current === risk.current ? [] : [`- ${risk.number}: ${level(then)} → ${level(risk)}`];
  });
}

function assessmentChanges(pkg: DecisionPackage, previous: DecisionPackage): string[] {
  const [before, after] = [editions(previous), editions(pkg)];
  return [...new Set([...before.keys(), ...after.keys()])].filter((number) => before.get(number) !== after.get(number))
    .map((number) => `- impact assessment ${number}: ${before.get(number) ?? 'none'} → ${after.get(number) ?? 'withdrawn'}`);
}

function editions(pkg: DecisionPackage): Map<string, string> {
  return new Map((pkg.impactAssessments ?? []).map((one) => [`${one.number} (${one.kind})`, `edition ${String(one.edition)}`]));
}

function findingChanges(pkg: DecisionPackage, previous: DecisionPackage): string[] {
  const before = new Map((previous.findings ?? []).map((finding) => [finding.id, finding]));
  return (pkg.findings ?? []).flatMap((finding) => {
    const then = before.get(finding.id);
    if (then === undefined) return [`- new finding ${finding.number}: ${finding.severity}`];
    return then.severity === finding.severity ? [] : [`- ${finding.number}: ${then.severity} → ${finding.severity}`];
  });
}

function systemChanges(pkg: DecisionPackage, previous: DecisionPackage): string[] {
  const [then, now] = [previous.system, pkg.system];
  const differs = (what: string, a: string, b: string): string[] => (a === b ? [] : [`- ${what}: ${plain(a)} → ${plain(b)}`]);
  return [
    ...differs('intended purpose', then.intendedPurpose, now.intendedPurpose), ...differs('tier', then.tier, now.tier), ...differs('EU AI Act class', classesOf(then).join(' and '), classesOf(now).join(' and ')), ...differs('roles under the EU AI Act', rolesIn(then), rolesIn(now)),
    ...differs('flags', then.flags.join(', '), now.flags.join(', ')), ...differs('autonomy', then.autonomy, now.autonomy), ...differs('affected groups', then.affectedGroups.join(', '), now.affectedGroups.join(', ')),
  ];
}

function systemLines({ system }: DecisionPackage): string[] {
  return [
    `- ${system.number}, tier ${system.tier}, EU AI Act class ${classesOf(system).join(' and ')}${system.flags.length > 0 ? `, ${system.flags.join(', ')}` : ''}`,
    `- intended purpose: ${plain(system.intendedPurpose)}`,
    `- autonomy: ${system.autonomy}`,
    `- affected groups: ${list(system.affectedGroups)}`,
    `- not to be used for: ${list(system.prohibitedUses)}`,
    ...signedLines(system),
  ];
}

function signedLines({ classification: signed }: DecisionPackage['system']): string[] {
  if (signed === undefined) return [];
  const beside = [...signed.annexIIIUses, ...(signed.derogation === null ? [] : [`exempt by ${signed.derogation}`])];
  return [`- classification ${String(signed.revision)}, signed ${signed.signedAt.slice(0, 10)}, valid until ${signed.validUntil.slice(0, 10)}: ${[...signed.roles, ...beside].join(', ')} (\`${signed.digest}\`)`];
}

function rolesIn({ classification }: DecisionPackage['system']): string {
  return classification?.roles.join(', ') ?? 'nobody has signed any';
}

function componentLines({ release }: DecisionPackage): string[] {
  return [`- ${release.number}, bundle \`${release.bundleDigest}\``, ...release.components.map((c) => `- ${c.role} ${plain(c.name)} \`${c.digest}\``), ...(release.changeClaim ? [`- confirmed to be no more than ${release.changeClaim.changeClass} since release ${release.changeClaim.sinceId}`] : [])];
}

function riskLines(pkg: DecisionPackage): string[] {
  if (pkg.risks.length === 0) return ['- None is registered.'];
  return pkg.risks.map((risk) => {
    const { source, event, consequence } = risk.statement;
    const accepted = risk.acceptance === null ? '' : `, acceptance ${risk.acceptance.number} until ${risk.acceptance.validUntil.slice(0, 10)}`;
    return `- ${risk.number} (${risk.state}, inherent ${risk.inherent ?? 'not assessed'}, now ${level(risk)}${accepted}): ${plain(source)} → ${plain(event)} → ${plain(consequence)}`;
  });
}

function treatmentLines(pkg: DecisionPackage): string[] {
  const mitigations = (pkg.mitigations ?? []).map((one) => `- ${one.number} for ${one.risk} (${one.state}, ${one.effect} −${String(one.reduces)}, due ${one.due.slice(0, 10)}${one.requiredFrom === null ? '' : `, required from ${one.requiredFrom}`}): ${plain(one.title)}${one.evidence.length === 0 ? '' : `, shown by ${one.evidence.join(', ')}`}`);
  const evidence = (pkg.evidence ?? []).map((one) => `- ${one.number} (${one.state}, ${one.type}, until ${one.validUntil.slice(0, 10)}): ${plain(one.title)} \`${one.digest}\`${one.subjectDigest === null ? '' : `, about \`${one.subjectDigest}\``}`);
  return mitigations.length === 0 ? ['- No mitigation is registered.'] : [...mitigations, ...evidence];
}

function assessmentLines(pkg: DecisionPackage): string[] {
  const line = (one: PackageAssessment): string => `- ${one.number} (${one.kind}), edition ${String(one.edition)}, approved ${one.approvedAt.slice(0, 10)}, valid until ${one.validUntil.slice(0, 10)} (\`${one.answersDigest}\`)`;
  const lines = (pkg.impactAssessments ?? []).map(line);
  return lines.length === 0 ? ['- None is approved.'] : lines;
}

function findingLines(pkg: DecisionPackage): string[] {
  const line = (finding: PackageFinding): string => `- ${finding.number} (${finding.severity}, ${finding.state}${finding.due === null ? '' : `, due ${finding.due.slice(0, 10)}`}): ${plain(finding.statement)}`;
  const lines = (pkg.findings ?? []).map(line);
  return lines.length === 0 ? ['- None is open.'] : lines;
}

function conditionLines(pkg: DecisionPackage): string[] {
  const lines = (pkg.conditions ?? []).map((one) => `- ${one.number} (${one.lanes.join(', ')}, ${one.state}, due ${one.due.slice(0, 10)}, ${one.effect} if missed): ${plain(one.text)}, shown by ${plain(one.evidence)}`);
  return lines.length === 0 ? ['- None.'] : lines;
}

function level(risk: PackageRisk): string {
  return risk.current ?? 'not assessed';
}

function list(values: readonly string[]): string {
  return values.length === 0 ? 'none named' : values.map(plain).join('; ');
}
