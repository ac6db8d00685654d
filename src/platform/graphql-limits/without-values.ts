/**
 * What the GraphQL layer says about a mistake, told without the values that were sent, which may be secret, and without guesses at what was
 * meant, which would tell the schema to whoever may not read it. Names of fields, variables and types stay: they say where to look.
 */

/** Each begins a sentence of the layer that goes on with a value or a guess. */
const QUOTING: readonly [RegExp, string][] = [
  [/^Value "[\s\S]*" does not exist in "(\w+)" enum\.[\s\S]*$/, 'This value does not exist in "$1" enum.'],
  [/^((?:Enum "\w+"|\w+) cannot represent [^:]*): [\s\S]*$/, '$1.'],
  [/^(Expected value of type "[\w![\]]+"), found [\s\S]*$/, '$1.'],
  [/^(Argument "\w+" has invalid value) [\s\S]*$/, '$1.'],
  [/^(Field "[\s\S]*" is not defined by type "\w+"\.)[\s\S]*$/, '$1'],
  [/^(Syntax Error: [\s\S]*?\b(?:String|BlockString|Int|Float)) "[\s\S]*$/, '$1.'],
  [/^Unknown operation named "[\s\S]*$/, 'The document has no operation of this name.'],
];

const INVALID_VARIABLE = /^Variable "\$(\w+)" got invalid value /;
/** The way to the value within the variable; what stands before it is the value. */
const PLACE = / at "(\w[^"]*)"$/;

/** The message again, from the mistake itself (the cause) and the way to it where the layer has put a value in between. */
export function withoutValues(message: string, cause?: string): string {
  const variable = INVALID_VARIABLE.exec(message)?.[1];
  if (variable === undefined) return unquoted(message);
  if (cause === undefined || !message.endsWith(`; ${cause}`)) return `Variable "$${variable}" is invalid.`;
  const place = PLACE.exec(message.slice(0, -cause.length - 2))?.[1] ?? variable;
  return `Variable "$${variable}" is invalid at "${place}": ${unquoted(cause)}`;
}

function unquoted(message: string): string {
  return QUOTING.reduce((text, [sentence, instead]) => text.replace(sentence, instead), message);
}
