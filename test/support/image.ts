// Dockerfile and compose file read without Docker: their instructions, what must not be in them, and the image as a folder.
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Instruction { readonly name: string; readonly text: string; readonly stage: number }
export interface Service {
  readonly image?: string; readonly build?: string; readonly command?: readonly string[]; readonly user?: string; readonly privileged?: boolean; readonly ports?: readonly string[]; readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>; readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
}
export interface Compose { readonly services: Readonly<Record<string, Service>>; readonly volumes?: Readonly<Record<string, unknown>> }
/** What there is for the files to name. */
export interface Project { readonly folder: string; readonly scripts: readonly string[]; readonly commands: readonly string[]; readonly variables: readonly string[] }

export function instructionsOf(dockerfile: string): Instruction[] {
  let stage = -1;
  return dockerfile.replaceAll(/^\s*#.*\n/gm, '').replaceAll(/\\\n\s*/g, ' ').split('\n').filter((line) => line.trim() !== '').map((line) => {
    const [, name = '', text = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (name === 'FROM') stage += 1;
    return { name, text, stage };
  });
}

const TAG = /^[a-z0-9./-]+:\d+(\.\d+)+(-[a-z0-9.]+)?$/;

/** What is wrong with the Dockerfile; empty = nothing. */
export function flawsOfDockerfile(dockerfile: string, project: Project): string[] {
  const found = instructionsOf(dockerfile);
  const last = Math.max(...found.map(({ stage }) => stage));
  const stages = found.filter(({ name }) => name === 'FROM').map(({ text }) => text.split(' '));
  const users = found.filter(({ name, stage }) => name === 'USER' && stage === last).map(({ text }) => text);
  return [
    ...stages.flatMap(([image = '']) => (TAG.test(image) ? [] : [`${image} has no version`])),
    ...(users.length > 0 && !/^(root|0)\b/.test(users.at(-1) ?? '') ? [] : ['it runs as root']),
    ...found.filter(({ name }) => name === 'COPY').flatMap(({ text }) => missingSources(text, stages.map(([, , name]) => name), project)),
    ...found.filter(({ name }) => name === 'RUN').flatMap(({ text }) => flawsOfCommand(text.split(' '), project)),
    ...found.filter(({ name }) => name === 'ENV').flatMap(({ text }) => text.split(' ').map((pair) => pair.split('=')[0]!)).filter((name) => !project.variables.includes(name)).map((name) => `${name} is no variable of the configuration`),
    ...found.filter(({ name }) => name === 'CMD' || name === 'ENTRYPOINT' || name === 'HEALTHCHECK').flatMap(({ name, text }) => flawsOfExec(name, text, project)),
    ...['CMD', 'HEALTHCHECK'].filter((wanted) => !found.some(({ name, stage }) => name === wanted && stage === last)).map((wanted) => `it has no ${wanted}`),
  ];
}

function missingSources(text: string, stages: readonly (string | undefined)[], { folder }: Project): string[] {
  const words = text.split(' ');
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  if (from !== undefined) return stages.includes(from) ? [] : [`there is no stage ${from}`];
  return words.slice(0, -1).filter((source) => !existsSync(join(folder, source))).map((source) => `there is no ${source} to copy`);
}

/** Without a shell in between, so that signals arrive. */
function flawsOfExec(name: string, text: string, project: Project): string[] {
  const list = /\[.*\]$/.exec(text)?.[0];
  if (list === undefined) return [`${name} goes through a shell`];
  return flawsOfCommand(JSON.parse(list) as string[], project);
}

export function flawsOfCommand([program, ...args]: readonly string[], project: Project): string[] {
  const [what = '', ...rest] = args;
  if (program === 'npm' && what === 'run') return rest.slice(0, 1).filter((script) => !project.scripts.includes(script)).map((script) => `npm knows no ${script}`);
  return program === 'node' && !what.startsWith('--') ? flawsOfProgram(what, rest.join(' '), project) : [];
}

function flawsOfProgram(file: string, args: string, { folder, commands }: Project): string[] {
  // What is built lies where its source says.
  const source = file.replace(/^dist\//, '').replace(/\.js$/, '.ts');
  if (![file, source].some((path) => existsSync(join(folder, path)))) return [`there is no ${file} to run`];
  const isKnown = file !== 'bin/countersign.mjs' || commands.some((command) => args.startsWith(command));
  return isKnown ? [] : [`countersign knows no ${args}`];
}

/** What is wrong with the compose file; empty = nothing. */
export function flawsOfCompose({ services, volumes = {} }: Compose, project: Project): string[] {
  return Object.entries(services).flatMap(([name, service]) => [
    ...flawsOfService(service, project), ...Object.entries(service.depends_on ?? {}).flatMap(([other, { condition }]) => flawsOfWaiting(services[other], condition, other)),
    ...(service.volumes ?? []).map((volume) => volume.split(':')[0]!).filter((volume) => !/^[./]/.test(volume) && !(volume in volumes)).map((volume) => `there is no volume ${volume}`),
  ].map((flaw) => `${name}: ${flaw}`));
}

function flawsOfService(service: Service, project: Project): string[] {
  const { image, build, command = [], ports = [], environment = {} } = service;
  const unknown = build === undefined ? [] : Object.keys(environment).filter((name) => !project.variables.includes(name));
  return [
    ...(build !== undefined || (image !== undefined && TAG.test(image)) ? [] : [`${image ?? 'its image'} has no version`]), ...(runsAsRoot(service) ? ['it runs as root'] : []),
    ...ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port)).map((port) => `${port} is bound to every interface`),
    ...flawsOfCommand(command, project), ...unknown.map((name) => `${name} is no variable of the configuration`),
  ];
}

function runsAsRoot({ privileged, user = '' }: Service): boolean {
  return privileged === true || /^(root|0)\b/.test(user);
}

function flawsOfWaiting(other: Service | undefined, condition: string, name: string): string[] {
  if (other === undefined) return [`there is no service ${name}`];
  const isWatched = other.healthcheck?.disable !== true && (other.build !== undefined || other.healthcheck?.test !== undefined);
  return condition === 'service_healthy' && !isWatched ? [`${name} has no health check to wait for`] : [];
}

/** ${NAME:-otherwise} as compose fills it in, with nothing set. */
export function filled(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')]));
}

/** The last stage as a folder: exactly what it copies, with the production packages of the lock file. */
export function unpackImage(dockerfile: string, project: string, folder: string): void {
  const found = instructionsOf(dockerfile);
  const last = Math.max(...found.map(({ stage }) => stage));
  for (const { text } of found.filter(({ name, stage }) => name === 'COPY' && stage === last)) {
    for (const source of text.split(' ').filter((word) => !word.startsWith('--')).slice(0, -1).map((word) => word.replace('/app/', ''))) {
      if (source === 'node_modules') linkProduction(project, folder);
      else cpSync(join(project, source), join(folder, source), { recursive: true });
    }
  }
}

function linkProduction(project: string, folder: string): void {
  const { packages } = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as { packages: Readonly<Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean }>> };
  for (const [path, { dev, optional, devOptional }] of Object.entries(packages)) {
    if (dev === true || optional === true || devOptional === true || !/^node_modules\/(@[^/]+\/)?[^/]+$/.test(path)) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(join(project, path), join(folder, path));
  }
}
