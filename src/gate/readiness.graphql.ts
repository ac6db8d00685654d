/** How the way from pilot to production is shown: items with their states, themes with their progress, and what the pilot has brought up. */
import { Field, Int, ObjectType } from '@nestjs/graphql';
import { statedClasses } from '../domain/classification.js';
import type { Finding, FindingState } from '../domain/finding.js';
import { VERDICTS, type Verdict } from '../domain/gate.js';
import { isGreen, ITEM_STATES, type ItemState, type ReadinessItem, type ThemeProgress } from '../domain/gate-readiness.js';
import { GATED_KINDS, SUPPLIERS, type EvidenceRow, type GatedKind, type Supplier } from '../domain/policy-terms.js';
import type { Level } from '../domain/scoring.js';
import type { EuClass } from '../domain/system.js';
import { findNode, type Catalogues } from '../domain/taxonomy.js';
import { publishEnum } from '../platform/graphql-types.js';
import { LawDateConfirmationModel, showConfirmed } from '../policies/law-dates.graphql.js';
import { lawDate } from '../policies/legal-obligations.js';
import { LevelEnum } from '../risks/criteria.graphql.js';
import { EnvironmentKindEnum } from '../systems/releases.graphql.js';
import { ReasonModel, showReason, VerdictEnum } from './gate.graphql.js';
import type { Readiness } from './readiness.service.js';

const ItemStateEnum = publishEnum('ReadinessState', ITEM_STATES, 'How far an item is. The first three let the release through; all others do not.', {
  SATISFIED: { description: 'It is met.' },
  WAIVED: { description: 'It is not met, and people with the authority let it pass for a time.' },
  ADVISORY: { description: 'It is not met, and the policy only says so.' },
  PENDING: { description: 'What should meet it is there and waits for somebody.' },
  MISSING: { description: 'Nothing is there that could meet it.' },
  EXPIRED: { description: 'What met it has ended, or is older than the policy allows.' },
  FOREIGN: { description: 'What is there is about other bytes.' },
  REJECTED: { description: 'What is there does not say what it should.' },
});
const SupplierEnum = publishEnum('ReadinessSupplier', SUPPLIERS, 'From where an item is usually met.', {
  HUMAN: { description: 'Somebody writes it, and somebody else verifies it.' },
  INTEGRATION: { description: 'A pipeline or a tool measures it.' },
  SYSTEM: { description: 'The register knows it.' },
});
const DISPOSITIONS = ['OPEN', 'PLANNED', 'DONE', 'CLOSED', 'ACCEPTED'] as const;
type Disposition = (typeof DISPOSITIONS)[number];
const DispositionEnum = publishEnum('PilotFindingDisposition', DISPOSITIONS, 'What was decided about a limit that a pilot met.', {
  OPEN: { description: 'Nothing yet.' },
  PLANNED: { description: 'Its owner has said what will be done, and by when.' },
  DONE: { description: 'Its owner has shown that it was done.' },
  CLOSED: { description: 'Somebody else has looked, and agrees.' },
  ACCEPTED: { description: 'An acceptance of a risk carries it for a time.' },
});
const DISPOSITION_OF: Readonly<Record<FindingState, Disposition>> = { OPEN: 'OPEN', PLANNED: 'PLANNED', DONE: 'DONE', CLOSED: 'CLOSED', RISK_ACCEPTED: 'ACCEPTED' };

@ObjectType('RequirementBasis', { description: 'Where a demand comes from.' })
export class RequirementBasisModel {
  @Field({ description: 'Framework, version and entry, such as eu-ai-act@2026-1744#Art-10.' }) reference!: string;
  @Field(() => String, { nullable: true, description: 'What the entry is about, in a few words; null = no catalogue here knows it.' }) title!: string | null;
  @Field(() => String, { nullable: true, description: 'The first day on which it is law for a system of its class, of several the first, such as 2027-12-02; null = it is no law, or no day is recorded. The policy asks for the item all the same.' }) inLawFrom!: string | null;
  @Field(() => String, { nullable: true, description: 'Which publication the day is taken from; null where there is no day.' }) source!: string | null;
  @Field(() => Boolean, { description: 'Whether a person of the organization has confirmed the day; the answer of the gate depends on neither.' }) confirmed!: boolean;
  @Field(() => [LawDateConfirmationModel], { description: 'Who confirmed a day of the article and nobody took back, with `outcome`: for a day that is no longer recorded it is OUTDATED.' }) confirmations!: LawDateConfirmationModel[];
}

@ObjectType('ReadinessItem', { description: 'One demand of the policy on the way from pilot to production, and how far it is for this release.' })
export class ReadinessItemModel {
  @Field({ description: 'What reasons and waivers call it, such as R7/S-01.' }) requirement!: string;
  @Field({ description: 'What has to be so, in one line.' }) title!: string;
  @Field(() => String, { nullable: true, description: 'Under which heading it belongs, such as scaling; null = under none.' }) theme!: string | null;
  @Field(() => ItemStateEnum, { description: 'Judged now, together with the answer of the gate.' }) state!: ItemState;
  @Field(() => Boolean, { description: 'Whether it stops the release when it is not met; otherwise the policy only says so.' }) blocks!: boolean;
  @Field(() => EnvironmentKindEnum, { nullable: true, description: 'The first kind of environment in which it is asked.' }) from!: GatedKind | null;
  @Field(() => SupplierEnum, { nullable: true, description: 'Who usually brings it; null = the policy does not say.' }) suppliedBy!: Supplier | null;
  @Field(() => String, { nullable: true, description: 'The type of evidence that meets it, such as scaling_test; null = none does.' }) evidenceType!: string | null;
  @Field(() => Int, { nullable: true, description: 'How many days old that evidence may be, from when it was collected; null = as old as it is valid.' }) maxAgeDays!: number | null;
  @Field(() => [String], { description: 'Short numbers of the evidence that speaks for it, met or not; at most 20.' }) evidence!: readonly string[];
  @Field(() => [ReasonModel], { description: 'Why it is not met, with what was found and what is required; empty where it is met.' }) reasons!: ReasonModel[];
  @Field({ description: 'What to do so that it is met; how it is worded may change.' }) howToSupply!: string;
  @Field(() => [RequirementBasisModel], { description: 'Articles and clauses that it rests on.' }) basis!: RequirementBasisModel[];
}

@ObjectType('PilotFinding', { description: 'A limit that the pilot met, and what was decided about it. The finding itself has the whole story.' })
export class PilotFindingModel {
  @Field({ description: 'Short number of the finding, such as F-3.' }) number!: string;
  @Field({ description: 'What was found, in the words of whoever raised it.' }) statement!: string;
  @Field(() => LevelEnum, { description: 'How much it weighs.' }) severity!: Level;
  @Field(() => String, { nullable: true, description: 'Under which heading it belongs, such as scaling; null = under none.' }) theme!: string | null;
  @Field(() => DispositionEnum, { description: 'How far dealing with it has come.' }) disposition!: Disposition;
}

@ObjectType('ReadinessTheme', { description: 'How far one heading is.' })
export class ReadinessThemeModel {
  @Field({ description: 'Such as scaling; empty for items without a heading.' }) theme!: string;
  @Field(() => Int, { description: 'How many items apply to the release there.' }) items!: number;
  @Field(() => Int, { description: 'How many of them let it through.' }) green!: number;
  @Field(() => [PilotFindingModel], { description: 'What the pilot brought up under this heading, settled or not.' }) pilotFindings!: PilotFindingModel[];
}

@ObjectType('ReleaseReadiness', { description: 'How far a release is on its way into an environment, item by item.' })
export class ReleaseReadinessModel {
  @Field(() => VerdictEnum, { description: `What the gate would answer now, one of ${VERDICTS.join(', ')}; reviews and risks count beside the items.` }) verdict!: Verdict;
  @Field({ description: 'By which policy, with its version, such as pilot-to-production 1.7.0.' }) policy!: string;
  @Field(() => Int, { description: 'How many items let the release through.' }) green!: number;
  @Field(() => [ReadinessItemModel], { description: 'Every item that applies to this system in this environment, in the order of the policy; at most 300.' }) items!: ReadinessItemModel[];
  @Field(() => [ReadinessThemeModel], { description: 'The headings in the order in which they come up.' }) themes!: ReadinessThemeModel[];
  @Field(() => [PilotFindingModel], { description: 'What findings of the source PILOT there are about the system or this release.' }) pilotFindings!: PilotFindingModel[];
}

export function showReadiness(readiness: Readiness, catalogues: Catalogues): ReleaseReadinessModel {
  const { policy, verdict, items, themes, pilotFindings } = readiness;
  return {
    verdict, policy: `${policy.id} ${policy.version}`, green: items.filter(isGreen).length, items: items.map((item) => showItem(item, readiness, catalogues)), themes: showThemes(themes, pilotFindings),
    pilotFindings: pilotFindings.map(showPilotFinding),
  };
}

/** A heading of findings alone has no items. */
function showThemes(themes: readonly ThemeProgress[], findings: readonly Finding[]): ReadinessThemeModel[] {
  const bare = [...new Set(findings.map(({ theme }) => theme ?? ''))].filter((name) => name !== '' && themes.every(({ theme }) => theme !== name)).sort();
  return [...themes, ...bare.map((theme) => ({ theme, items: 0, green: 0 }))].map((one) => ({ ...one, pilotFindings: findings.filter(({ theme }) => (theme ?? '') === one.theme).map(showPilotFinding) }));
}

function showPilotFinding({ number, statement, severity, theme, state }: Finding): PilotFindingModel {
  return { number, statement, severity, theme, disposition: DISPOSITION_OF[state] };
}

function showItem(item: ReadinessItem, readiness: Readiness, catalogues: Catalogues): ReadinessItemModel {
  const { requirement, row, state, reasons, evidence } = item;
  const euClasses = statedClasses(readiness.system);
  return {
    requirement, title: row.title, theme: row.theme ?? null, state, blocks: row.severity === 'BLOCK', from: GATED_KINDS.find((kind) => row.gates.includes(kind)) ?? null, suppliedBy: row.suppliedBy ?? null,
    evidenceType: row.kind === 'EVIDENCE' ? row.evidenceType : null, maxAgeDays: row.kind === 'EVIDENCE' ? row.maxAgeDays : null, evidence, reasons: reasons.map(showReason), howToSupply: howToSupply(item, readiness),
    basis: row.basis.map((reference) => showBasis(reference, euClasses, readiness, catalogues)),
  };
}

function showBasis(reference: string, euClasses: readonly EuClass[] | null, { confirmations }: Readiness, catalogues: Catalogues): RequirementBasisModel {
  const node = findNode(reference, catalogues);
  const day = lawDate(reference, euClasses, catalogues);
  const known = { reference, title: node?.title ?? null, ...showConfirmed(node?.reference ?? reference, day?.from ?? null, confirmations) };
  return day === null ? { ...known, inLawFrom: null, source: null } : { ...known, inLawFrom: day.from, source: day.source };
}

function howToSupply({ row, reasons }: ReadinessItem, readiness: Readiness): string {
  if (row.next !== null) return row.next;
  return row.kind === 'EVIDENCE' ? howToAdd(row, readiness) : showReasonsNext(reasons);
}

/** A line that a shell takes as it stands, once the files are named; and what it cannot say. */
function howToAdd({ evidenceType, title, subject, where = {}, per = [], condition }: EvidenceRow, { system, release }: Readiness): string {
  const values = Object.entries(where).map(([field, value]) => `${field}: ${JSON.stringify(value)}`);
  const isRead = condition !== null || values.length > 0 || per.length > 0;
  const about = subject === 'RELEASE' ? ` --subject ${release.bundleDigest}` : '';
  return [
    `countersign evidence add <file> --system ${system.number} --type ${evidenceType}${about} --title ${quoted(title)}${isRead ? ' --payload <payload.json>' : ''}`,
    ...(isRead ? ['a payload of this type, with an example: query evidenceTypes'] : []), ...(values.length > 0 ? [`here with ${values.join(' and ')}`] : []),
    'then let somebody who did not submit it verify it: verifyEvidence.',
  ].join('; ');
}

/** One word for a shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function showReasonsNext(reasons: ReadinessItem['reasons']): string {
  const next = [...new Set(reasons.map((reason) => showReason(reason).nextAction))];
  return next.length === 0 ? 'Nothing: the register has it.' : next.join(' ');
}
