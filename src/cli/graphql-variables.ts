/** The variables of a document as they are typed on the command line: by the types that the document declares. */
import { Kind, parse, type OperationDefinitionNode, type TypeNode } from 'graphql';
import { UsageError } from './command.js';

/** `given`: each as name=value. */
export function variablesOf(document: string, given: readonly string[]): Readonly<Record<string, unknown>> {
  const texts = textsIn(document);
  return Object.fromEntries(given.map((text) => variableOf(text, texts)));
}

/** The variables that the document declares as texts: an id of digits only is one, too. */
function textsIn(document: string): ReadonlySet<string> {
  const isText = (type: TypeNode): boolean => (type.kind === Kind.NON_NULL_TYPE ? isText(type.type) : type.kind === Kind.NAMED_TYPE && ['String', 'ID'].includes(type.name.value));
  return new Set(operationsIn(document).flatMap(({ variableDefinitions = [] }) => variableDefinitions.filter(({ type }) => isText(type)).map(({ variable }) => variable.name.value)));
}

/** What is no document is told by the server. */
function operationsIn(document: string): OperationDefinitionNode[] {
  try {
    return parse(document).definitions.filter((node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION);
  } catch {
    return [];
  }
}

function variableOf(text: string, texts: ReadonlySet<string>): [string, unknown] {
  const [, name, value] = /^(\w+)=([^]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new UsageError(`--variable is name=value, not "${text}".`);
  if (texts.has(name)) return [name, value];
  try {
    return [name, JSON.parse(value)];
  } catch {
    return [name, value];
  }
}
