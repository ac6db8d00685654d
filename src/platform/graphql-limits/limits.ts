/**
 * What a document may be, told before anything of it is carried out: each root field runs the door by itself, and one document must not be
 * many requests. A refusal costs no more than reading the document.
 */
import type { ASTVisitor, DocumentNode, GraphQLFormattedError, ValidationContext } from 'graphql';
import { GraphQLError } from 'graphql';
import { HTTP_STATUS } from '../refusal-to-http.js';
import { Refusal } from '../../domain/refusal.js';
import { costOf, type Asked } from './document-cost.js';
import { INTROSPECTION, shapesOf, type Shape } from './document-shape.js';

export const MAX_TOKENS = 2000;
export const MAX_ALIASES = 15;
export const MAX_DEPTH = 12;
/** Also where only wrappers are nested. */
export const MAX_NESTING = 30;
export const MAX_FIELDS = 2000;
export const MAX_REPEATS = 20;
/** Enough for the standard introspection query, which is 15 deep, and for what code generators make of it. */
export const MAX_SCHEMA_NESTING = 20;
export const MAX_SCHEMA_FIELDS = 500;
export const MAX_SCHEMA_QUESTIONS = 5;
/** Three lists of the usual length within each other; not four, and not three of the greatest. */
export const MAX_COST = 500_000;
/** Each signature is an act of its own: read, and confirmed. */
const ONCE = ['confirmSignOff'] as const;
/** A document that is wrong in many ways is not told all of them: looking for them is what costs. */
export const MAX_ERRORS = 5;

/** What is wrong with the size of a document, in one sentence; null = nothing. */
export function tooMuch(document: DocumentNode): string | null {
  return shapesOf(document).map(problemOf).find((problem) => problem !== null) ?? null;
}

function problemOf(shape: Shape): string | null {
  const limits: readonly [number, number, string][] = [
    [shape.aliases, MAX_ALIASES, 'aliases'], [shape.depth, MAX_DEPTH, 'levels'], [shape.nesting, MAX_NESTING, 'levels in all'], [shape.fields, MAX_FIELDS, 'fields'], [shape.repeats, MAX_REPEATS, 'fields that are repeated'],
    [shape.schema.nesting, MAX_SCHEMA_NESTING, 'levels about the schema'], [shape.schema.fields, MAX_SCHEMA_FIELDS, 'fields about the schema'],
    [[...INTROSPECTION].reduce((sum, name) => sum + (shape.here[name] ?? 0), 0), MAX_SCHEMA_QUESTIONS, 'questions about the schema'],
    ...ONCE.map((name): [number, number, string] => [shape.here[name] ?? 0, 1, `${name} in one request`]),
  ];
  const [broken] = limits.filter(([count, most]) => count > most);
  return broken === undefined ? null : `A document has at most ${String(broken[1])} ${broken[2]}, with its fragments written out.`;
}

/** As a rule of validation, so that nothing of the document is carried out. Told until validation gives up, before it has looked at a single field. */
export function withinLimits(context: ValidationContext): ASTVisitor {
  return {
    Document(document): void {
      const problem = tooMuch(document);
      for (let told = 0; problem !== null && told <= MAX_ERRORS; told += 1) context.reportError(new GraphQLError(problem));
    },
  };
}

/** Only now the variables are known. */
export function requireAffordable(asked: Asked): void {
  if (costOf(asked) > MAX_COST) throw new Refusal('TOO_LARGE', { message: `This document may ask for more than ${String(MAX_COST)} records.`, next: 'Ask for shorter lists (first), or in several documents.' });
}

/** A refusal of the document as a whole, before any of its fields. */
export function refusedDocument(refusal: Refusal): GraphQLError {
  return new GraphQLError(refusal.message, { originalError: refusal, extensions: { http: { status: HTTP_STATUS[refusal.code] } } });
}

/** Ten unknown directives are one mistake, and the same mistake is told once. */
export function fewErrors(errors: readonly GraphQLFormattedError[]): GraphQLFormattedError[] {
  const isDirective = ({ message }: GraphQLFormattedError): boolean => message.startsWith('Unknown directive');
  const isFirst = (error: GraphQLFormattedError, index: number): boolean => index === errors.findIndex(({ message }) => message === error.message);
  return errors.filter((error, index) => (isDirective(error) ? errors.findIndex(isDirective) === index : isFirst(error, index)) && !error.message.startsWith('Too many validation errors')).slice(0, MAX_ERRORS);
}
