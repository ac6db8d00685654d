/** The form of a catalogue file, version 1.0. Whatever is wrong with one is named with file and place, and stops the start. */
import { FRAMEWORK_KINDS, NODE_STATUSES, type Catalogue, type Framework, type FrameworkNode } from '../domain/taxonomy.js';

/** In words for an operator: which file, which place in it, what is wrong. */
export class CatalogueUnusable extends Error {
  constructor(place: string, problem: string) {
    super(`${place} ${problem}`);
    this.name = 'CatalogueUnusable';
  }
}

const NAME = /^[a-z0-9][a-z0-9-]{1,62}$/;
const VERSION = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;
const CODE = /^[A-Za-z0-9][A-Za-z0-9._:+-]{0,127}$/;
const ALIAS = /^\S.{0,127}$/;
const FRAMEWORK_ID = /^[a-z0-9][a-z0-9-]{1,62}@[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;
const NODE_REFERENCE = /^[a-z0-9][a-z0-9-]{1,62}@[A-Za-z0-9][A-Za-z0-9._-]{0,31}#[A-Za-z0-9][A-Za-z0-9._:+-]{0,127}$/;
const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const LINE = /^\S(.{0,298}\S)?$/;
const ADDRESS = /^https:\/\/\S{1,500}$/;
const WORD = /^[A-Za-z][A-Za-z0-9-]{0,62}$/;

/** One file is one framework in one version, and is called after it. */
export function readCatalogue(file: string, text: string): Catalogue {
  const document = new Part(parseJson(file, text), file, ['catalogueFormat', 'framework', 'nodes']);
  document.oneOf('catalogueFormat', ['1.0']);
  const framework = readFramework(document.part('framework', ['id', 'version', 'title', 'publisher', 'kind', 'sourceUrl', 'jurisdiction', 'publishedOn', 'inForceFrom', 'supersedes', 'supersededBy', 'licence', 'textPolicy']));
  if (file !== `${framework.id}.catalogue.json`) throw new CatalogueUnusable(file, `is about ${framework.id}; call it ${framework.id}.catalogue.json`);
  const nodes = document.parts('nodes', ['id', 'title', 'kind', 'parent', 'aliases', 'status', 'supersededBy', 'effectiveFrom', 'effectiveTo', 'attributes']).map((part) => readNode(part, framework.id));
  checkNodes(nodes, file);
  return { framework, nodes };
}

export function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CatalogueUnusable(file, `is no JSON (${(error as Error).message})`);
  }
}

function readFramework(part: Part): Framework {
  const [name, version] = [part.text('id', NAME), part.text('version', VERSION)];
  const licence = part.part('licence', ['spdx', 'redistributable', 'notice']);
  part.oneOf('textPolicy', ['full', 'ids-and-titles', 'ids-only']);
  return {
    id: `${name}@${version}`, name, version, title: part.text('title', LINE), publisher: part.text('publisher', LINE), kind: part.oneOf('kind', FRAMEWORK_KINDS), sourceUrl: part.optional('sourceUrl', ADDRESS),
    jurisdiction: part.texts('jurisdiction', LINE), publishedOn: part.optional('publishedOn', DAY), inForceFrom: part.optional('inForceFrom', DAY),
    supersedes: part.texts('supersedes', FRAMEWORK_ID), supersededBy: part.texts('supersededBy', FRAMEWORK_ID),
    licence: { spdx: licence.text('spdx', LINE), redistributable: licence.flag('redistributable'), notice: licence.optional('notice', LINE) },
  };
}

function readNode(part: Part, frameworkId: string): FrameworkNode {
  const [code, parent] = [part.text('id', CODE), part.optional('parent', CODE)];
  return {
    reference: `${frameworkId}#${code}`, frameworkId, code, title: part.text('title', LINE), kind: part.text('kind', WORD), parent: parent === null ? null : `${frameworkId}#${parent}`,
    aliases: part.texts('aliases', ALIAS), status: part.oneOf('status', NODE_STATUSES), supersededBy: part.texts('supersededBy', NODE_REFERENCE),
    effectiveFrom: part.optional('effectiveFrom', DAY), effectiveTo: part.optional('effectiveTo', DAY),
  };
}

/** Every name means one node, and a parent stands before its children, so that no chain of parents is a ring. */
function checkNodes(nodes: readonly FrameworkNode[], file: string): void {
  if (nodes.length === 0) throw new CatalogueUnusable(`${file}: nodes`, 'is empty');
  const codes = new Set<string>();
  nodes.forEach((node, i) => {
    const place = `${file}: nodes.${String(i)}`;
    if (codes.has(node.code)) throw new CatalogueUnusable(`${place}.id`, `${node.code} is there a second time`);
    const parent = node.parent?.slice(node.parent.indexOf('#') + 1) ?? null;
    if (parent !== null && !codes.has(parent)) throw new CatalogueUnusable(`${place}.parent`, `${parent} is no node that stands before ${node.code}`);
    codes.add(node.code);
  });
  const names = new Set(codes);
  for (const [i, node] of nodes.entries()) {
    for (const alias of node.aliases) {
      if (names.has(alias)) throw new CatalogueUnusable(`${file}: nodes.${String(i)}.aliases`, `${alias} means another node already`);
      names.add(alias);
    }
  }
}

/** One object of the file, with the place where it stands. */
class Part {
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(value: unknown, readonly place: string, keys: readonly string[]) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new CatalogueUnusable(place, 'is no object');
    this.#fields = value as Readonly<Record<string, unknown>>;
    const unknown = Object.keys(value).find((key) => !keys.includes(key));
    if (unknown !== undefined) throw new CatalogueUnusable(this.#at(unknown), 'is not a field of this format');
  }

  part(key: string, keys: readonly string[]): Part {
    return new Part(this.#fields[key], this.#at(key), keys);
  }

  parts(key: string, keys: readonly string[]): Part[] {
    return this.#list(key).map((value, i) => new Part(value, `${this.#at(key)}.${String(i)}`, keys));
  }

  text(key: string, pattern: RegExp): string {
    const value = this.#fields[key];
    if (typeof value !== 'string') throw new CatalogueUnusable(this.#at(key), value === undefined ? 'is missing' : 'is no text');
    if (!pattern.test(value)) throw new CatalogueUnusable(this.#at(key), `is not of the form ${pattern.source}`);
    return value;
  }

  optional(key: string, pattern: RegExp): string | null {
    return (this.#fields[key] ?? null) === null ? null : this.text(key, pattern);
  }

  texts(key: string, pattern: RegExp): string[] {
    if (this.#fields[key] === undefined) return [];
    return this.#list(key).map((value, i) => {
      if (typeof value !== 'string' || !pattern.test(value)) throw new CatalogueUnusable(`${this.#at(key)}.${String(i)}`, `is not of the form ${pattern.source}`);
      return value;
    });
  }

  flag(key: string): boolean {
    const value = this.#fields[key];
    if (typeof value !== 'boolean') throw new CatalogueUnusable(this.#at(key), 'is neither true nor false');
    return value;
  }

  oneOf<const T extends string>(key: string, values: readonly T[]): T {
    const value = values.find((each) => each === this.#fields[key]);
    if (value === undefined) throw new CatalogueUnusable(this.#at(key), `is none of ${values.join(', ')}`);
    return value;
  }

  #list(key: string): readonly unknown[] {
    const value = this.#fields[key];
    if (!Array.isArray(value)) throw new CatalogueUnusable(this.#at(key), 'is no list');
    return value;
  }

  #at(key: string): string {
    return this.place.endsWith('.catalogue.json') ? `${this.place}: ${key}` : `${this.place}.${key}`;
  }
}
