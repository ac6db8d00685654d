/** The keeper that a place asks for. */
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { BucketPlace, EvidencePlace } from '../../platform/evidence-place.js';
import { Bucket } from './bucket.js';
import { BucketKeeper } from './bucket-keeper.js';
import type { FileKeeper, KeptFiles } from './file-keeper.js';
import { FolderKeeper } from './folder-keeper.js';
import { passingFolder } from './spool.js';

/** What comes in for a bucket passes through the data folder, or else through one folder of this account. Throws where it cannot be made or written. */
export function keeperAt(place: EvidencePlace, dataFolder: string | null): FileKeeper {
  return place.kind === 'folder' ? new FolderKeeper(resolve(place.folder)) : bucketKeeper(place, passingFolder(join(dataFolder ?? ownFolder(), 'incoming')));
}

/** For commands that only look after what is there: no folder is made. Null = there is none. */
export function keeperThere(place: EvidencePlace): KeptFiles | null {
  return place.kind === 'folder' ? FolderKeeper.existing(resolve(place.folder)) : bucketKeeper(place, '');
}

function bucketKeeper(place: BucketPlace, passing: string): BucketKeeper {
  return new BucketKeeper(new Bucket(place), place.prefix, passing);
}

/** Always the same one, so that what a server that was killed has left is found again. Among temporary files anybody may have made it before us. */
function ownFolder(): string {
  const { uid, username } = userInfo();
  const folder = join(tmpdir(), `countersign-${uid < 0 ? username : String(uid)}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  // Where accounts have no numbers, temporary files are each account's own.
  if (!found.isDirectory() || (uid >= 0 && (found.uid !== uid || (found.mode & 0o077) !== 0))) throw new Error(`${folder} is not a folder of this account alone`);
  return folder;
}
