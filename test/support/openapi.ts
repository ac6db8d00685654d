// Reads an OpenAPI 3.1 document as strictly as a careful client: whether it is one at all, and whether an answer is what it promises.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

export type Json = Readonly<Record<string, unknown>>;
export interface Operation extends Json { readonly operationId: string; readonly security?: readonly Json[]; readonly responses: Readonly<Record<string, Json>>; readonly parameters?: readonly Json[]; readonly requestBody?: Json }
export interface Document extends Json { readonly openapi: string; readonly info: Json; readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>; readonly components: Readonly<Record<string, Json>> }
export interface Answer { readonly status: number; readonly headers: Headers; readonly text: string }

const FORMATS: Readonly<Record<string, RegExp>> = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, uri: /^[a-z][a-z0-9+.-]*:\S+$/, 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
};

/** The keys that OpenAPI 3.1 gives to each kind of object that a document of ours has. */
const KEYS: Readonly<Record<string, { readonly required: readonly string[]; readonly allowed: readonly string[] }>> = {
  document: { required: ['openapi', 'info', 'paths'], allowed: ['jsonSchemaDialect', 'servers', 'security', 'tags', 'components', 'webhooks', 'externalDocs'] },
  info: { required: ['title', 'version'], allowed: ['summary', 'description', 'license', 'contact', 'termsOfService'] },
  operation: { required: ['responses', 'operationId', 'summary', 'description', 'tags'], allowed: ['parameters', 'requestBody', 'security', 'deprecated', 'externalDocs', 'servers', 'callbacks'] },
  parameter: { required: ['name', 'in', 'schema', 'description'], allowed: ['required', 'deprecated', 'style', 'explode', 'example', 'examples'] },
  body: { required: ['content', 'description'], allowed: ['required'] },
  response: { required: ['description'], allowed: ['headers', 'content', 'links'] },
  media: { required: ['schema'], allowed: ['example', 'examples', 'encoding'] },
};

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

export class Contract {
  readonly #ajv: Ajv2020;

  /** Published schemas leave room for fields to come; here, an answer with a field that is not described breaks the promise. */
  constructor(readonly document: Document) {
    this.#ajv = new Ajv2020({ allErrors: true, strictTypes: false, formats: FORMATS });
    this.#ajv.addVocabulary(['components']);
    this.#ajv.addSchema({ $id: 'document', components: { schemas: closed(absolute(document.components['schemas'])) } });
  }

  operations(): [route: string, operation: Operation][] {
    return Object.entries(this.document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method.toUpperCase()} ${path}`, operation]));
  }

  /** What is wrong with this value in the eyes of the schema; empty = nothing. */
  problems(schema: unknown, value: unknown): string[] {
    const validate: ValidateFunction = this.#ajv.compile(closed(absolute(schema)) as object);
    return validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`);
  }

  /** How an answer differs from what the document says about the route. */
  broken(route: string, answer: Answer): string[] {
    const response = this.#operation(route)?.responses[String(answer.status)];
    if (response === undefined) return [`${route} does not say that it answers ${String(answer.status)}`];
    const type = (answer.headers.get('content-type') ?? '').split(';')[0] ?? '';
    const media = (response['content'] as Readonly<Record<string, Json>>)[type];
    if (media === undefined) return [`${route} ${String(answer.status)} does not say that it answers ${type}`];
    const value: unknown = type.endsWith('json') ? JSON.parse(answer.text) : answer.text;
    return [...this.#missingHeaders(response, answer), ...this.problems(media['schema'], value)];
  }

  #operation(route: string): Operation | undefined {
    return this.operations().find(([name]) => name === route)?.[1];
  }

  #missingHeaders(response: Json, answer: Answer): string[] {
    return Object.entries((response['headers'] ?? {}) as Readonly<Record<string, Json>>).flatMap(([name, given]) => {
      const header = this.#resolved(given);
      const value = answer.headers.get(name);
      if (value === null) return header['required'] === true ? [`the header ${name} is missing`] : [];
      return this.problems(header['schema'], value).map((problem) => `${name}: ${problem}`);
    });
  }

  #resolved(value: Json): Json {
    return typeof value['$ref'] === 'string' ? at(this.document, value['$ref']) as Json : value;
  }

  /** What is wrong with the document itself. */
  flaws(): string[] {
    const found = [...this.#form('document', 'the document', this.document), ...this.#form('info', 'info', this.document.info), ...danglingRefs(this.document)];
    if (!/^3\.1\.\d+$/.test(this.document.openapi)) found.push(`openapi is ${this.document.openapi}`);
    for (const [path, methods] of Object.entries(this.document.paths)) {
      if (!path.startsWith('/')) found.push(`${path} does not begin with a slash`);
      found.push(...Object.keys(methods).filter((method) => !METHODS.includes(method)).map((method) => `${path} has the method ${method}`));
    }
    const ids = this.operations().map(([, { operationId }]) => operationId);
    found.push(...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `${id} is there twice`));
    return [...found, ...this.operations().flatMap(([route, operation]) => this.#flawsOf(route, operation))];
  }

  #flawsOf(route: string, operation: Operation): string[] {
    const parameters = (operation.parameters ?? []).flatMap((parameter) => [...this.#form('parameter', `${route} ${String(parameter['name'])}`, parameter), ...this.#example(route, parameter['schema'], parameter['example'])]);
    const body = operation.requestBody === undefined ? [] : [...this.#form('body', `${route} body`, operation.requestBody), ...this.#flawsOfContent(`${route} body`, operation.requestBody['content'])];
    const responses = Object.entries(operation.responses).flatMap(([status, response]) => [
      ...(/^[1-5]\d\d$/.test(status) ? [] : [`${route} answers ${status}`]), ...this.#form('response', `${route} ${status}`, response), ...this.#flawsOfContent(`${route} ${status}`, response['content'] ?? {}),
    ]);
    return [...this.#form('operation', route, operation), ...parameters, ...body, ...responses];
  }

  #flawsOfContent(where: string, content: unknown): string[] {
    return Object.entries(content as Readonly<Record<string, Json>>).flatMap(([type, media]) => [
      ...(/^[a-z]+\/[a-z0-9.+-]+$/.test(type) ? [] : [`${where} is of the type ${type}`]), ...this.#form('media', `${where} ${type}`, media),
      ...Object.entries((media['examples'] ?? {}) as Readonly<Record<string, Json>>).flatMap(([name, example]) => this.#example(`${where} example ${name}`, media['schema'], example['value'])),
    ]);
  }

  #example(where: string, schema: unknown, value: unknown): string[] {
    return value === undefined ? [] : this.problems(schema, value).map((problem) => `${where}: ${problem}`);
  }

  #form(kind: string, where: string, value: Json): string[] {
    const { required, allowed } = KEYS[kind]!;
    const missing = required.filter((key) => value[key] === undefined || value[key] === '');
    const odd = Object.keys(value).filter((key) => ![...required, ...allowed].includes(key));
    return [...missing.map((key) => `${where} lacks ${key}`), ...odd.map((key) => `${where} has ${key}`)];
  }
}

/** References as the validator finds them. */
function absolute(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/'));
}

/** The same schema, in which no object may have a field that is not described. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return inner['type'] === 'object' && typeof inner['properties'] === 'object' ? { ...inner, additionalProperties: false } : inner;
}

function danglingRefs(document: Json): string[] {
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, found]) => found!);
  return [...new Set(refs)].filter((found) => at(document, found) === undefined).map((found) => `${found} leads nowhere`);
}

function at(document: Json, reference: string): unknown {
  return reference.slice(2).split('/').reduce<unknown>((value, key) => (value as Json | undefined)?.[key], document);
}

/** The routes of a running server as "METHOD /path", out of the tree that the framework prints. */
export function routesOf(printed: string): string[] {
  const above: string[] = [];
  return printed.trimEnd().split('\n').flatMap((line) => {
    const [, indent, path, methods] = /^([│ ]*)[├└]── (\S+)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? [];
    if (indent === undefined || path === undefined) throw new Error(`no route: ${line}`);
    const depth = indent.length / 4;
    above.splice(depth, above.length, path);
    return (methods ?? '').split(', ').filter((method) => method !== '').map((method) => `${method} ${above.join('').replaceAll(/:(\w+)/g, '{$1}')}`);
  });
}
