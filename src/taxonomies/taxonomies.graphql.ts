/** How frameworks and their nodes are shown, and what clients may ask about them. */
import { ArgsType, Field, Float, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { FRAMEWORK_KINDS, findNode, NODE_STATUSES, warningAbout, type Catalogues, type Framework, type FrameworkKind, type FrameworkNode, type NodeStatus } from '../domain/taxonomy.js';
import { connectionOf } from '../platform/graphql-types.js';
import { MAX_PAGE } from '../platform/paging.js';
import type { Suggestion } from './suggestions.js';

/** GraphQL names have no hyphens: risk-taxonomy is RISK_TAXONOMY. */
function namesOf<T extends string>(values: readonly T[]): Readonly<Record<string, T>> {
  return Object.fromEntries(values.map((value) => [value.toUpperCase().replaceAll('-', '_'), value]));
}

export const FrameworkKindEnum = namesOf(FRAMEWORK_KINDS);
registerEnumType(FrameworkKindEnum, { name: 'FrameworkKind', description: 'What sort of publication a catalogue was made from. Risks mostly refer to a RISK_TAXONOMY or a REGULATION.' });
export const NodeStatusEnum = namesOf(NODE_STATUSES);
registerEnumType(NodeStatusEnum, {
  name: 'FrameworkNodeStatus', description: 'Whether its publisher still stands by an entry of a framework. References to what is no longer ACTIVE are taken, with a warning.',
  valuesMap: { DRAFT: { description: 'Published for comment; it may still change.' }, DEPRECATED: { description: 'Still there, and advised against.' }, WITHDRAWN: { description: 'Taken back by its publisher.' } },
});

@ObjectType('FrameworkLicence', { description: 'Under which terms the catalogue of a framework is shipped. It holds identifiers and short titles only.' })
export class FrameworkLicenceModel {
  @Field(() => String, { description: 'SPDX identifier such as CC-BY-4.0, or LicenseRef- and a name.' }) spdx!: string;
  @Field(() => Boolean, { description: 'Whether the identifiers and titles may be passed on.' }) redistributable!: boolean;
  @Field(() => String, { nullable: true, description: 'Whom to name, or whose words the titles are; null = nothing to add.' }) notice!: string | null;
}

@ObjectType('Framework', { description: 'One version of a public framework that risks can refer to: a taxonomy, a regulation, a standard. The same for every organization.' })
export class FrameworkModel {
  @Field(() => String, { description: 'Name and version, such as owasp-llm@2025: what stands before the # of a reference.' }) id!: string;
  @Field(() => String, { description: 'Short identifier without the version, such as owasp-llm.' }) name!: string;
  @Field(() => String, { description: 'Edition as its publisher counts, such as 2025 or 1.0.' }) version!: string;
  @Field(() => String, { description: 'Full name, such as "OWASP Top 10 for LLM Applications 2025".' }) title!: string;
  @Field(() => String, { description: 'The organization that issues it and keeps the text, such as NIST.' }) publisher!: string;
  @Field(() => FrameworkKindEnum, { description: 'Whether it lists risks, duties, controls or something else.' }) kind!: FrameworkKind;
  @Field(() => [String], { description: 'Where it is law or supervisory practice, such as EU; empty = not bound to a place.' }) jurisdiction!: readonly string[];
  @Field(() => FrameworkLicenceModel, { description: 'Terms under which identifiers and titles are shipped.' }) licence!: FrameworkLicenceModel;
  @Field(() => String, { nullable: true, description: 'Address of the publication itself; null = not recorded.' }) sourceUrl!: string | null;
  @Field(() => String, { nullable: true, description: 'Day of issue such as 2024-07-26; null = not recorded.' }) publishedOn!: string | null;
  @Field(() => String, { nullable: true, description: 'First day on which it binds, such as 2024-08-01; null = it does not bind, or not recorded. Single duties may begin later.' }) inForceFrom!: string | null;
  @Field(() => [String], { description: 'Ids of older editions that it replaces.' }) supersedes!: readonly string[];
  @Field(() => [String], { description: 'Ids of newer editions that replace it; not empty = do not file new risks under it.' }) supersededBy!: readonly string[];
}

/** Without a way on, so that no question can go up and down a tree for ever. */
@ObjectType('FrameworkNodeLabel', { description: 'How the entry above another one is called.' })
export class FrameworkNodeLabelModel {
  @Field(() => String, { description: 'What to ask frameworkNode for to read on, such as eu-ai-act@2026-1744#Art-5.' }) reference!: string;
  @Field(() => String, { description: 'What the publisher calls it, such as Art-5.' }) code!: string;
  @Field(() => String, { description: 'What it is about, in a few words.' }) title!: string;
  @Field(() => String, { description: 'What sort of entry it is, such as chapter.' }) kind!: string;
}

@ObjectType('FrameworkNode', { description: 'One entry of a framework, such as a risk of a taxonomy or an article of a regulation.' })
export class FrameworkNodeModel {
  @Field(() => String, { description: 'What a risk carries to point here, such as owasp-llm@2025#LLM01.' }) reference!: string;
  @Field(() => String, { description: 'What the publisher calls it, such as LLM01; unique within one framework only.' }) code!: string;
  @Field(() => String, { description: 'What it is about, in a few words; the text itself is with the publisher.' }) title!: string;
  @Field(() => String, { description: 'What sort of entry it is in its framework, such as risk, article or subcategory.' }) kind!: string;
  @Field(() => [String], { description: 'Other spellings of its code that are accepted in a reference, such as LLM01:2025.' }) aliases!: readonly string[];
  @Field(() => NodeStatusEnum, { description: 'Whether its publisher still stands by it.' }) status!: NodeStatus;
  @Field(() => [String], { description: 'References to what replaces it; empty while nothing does.' }) supersededBy!: readonly string[];
  @Field(() => String, { nullable: true, description: 'First day on which the duty holds, such as 2027-12-02; null = not a dated duty.' }) effectiveFrom!: string | null;
  @Field(() => String, { nullable: true, description: 'Last day on which the duty holds; null = no end is known.' }) effectiveTo!: string | null;
  frameworkId!: string;
  /** The entry as the catalogue holds it. */
  node!: FrameworkNode;
}

export const FrameworkNodeConnection = connectionOf('FrameworkNode', () => FrameworkNodeModel);

@ObjectType('TaxonomyReference', { description: 'A reference that a risk carries, with what the catalogues know of it.' })
export class TaxonomyReferenceModel {
  @Field(() => String, { description: 'As the risk carries it: framework@version#node.' }) reference!: string;
  @Field(() => Boolean, { description: 'False for one that was written before the catalogues were, or whose framework is no longer shipped.' }) known!: boolean;
  @Field(() => String, { nullable: true, description: 'What the entry is about; null when no catalogue has it.' }) title!: string | null;
  @Field(() => String, { nullable: true, description: 'Why to look at it again, such as "validation is withdrawn", and what to use instead; null = it is fine.' }) warning!: string | null;
  @Field(() => FrameworkNodeModel, { nullable: true, description: 'The entry that it points to; null when no catalogue has it.' }) node!: FrameworkNodeModel | null;
}

@ObjectType('TaxonomySuggestion', { description: 'An entry of a framework under which a risk could be filed.' })
export class TaxonomySuggestionModel {
  @Field(() => FrameworkNodeModel, { description: 'The proposed entry; its reference is what to put into the risk.' }) node!: FrameworkNodeModel;
  @Field(() => Float, { description: 'How well it fits: higher is better, comparable within one answer only.' }) score!: number;
  @Field(() => [String], { description: 'The words of your text that speak for it.' }) because!: readonly string[];
}

@ArgsType()
export class FrameworkArgs {
  @Field(() => String, { description: 'Name and version, such as owasp-llm@2025.' }) @MaxLength(100) @IsString() id!: string;
}

@ArgsType()
export class FrameworkNodeArgs {
  @Field(() => String, { description: 'framework@version#node, such as owasp-llm@2025#LLM01, or another spelling of the same, such as owasp-llm@2025#LLM01:2025.' }) @MaxLength(200) @IsString() reference!: string;
}

@ArgsType()
export class FrameworkNodesArgs {
  @Field(() => String, { description: 'The id of the framework, such as eu-ai-act@2026-1744.' }) @MaxLength(100) @IsString() framework!: string;
  @Field(() => Int, { defaultValue: 50, description: `How many entries to give back at most, from 1 to ${String(MAX_PAGE)}.` }) @IsInt() @Min(1) @Max(MAX_PAGE) first!: number;
  @Field(() => String, { nullable: true, defaultValue: null, description: 'The endCursor of the page before; null = from the beginning.' }) @IsOptional() @MaxLength(500) @IsString() after!: string | null;
  @Field(() => String, { nullable: true, defaultValue: null, description: 'Only entries directly below this one, by code such as Art-5; refused as NOT_FOUND when there is none.' }) @IsOptional() @MaxLength(200) @IsString() parent!: string | null;
  @Field(() => String, { nullable: true, defaultValue: null, description: 'Only entries of this sort, such as article or use-case.' }) @IsOptional() @MaxLength(100) @IsString() kind!: string | null;
  @Field(() => String, { nullable: true, defaultValue: null, description: 'Only entries whose code, title or other spelling has all of these words, in any letter case.' }) @IsOptional() @MaxLength(200) @IsString() text!: string | null;
}

@ArgsType()
export class SuggestTaxonomyArgs {
  @Field(() => String, { description: 'What the risk says: source, event and consequence in plain English; at most 4000 characters.' }) @MaxLength(4000) @IsString() text!: string;
  @Field(() => Int, { defaultValue: 5, description: `How many proposals to give back at most, from 1 to ${String(MAX_PAGE)}.` }) @IsInt() @Min(1) @Max(MAX_PAGE) first!: number;
}

export function showNode(node: FrameworkNode): FrameworkNodeModel {
  const { reference, code, title, kind, aliases, status, supersededBy, effectiveFrom, effectiveTo, frameworkId } = node;
  return { reference, code, title, kind, aliases, status, supersededBy, effectiveFrom, effectiveTo, frameworkId, node };
}

export function showFramework(framework: Framework): FrameworkModel {
  return framework;
}

export function showReference(reference: string, catalogues: Catalogues): TaxonomyReferenceModel {
  const node = findNode(reference, catalogues);
  return { reference, known: node !== null, title: node?.title ?? null, warning: warningAbout(reference, catalogues), node: node === null ? null : showNode(node) };
}

export function showSuggestion({ node, ...rest }: Suggestion): TaxonomySuggestionModel {
  return { ...rest, node: showNode(node) };
}
