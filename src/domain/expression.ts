/**
 * The language in which a policy says what must hold: CEL (Common Expression Language) over a typed model of the facts. An expression that
 * does not fit the model is refused before anybody relies on it, with the place; one that errs when it is asked makes the answer an error.
 * It ends, whatever it is asked about: no loops but over what is there, few of them inside each other, and no more steps than a budget, which
 * are paid while it runs.
 */
import { Environment, serialize, type ASTNode, type ParseResult } from '@marcbachmann/cel-js';
import { plusDays, type NotingClock } from './clock.js';
import { declareModel, instantOf, ModelClock, type ExpressionScope } from './expression-model.js';
import { Meter, putOn, type Purse } from './expression-meter.js';
import { foreignTo } from './expression-shape.js';

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

/** How many steps the answers may still take, and how many it may take to explain those that are no. */
export interface Budget { readonly answers: Purse; readonly explanations: Purse }

export function newBudget(): Budget {
  return { answers: { left: MAX_STEPS }, explanations: { left: MAX_STEPS_EXPLAINING } };
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
/** How many steps the expressions of one question may take together, before they count as ones that do not end. */
export const MAX_STEPS = 500_000;
export const MAX_STEPS_EXPLAINING = 200_000;
const STEPS_OF_A_PART = 100;

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
  const { run, type, node } = runnable(environment, source);
  if (type !== 'bool') throw new ExpressionProblem(`It says ${type}; a condition says true or false.`, 0, source.length);
  // The loops around a part, and so the variables in sight, are always the same.
  const parts = new Map<ASTNode, Run>();
  return {
    source, scope, node,
    holds: (asked) => run(asked, asked.budget.answers) === true,
    part(part, asked, bound) {
      const runPart = parts.get(part) ?? runnable(withVariables(environment, Object.keys(bound)), textOf(part)).run;
      parts.set(part, runPart);
      asked.budget.explanations.left -= STEPS_OF_A_PART;
      return runPart({ ...asked, values: { ...asked.values, ...bound } }, asked.budget.explanations);
    },
  };
}

type Run = (asked: Asked, purse: Purse) => unknown;

/** Checked, and with a meter on it. */
function runnable(environment: Environment, source: string): { readonly run: Run; readonly type: string; readonly node: ASTNode } {
  const parsed = parse(environment, source);
  const { valid, error, type = 'nothing' } = parsed.check();
  if (!valid) throw problemOf(error, source);
  const meter = new Meter();
  const steps = putOn(parsed.ast, meter);
  const run: Run = ({ values, clock, ref }, purse) => {
    try {
      meter.purse = purse;
      meter.spend(steps);
      const answered = parsed({ ...values, clock: new ModelClock(clock, ref) }) as unknown;
      // A loop or an || may have gone on without what it could not find out.
      if (purse.left >= 0) return answered;
    } catch (error) {
      if (purse.left >= 0) throw new ExpressionFault(source, summaryOf(error));
    }
    throw new ExpressionFault(source, `It looks at more than ${String(MAX_STEPS)} values, together with what was asked before it.`);
  };
  return { run, type, node: parsed.ast };
}

/** Whether it looks at this variable, or at a field of this name. */
export function asksFor({ node }: Pick<Expression, 'node'>, name: string): boolean {
  return mentions(node, name);
}

/** The texts that are written in it. */
export function textsIn({ node }: Pick<Expression, 'node'>): ReadonlySet<string> {
  const found = new Set<string>();
  const look = (part: unknown): void => {
    if (Array.isArray(part)) for (const each of part) look(each);
    if (typeof part !== 'object' || part === null || !('op' in part)) return;
    const { op, args } = part as ASTNode;
    if (op === 'value' && typeof args === 'string') found.add(args);
    look(args);
  };
  look(node);
  return found;
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
    const [foreign] = foreignTo(parsed.ast);
    if (foreign !== undefined) throw new ExpressionProblem(foreign.message, foreign.start, foreign.end);
    return parsed;
  } catch (error) {
    throw error instanceof ExpressionProblem ? error : problemOf(error, source);
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

function problemOf(error: unknown, source: string): ExpressionProblem {
  const range = (error as { range?: { start: number; end: number } }).range;
  const start = Math.min(range?.start ?? 0, source.length);
  return new ExpressionProblem(summaryOf(error), start, Math.max(start, range?.end ?? source.length));
}

function summaryOf(error: unknown): string {
  const { summary, message } = error as { summary?: string; message?: string };
  return (summary ?? message ?? String(error)).slice(0, 300);
}
