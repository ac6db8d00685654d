/**
 * The language in which a policy says what must hold: CEL (Common Expression Language) over a typed model of the facts. An expression that
 * does not fit the model is refused before anybody relies on it, with the place; one that errs when it is asked makes the answer an error.
 * It ends, whatever it is asked about: no loops but over what is there, few of them inside each other, and no more steps than a budget.
 */
import { Environment, serialize, type ASTNode, type ParseResult } from '@marcbachmann/cel-js';
import { plusDays, type Instant, type NotingClock } from './clock.js';
import { declareModel, ModelClock, type ExpressionScope } from './expression-model.js';
import { weigh, type Sizes } from './expression-cost.js';

/** What kept an expression from being used, and where in it: offsets in characters, the end not included. */
export class ExpressionProblem extends Error {
  constructor(message: string, readonly start: number, readonly end: number) {
    super(message);
  }
}

/** An expression that could not be answered about these facts: never a yes, never a no. */
export class ExpressionFault extends Error {
  constructor(readonly expression: string, message: string) {
    super(message);
  }
}

/** The values of the variables, and the clock, that an expression is asked about. */
export interface Asked {
  readonly values: Readonly<Record<string, unknown>>;
  readonly clock: NotingClock;
  readonly ref: string;
  /** What all expressions of one question may look at together. */
  readonly budget: Budget;
}

/** How many values may still be looked at, and how many parts of what does not hold may still be looked at to explain it. */
export interface Budget { left: number; parts: number }

export function newBudget(): Budget {
  return { left: MAX_STEPS, parts: MAX_PARTS };
}

export interface Expression {
  readonly source: string;
  readonly scope: ExpressionScope;
  readonly node: ASTNode;
  /** Whether it holds; throws an ExpressionFault when it cannot be answered. */
  holds(asked: Asked): boolean;
  /** The value of a part of it, with more variables in sight. */
  part(node: ASTNode, asked: Asked, bound: Readonly<Record<string, unknown>>): unknown;
}

export const MAX_EXPRESSION = 2000;
const LIMITS = { maxAstNodes: 200, maxDepth: 24, maxListElements: 100, maxMapEntries: 20, maxCallArguments: 3 };
/** How many values the expressions of one question may look at, before they count as ones that do not end. */
export const MAX_STEPS = 1_000_000;
const MAX_PARTS = 2_000;

const ENVIRONMENTS: Readonly<Record<ExpressionScope, Environment>> = { FACTS: environmentOf('FACTS'), EVIDENCE: environmentOf('EVIDENCE') };
/** Compiling follows from the text alone, so each is compiled once; bounded, since texts come and go with policies. */
const COMPILED = new Map<string, Expression>();
const MAX_COMPILED = 5000;

/** The expression behind a text, checked against the model; throws an ExpressionProblem with its place. */
export function compile(source: string, scope: ExpressionScope): Expression {
  const key = `${scope} ${source}`;
  const known = COMPILED.get(key);
  if (known !== undefined) return known;
  const made = compileAnew(source, scope);
  if (COMPILED.size >= MAX_COMPILED) COMPILED.clear();
  COMPILED.set(key, made);
  return made;
}

function compileAnew(source: string, scope: ExpressionScope): Expression {
  if (source.length > MAX_EXPRESSION) throw new ExpressionProblem(`An expression has at most ${String(MAX_EXPRESSION)} characters.`, MAX_EXPRESSION, source.length);
  const environment = ENVIRONMENTS[scope];
  const parsed = parse(environment, source);
  const checked = parsed.check();
  if (!checked.valid) throw problemOf(checked.error, source);
  if (checked.type !== 'bool') throw new ExpressionProblem(`It says ${checked.type ?? 'nothing'}; a condition says true or false.`, 0, source.length);
  const weight = weigh(parsed.ast, null);
  return {
    source, scope, node: parsed.ast,
    holds(asked) {
      asked.budget.left -= weight.nesting === 0 ? weight.steps : weigh(parsed.ast, sizesOf(asked.values)).steps;
      if (asked.budget.left < 0) throw new ExpressionFault(source, `It would look at more than ${String(MAX_STEPS)} values, or what was asked before it did.`);
      return run(parsed, asked, source) === true;
    },
    part(node, asked, bound) {
      asked.budget.parts -= 1;
      if (asked.budget.parts < 0) throw new ExpressionFault(source, 'Enough was explained.');
      return run(parse(withVariables(environment, Object.keys(bound)), textOf(node)), { ...asked, values: { ...asked.values, ...bound } }, source);
    },
  };
}

/** Whether it looks at this variable, or at a field of this name. */
export function asksFor({ node }: Pick<Expression, 'node'>, name: string): boolean {
  return mentions(node, name);
}

function mentions(part: unknown, name: string): boolean {
  if (Array.isArray(part)) return part.some((each) => mentions(each, name));
  if (typeof part !== 'object' || part === null || !('op' in part)) return false;
  const { op, args } = part as ASTNode;
  return (op === 'id' && args === name) || ((op === '.' || op === '.?') && args[1] === name) || mentions(args, name);
}

/** The part as it is written, whatever the spaces. */
export function textOf(node: ASTNode): string {
  return serialize(node);
}

function parse(environment: Environment, source: string): ParseResult {
  try {
    const parsed = environment.parse(source);
    const foreign = weigh(parsed.ast, null).foreign[0];
    if (foreign !== undefined) throw new ExpressionProblem(foreign.message, foreign.start, foreign.end);
    return parsed;
  } catch (error) {
    throw error instanceof ExpressionProblem ? error : problemOf(error, source);
  }
}

function run(parsed: ParseResult, { values, clock, ref }: Asked, source: string): unknown {
  try {
    return parsed({ ...values, clock: new ModelClock(clock, ref) }) as unknown;
  } catch (error) {
    throw new ExpressionFault(source, summaryOf(error));
  }
}

function environmentOf(scope: ExpressionScope): Environment {
  const environment = new Environment({ limits: LIMITS, homogeneousAggregateLiterals: false });
  declareModel(environment, scope);
  return environment
    .registerFunction('Clock.hasPassed(string): bool', (clock: ModelClock, at: string) => clock.clock.reached(instantOf(at), 'POLICY', clock.ref))
    .registerFunction('Clock.isOlderThan(string, int): bool', (clock: ModelClock, at: string, days: bigint) => clock.clock.reached(plusDays(instantOf(at), Number(days)), 'POLICY', clock.ref));
}

function withVariables(environment: Environment, names: readonly string[]): Environment {
  return names.reduce((made, name) => (made.hasVariable(name) ? made : made.registerVariable(name, 'dyn')), environment.clone());
}

/** A day, or an instant with its offset from UTC, as RFC 3339 writes them. */
function instantOf(text: string): Instant {
  const time = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new Error(`${JSON.stringify(text.slice(0, 60))} is neither a day nor an instant.`);
  return new Date(time).toISOString();
}

function sizesOf(values: Readonly<Record<string, unknown>>): Sizes {
  const lengths = new Map<string, number>();
  let longest = 0;
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const parts = Object.values(value);
    longest = Math.max(longest, parts.length);
    for (const part of parts) look(part);
  };
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'object' && value !== null) lengths.set(name, Object.keys(value).length);
    for (const part of Array.isArray(value) ? value as unknown[] : [value]) look(part);
  }
  return { lengths, longest };
}

function problemOf(error: unknown, source: string): ExpressionProblem {
  const range = (error as { range?: { start: number; end: number } }).range;
  const start = Math.min(range?.start ?? 0, source.length);
  return new ExpressionProblem(summaryOf(error), start, Math.max(start, range?.end ?? source.length));
}

function summaryOf(error: unknown): string {
  const { summary, message } = error as { summary?: string; message?: string };
  return (summary ?? message ?? String(error)).slice(0, 300);
}
