// A lock in a file, so that of several terminals in one folder only one installs or builds. It names its holder
// and the program that the holder runs (which may survive it), and is broken when both are dead.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 200;
/** A holder touches its lock every second; one that was silent for so long is gone, and its pid is somebody else's now. */
const SILENT_MS = 60_000;

/** Waits for the lock; undefined when `isReady` says that it is no longer needed. */
export async function waitForLock(file, isReady) {
  let heartbeat;
  let since = 0;
  let toldOf;
  for (;;) {
    const lock = await takeLock(file);
    if (lock || isReady()) return lock;
    const text = readIfThere(file);
    const beat = lastBeat(file);
    if (beat !== heartbeat) [heartbeat, since] = [beat, performance.now()];
    const { pid } = parseLock(text);
    const isHeld = isAnyAlive(text) && performance.now() - since < SILENT_MS;
    if (!isHeld) breakLock(file, text);
    else if (toldOf !== pid) console.error(`Waiting for another terminal (pid ${pid}) that installs or builds in this folder …`);
    toldOf = isHeld ? pid : undefined;
    await pause(POLL_MS);
  }
}

function lastBeat(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

export function readIfThere(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

async function takeLock(file) {
  const holder = { pid: process.pid, token: `${process.pid}.${Date.now()}` };
  const draft = `${file}.${process.pid}`;
  const isMine = () => parseLock(readIfThere(file)).token === holder.token;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(draft, JSON.stringify(holder));
  try {
    fs.linkSync(draft, file); // the whole content appears at once, or EEXIST
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return undefined;
  } finally {
    fs.rmSync(draft);
  }
  await pause(POLL_MS / 2); // see breakLock: a lock moved away by mistake is back by then
  if (!isMine()) return undefined;

  const beat = setInterval(() => isMine() && fs.utimesSync(file, new Date(), new Date()), 1000).unref();
  const release = () => {
    clearInterval(beat);
    if (isMine()) fs.rmSync(file);
  };
  const started = (child) => {
    fs.writeFileSync(draft, JSON.stringify({ ...holder, child }));
    fs.renameSync(draft, file);
  };
  return { release, started };
}

function parseLock(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {}; // gone, or torn by a crash of the machine
  }
}

function isAnyAlive(text) {
  const { pid, child } = parseLock(text);
  return [pid, child].some((id) => id !== undefined && isAlive(id));
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM'; // alive, and somebody else's
  }
}

/** Two may judge the same lock stale: whoever moved a fresh one away by that puts it back. */
function breakLock(file, text) {
  const aside = `${file}.stale-${process.pid}`;
  try {
    fs.renameSync(file, aside);
    if (fs.readFileSync(aside, 'utf8') !== text) fs.linkSync(aside, file);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  }
  fs.rmSync(aside, { force: true });
}
