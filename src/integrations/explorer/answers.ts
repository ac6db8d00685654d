/**
 * Variables that take their value from the answer of an earlier document: "{OpenPromotion.openPromotion.number}" is the field of that name
 * in the last answer of the operation OpenPromotion; a list on the way gives the list of all its values. "{in 30 days}" is that instant,
 * counted from now. Used by the page and by the tests.
 */
export type Answers = ReadonlyMap<string, unknown>;

const REFERENCE = /^\{([A-Z]\w*)((?:\.\w+)+)\}$/;

/** A variable whose value comes from a document that has not been run. */
export class NotAnswered extends Error {}

export function filled(value: unknown, answers: Answers): unknown {
  if (typeof value === 'string') return referred(value, answers);
  if (Array.isArray(value)) return value.map((item) => filled(item, answers));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, answers)]));
}

const IN_DAYS = /^\{in (\d{1,4}) days\}$/;

function referred(text: string, answers: Answers): unknown {
  const days = IN_DAYS.exec(text)?.[1];
  if (days !== undefined) return new Date(Date.now() + Number(days) * 86_400_000).toISOString();
  const [, operation, path] = REFERENCE.exec(text) ?? [];
  if (operation === undefined || path === undefined) return text;
  const found = follow(answers.get(operation), path.slice(1).split('.'));
  if (found === undefined) throw new NotAnswered(`${text} stands for a value from the answer of ${operation}: run that tab first, or write a value in its place.`);
  return found;
}

function follow(value: unknown, path: readonly string[]): unknown {
  const [field, ...rest] = path;
  if (field === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => follow(item, path));
  return isRecord(value) ? follow(value[field], rest) : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
