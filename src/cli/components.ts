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
  const [, roleName, rest] = /^([^:]+):(.+)$/s.exec(text) ?? [];
  if (roleName === undefined || rest === undefined) throw new UsageError(`"${text}" is not of the form ${COMPONENT_FORMS}.`);
  const role = COMPONENT_ROLES.find((candidate) => candidate === roleName);
  if (role === undefined) throw new UsageError(`"${roleName}" is no component role; the roles are ${COMPONENT_ROLES.join(', ')}.`);
  const [, digestName, hex] = /^(.+)@sha256:([0-9a-f]{64})$/s.exec(rest) ?? [];
  if (digestName !== undefined && hex !== undefined) return { role, name: digestName, digest: `sha256:${hex}` };
  const [, pathName, path] = /^([^=]+)=(.+)$/s.exec(rest) ?? [];
  if (pathName === undefined || path === undefined) throw new UsageError(`"${text}" is not of the form ${COMPONENT_FORMS}.`);
  return { role, name: pathName, digest: (await digestPath(path)).digest };
}
