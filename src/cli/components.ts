/** The parts of a release as the command line takes them: `ROLE:name=path` is read from the disk, `ROLE:name@sha256:…` is taken as it is. */
import { COMPONENT_ROLES, type Component } from '../domain/release.js';
import { UsageError } from './command.js';
import { digestPath } from './digest-folder.js';

export const COMPONENT_FORMS = 'ROLE:name=path or ROLE:name@sha256:…';

export async function readComponents(given: readonly string[]): Promise<Component[]> {
  const components: Component[] = [];
  for (const text of given) components.push(await readComponent(text));
  return components;
}

async function readComponent(text: string): Promise<Component> {
  const [, roleName, named] = /^([^:]+):(.+)$/s.exec(text) ?? [];
  if (roleName === undefined || named === undefined) throw notOfTheForm(text);
  const role = COMPONENT_ROLES.find((candidate) => candidate === roleName);
  if (role === undefined) throw new UsageError(`"${roleName}" is no component role; the roles are ${COMPONENT_ROLES.join(', ')}.`);
  return { role, ...byDigest(named) ?? await byPath(named, text) };
}

function byDigest(named: string): Omit<Component, 'role'> | null {
  const [, name, hex] = /^(.+)@sha256:([0-9a-f]{64})$/s.exec(named) ?? [];
  return name === undefined || hex === undefined ? null : { name, digest: `sha256:${hex}` };
}

async function byPath(named: string, text: string): Promise<Omit<Component, 'role'>> {
  const [, name, path] = /^([^=]+)=(.+)$/s.exec(named) ?? [];
  if (name === undefined || path === undefined) throw notOfTheForm(text);
  return { name, digest: (await digestPath(path)).digest };
}

function notOfTheForm(text: string): UsageError {
  return new UsageError(`"${text}" is not of the form ${COMPONENT_FORMS}.`);
}
