/**
 * Verifies the archive of an organization line by line, from its text alone: nothing is missing from the log and nothing in it was changed,
 * every digest that it names is there, and the records are exactly those that the log left, as the log left them.
 */
import { appendLeaf, leafHash, rootOf, type Frontier } from './audit-tree.js';
import { canonicalJson, sha256, type Digest } from './digest.js';
import { chained, type ArchivedContent, type ArchivedEntry, type ArchivedRecord, type ArchiveEnd, type ArchiveHead, type ArchiveLine } from './tenant-archive.js';

export type Flaw = 'NO_ARCHIVE' | 'MALFORMED' | 'CUT_OFF' | 'OUT_OF_ORDER' | 'DIGEST_DIFFERS' | 'CONTENT_DIFFERS' | 'CONTENT_MISSING' | 'RECORD_DIFFERS' | 'RECORD_MISSING' | 'ENTRY_MISSING' | 'OTHER_LOG' | 'ROOT_DIFFERS';

/** What is wrong with an archive, and in which line; null = only to be told at its end. */
export class ArchiveFlaw extends Error {
  constructor(readonly flaw: Flaw, readonly line: number | null) {
    super(line === null ? flaw : `${flaw} in line ${String(line)}`);
    this.name = 'ArchiveFlaw';
  }
}

export interface VerifiedArchive { readonly head: ArchiveHead; readonly records: number; readonly contents: number; readonly erased: number }

/** Lines of a kind come only after those of an earlier stage. */
const STAGES = { archive: 0, record: 1, content: 1, entry: 2, end: 3 } as const;
type Line = ArchiveLine | ArchiveEnd;

/** Whose root it is, is for the reader to compare with the one that they know. What is said of the organization's name is said by its operator only. */
export class ArchiveVerification {
  #lines = 0;
  #stage: number = STAGES.archive;
  #digest: Digest = sha256('');
  #frontier: Frontier = [];
  #size = 0;
  #head: ArchiveHead | null = null;
  /** Its bytes are to follow. */
  #awaiting: ArchivedRecord | null = null;
  #latest = '';
  /** By digest: whether the bytes were erased. */
  readonly #contents = new Map<string, boolean>();
  readonly #named = new Set<string>();
  /** By object: the digest of its present version, as its record has it and as the log left it. */
  readonly #records = new Map<string, string>();
  readonly #left = new Map<string, string>();

  /** One line with its end. */
  read(text: string): void {
    this.#lines += 1;
    if (!text.endsWith('\n')) throw this.#flaw('CUT_OFF');
    const written = text.slice(0, -1);
    const line = parsed(written) ?? this.#refuse(this.#head === null ? 'NO_ARCHIVE' : 'MALFORMED');
    this.#enter(STAGES[line.kind]);
    if (line.kind === 'end') this.#end(line);
    else this.#take(line);
    this.#digest = chained(this.#digest, written);
  }

  outcome(): VerifiedArchive {
    if (this.#head === null) throw new ArchiveFlaw('NO_ARCHIVE', null);
    if (this.#stage !== STAGES.end) throw new ArchiveFlaw('CUT_OFF', null);
    const flaw = this.#logFlaw(this.#head) ?? this.#recordFlaw();
    if (flaw !== null) throw new ArchiveFlaw(flaw, null);
    return { head: this.#head, records: this.#records.size, contents: this.#contents.size, erased: [...this.#contents.values()].filter((isErased) => isErased).length };
  }

  #logFlaw({ size, root }: ArchiveHead): Flaw | null {
    if (this.#size !== size || Buffer.from(rootOf(this.#frontier)).toString('hex') !== root) return 'ROOT_DIFFERS';
    return [...this.#named].every((digest) => this.#contents.has(digest)) ? null : 'CONTENT_MISSING';
  }

  /** Records are what the log left; without one is only what was erased. */
  #recordFlaw(): Flaw | null {
    if ([...this.#records].some(([object, digest]) => this.#left.get(object) !== digest)) return 'RECORD_DIFFERS';
    return [...this.#left].every(([object, digest]) => this.#records.has(object) || this.#contents.get(digest) === true) ? null : 'RECORD_MISSING';
  }

  /** The first line says what it is of, and nothing comes after the last one. */
  #enter(stage: number): void {
    if ((this.#head === null) !== (stage === STAGES.archive)) throw this.#flaw(this.#head === null ? 'NO_ARCHIVE' : 'OUT_OF_ORDER');
    if (stage < this.#stage || this.#stage === STAGES.end) throw this.#flaw('OUT_OF_ORDER');
    if (stage > STAGES.content && this.#awaiting !== null) throw this.#flaw('RECORD_DIFFERS');
    this.#stage = stage;
  }

  #take(line: ArchiveLine): void {
    switch (line.kind) {
      case 'archive': this.#begin(line); return;
      case 'record': this.#await(line); return;
      case 'content': this.#content(line); return;
      case 'entry': this.#entry(line);
    }
  }

  /** A log is named after its organization. */
  #begin(head: ArchiveHead): void {
    if (!head.origin.endsWith(`/${head.organization.id}`)) throw this.#flaw('OTHER_LOG');
    this.#head = head;
  }

  #await(record: ArchivedRecord): void {
    if (this.#awaiting !== null) throw this.#flaw('RECORD_DIFFERS');
    this.#awaiting = record;
  }

  #content({ digest, text, tombstone }: ArchivedContent): void {
    if (digest <= this.#latest) throw this.#flaw('OUT_OF_ORDER');
    this.#latest = digest;
    if ((text === null) === (tombstone === null) || (text !== null && sha256(text) !== digest)) throw this.#flaw('CONTENT_DIFFERS');
    this.#contents.set(digest, text === null);
    for (const [, named] of (text ?? '').matchAll(KEPT)) this.#named.add(named ?? '');
    if (this.#awaiting !== null) this.#record(this.#awaiting, digest, text);
    this.#awaiting = null;
  }

  #record({ type, digest, value }: ArchivedRecord, following: string, text: string | null): void {
    const object = `${type} ${String(value['id'])}`;
    if (digest !== following || text === null || this.#records.has(object) || !saysSame(text, type, value)) throw this.#flaw('RECORD_DIFFERS');
    this.#records.set(object, digest);
  }

  #entry({ seq, entry }: ArchivedEntry): void {
    if (seq !== this.#size) throw this.#flaw('ENTRY_MISSING');
    this.#frontier = appendLeaf(this.#frontier, seq, leafHash(Buffer.from(entry, 'utf8')));
    this.#size += 1;
    const { log, object, after } = entrySaid(entry) ?? this.#refuse('MALFORMED');
    if (log !== this.#head?.origin) throw this.#flaw('OTHER_LOG');
    if (after === null) return;
    this.#named.add(after);
    this.#left.set(`${object.type} ${object.id}`, after);
  }

  #end({ digest }: ArchiveEnd): void {
    if (digest !== this.#digest) throw this.#flaw('DIGEST_DIFFERS');
  }

  #flaw(flaw: Flaw): ArchiveFlaw {
    return new ArchiveFlaw(flaw, this.#lines);
  }

  #refuse(flaw: Flaw): never {
    throw this.#flaw(flaw);
  }
}

/** Where canonical bytes name other kept bytes: packages and the facts of a decision. */
const KEPT = /(?<!\\)"(?:packageDigest|factsDigest)":"(sha256:[0-9a-f]{64})"/g;

function saysSame(text: string, type: string, value: unknown): boolean {
  const said = objectIn(text);
  return said?.['type'] === type && isCanonical(said['value'], canonicalJson(value));
}

interface Entry { readonly log: string; readonly object: { readonly type: string; readonly id: string }; readonly after: string | null }

function entrySaid(text: string): Entry | null {
  const said = objectIn(text);
  return said !== null && isNamed(said['object']) && isTextOrNull(said['after']) ? said as unknown as Entry : null;
}

function objectIn(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value as Readonly<Record<string, unknown>> : null;
  } catch {
    return null;
  }
}

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === 'string';
const isTextOrNull: Check = (value) => value === null || typeof value === 'string';
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isObject: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isNamed: Check = (value) => isObject(value) && isText((value as { type?: unknown }).type) && isText((value as { id?: unknown }).id);
const has = (shape: Readonly<Record<string, Check>>): Check => (value) => isObject(value) && Object.keys(value as object).length === Object.keys(shape).length
  && Object.entries(shape).every(([key, check]) => check((value as Readonly<Record<string, unknown>>)[key]));

/** Exactly these: what is said besides would be believed with the rest. */
const SHAPES: Readonly<Record<string, Check>> = {
  archive: has({ kind: isText, v: (value) => value === 1, organization: has({ id: isText, name: isText }), origin: isText, size: isCount, root: isText }),
  record: has({ kind: isText, type: isText, digest: isText, value: (value) => isObject(value) && isText((value as { id?: unknown }).id) }),
  content: has({ kind: isText, digest: isText, text: isTextOrNull, tombstone: isTextOrNull }),
  entry: has({ kind: isText, seq: isCount, entry: isText }),
  end: has({ kind: isText, digest: isText }),
};

/** Only as it is written canonically: a key that is there twice would say one thing to some readers and another to others. */
function parsed(text: string): Line | null {
  const line = objectIn(text);
  const kind = String(line?.['kind']);
  return Object.hasOwn(SHAPES, kind) && SHAPES[kind]?.(line) === true && isCanonical(line, text) ? line as unknown as Line : null;
}

function isCanonical(value: unknown, text: string): boolean {
  try {
    return canonicalJson(value) === text;
  } catch {
    return false;
  }
}
