/** What a command of the command line is: its options, its help, and how its arguments are read. Wrong usage never reaches the server. */
import { parseArgs } from 'node:util';

/** 0 to 3 answer a pipeline's question; 4 = what was given does not verify; 64 is EX_USAGE of sysexits.h. */
export const EXIT = { OK: 0, REFUSED: 1, PENDING: 2, NO_DECISION: 3, UNVERIFIED: 4, USAGE: 64 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface Option {
  /** What stands for the value in the help; null = the option takes none. */
  readonly value: string | null;
  readonly help: string;
  readonly repeated?: boolean;
}
export type Options = Readonly<Record<string, Option>>;

/** Where a command prints: lines, or with `write` bytes as they are, no faster than they are taken. */
export interface Terminal { out(line: string): void; err(line: string): void; write(pieces: AsyncIterable<Uint8Array>): Promise<void> }

export interface Command {
  /** As it is typed, such as "gate check". */
  readonly name: string;
  readonly summary: string;
  /** What the positional arguments are called; empty = the command takes none. */
  readonly positionals: readonly string[];
  /** One more, which may be left out. */
  readonly optional?: string;
  readonly options: Options;
  /** What to know beyond the options. */
  readonly notes?: readonly string[];
  /** The GraphQL documents that it sends: a server may answer no others. */
  readonly documents?: readonly string[];
  /** How the program ends when the command is refused; for a question to the gate that is "no decision". */
  readonly whenRefused: ExitCode;
  run(given: Given, terminal: Terminal): Promise<ExitCode>;
}

/** The arguments do not fit the command. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Work on a file or folder that was named: what the system does not allow is the usage of that name, told by its code. */
export function usable<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageError(`"${path}" cannot be used (${code}).`);
  }
}

/** The arguments of one call, by the names of their options. */
export interface Given {
  text(option: string): string | null;
  required(option: string): string;
  list(option: string): readonly string[];
  flag(option: string): boolean;
  readonly positionals: readonly string[];
}

export function readArguments(command: Pick<Command, 'options' | 'positionals' | 'optional'>, args: readonly string[]): Given {
  const { values, positionals } = parse(command.options, args);
  if (positionals.length < command.positionals.length) throw new UsageError(`<${command.positionals[positionals.length] ?? ''}> is missing.`);
  const most = command.positionals.length + (command.optional === undefined ? 0 : 1);
  if (positionals.length > most) throw new UsageError(`"${positionals[most] ?? ''}" is one argument too many.`);
  const list = (option: string): string[] => (values[option] ?? []).filter((value) => typeof value === 'string');
  const text = (option: string): string | null => list(option)[0] ?? null;
  return {
    positionals, list, text,
    flag: (option) => values[option] !== undefined,
    required: (option) => {
      const value = text(option);
      if (value === null) throw new UsageError(`--${option} is missing.`);
      return value;
    },
  };
}

/** Every option is collected as a list first: with only the last value kept, a doubled option would silently win over another. */
function parse(options: Options, args: readonly string[]): { values: Readonly<Record<string, readonly (string | boolean)[] | undefined>>; positionals: string[] } {
  const known = Object.fromEntries(Object.entries(options).map(([name, option]) => [name, { type: option.value === null ? 'boolean' as const : 'string' as const, multiple: true as const }]));
  const { values, positionals } = parsed(known, args);
  for (const [name, given] of Object.entries(values)) {
    if (given.length > 1 && options[name]?.repeated !== true) throw new UsageError(`--${name} is given more than once.`);
    // An unset shell variable arrives as an empty value; it must not widen what is asked.
    if (given.includes('')) throw new UsageError(`--${name} is empty.`);
  }
  return { values, positionals };
}

type Known = Record<string, { type: 'string' | 'boolean'; multiple: true }>;

function parsed(options: Known, args: readonly string[]): { values: Record<string, (string | boolean)[]>; positionals: string[] } {
  try {
    const found = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    return { values: found.values as Record<string, (string | boolean)[]>, positionals: found.positionals };
  } catch (error) {
    throw new UsageError((error as Error).message.split('. To specify')[0] ?? 'These arguments cannot be read.');
  }
}

export function helpOf(command: Command): string[] {
  const rows = Object.entries(command.options).map(([name, { value, help, repeated }]) => [`--${name}${value === null ? '' : ` <${value}>`}`, repeated === true ? `${help} (may be repeated)` : help] as const);
  const positionals = [...command.positionals.map((name) => ` <${name}>`), ...(command.optional === undefined ? [] : [` [<${command.optional}>]`])].join('');
  return [
    command.summary, '', `Usage: countersign ${command.name}${positionals}${rows.length === 0 ? '' : ' [options]'}`,
    ...(rows.length === 0 ? [] : ['', ...aligned(rows)]), ...(command.notes === undefined ? [] : ['', ...command.notes]),
  ];
}

/** Two columns, the first as wide as its longest entry. */
export function aligned(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
