/** The keeper that a place asks for. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { EvidencePlace } from '../../platform/evidence-place.js';
import { Bucket } from './bucket.js';
import { BucketKeeper } from './bucket-keeper.js';
import type { FileKeeper } from './file-keeper.js';
import { FolderKeeper } from './folder-keeper.js';

/** What comes in for a bucket passes through the data folder, or else through a folder of this process alone. */
export function keeperAt(place: EvidencePlace, dataFolder: string | null): FileKeeper {
  return place.kind === 'folder' ? new FolderKeeper(resolve(place.folder)) : new BucketKeeper(new Bucket(place), place.prefix, join(dataFolder ?? mkdtempSync(join(tmpdir(), 'countersign-')), 'incoming'));
}

/** For commands that only look after what is there: a folder is not made. Null = there is none. */
export function keeperThere(place: EvidencePlace): FileKeeper | null {
  return place.kind === 'folder' ? FolderKeeper.existing(resolve(place.folder)) : keeperAt(place, null);
}
