/** The values of variables as a start reads them, each in its own form; one that cannot be used names its variable. */

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable with a value that cannot be used. */
export class ConfigError extends Error {
  constructor(readonly variable: string, problem: string) {
    super(`${variable} ${problem}`);
    this.name = 'ConfigError';
  }
}

export function filled(env: Environment, variable: string): string | null {
  const value = env[variable]?.trim();
  return value === undefined || value === '' ? null : value;
}

export function listed(env: Environment, variable: string): string[] {
  return (filled(env, variable) ?? '').split(',').map((each) => each.trim()).filter((each) => each !== '');
}

export function wholeNumber(env: Environment, variable: string, range: { least: number; most: number; otherwise: number }): number {
  const value = filled(env, variable);
  if (value === null) return range.otherwise;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < range.least || number > range.most) {
    throw new ConfigError(variable, `must be a whole number from ${String(range.least)} to ${String(range.most)}, not "${value}"`);
  }
  return number;
}

export function oneOf<const T extends string>(env: Environment, variable: string, allowed: readonly T[], otherwise: T): T {
  const value = filled(env, variable);
  if (value === null) return otherwise;
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new ConfigError(variable, `must be one of ${allowed.join(', ')}, not "${value}"`);
  return found;
}
