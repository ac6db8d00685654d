/** Files behind evidence: taken in, recorded, and given out again to whoever may read the register. */
import { Injectable } from '@nestjs/common';
import { digestOf, parseDigest, type Digest } from '../domain/digest.js';
import { checkFileName, storeFile, type EvidenceFile } from '../domain/evidence-file.js';
import { FileInspection } from '../domain/file-kind.js';
import { declaredKind } from '../domain/media-type.js';
import type { Stored } from '../domain/package.js';
import { Refusal } from '../domain/refusal.js';
import type { RequestContext } from '../platform/request-context.js';
import { notFound, type ReadScope } from '../platform/scope.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { SystemTable } from '../systems/system.table.js';
import { Arrivals } from './arrivals.js';
import { EvidenceFileTable } from './evidence-file.table.js';
import { EvidenceStore } from './store/evidence-store.js';
import { tooLarge, type Spooled } from './store/spool.js';

/** What its sender says about a file. */
export interface Announced {
  readonly system: string;
  readonly name: string | null;
  readonly contentType: string | null;
  /** Null = left to us. */
  readonly digest: string | null;
  /** In bytes; null = not said. */
  readonly size: number | null;
}

type Recorded = Pick<EvidenceFile, 'systemId' | 'contentDigest' | 'size' | 'mediaType' | 'name'>;

@Injectable()
export class EvidenceFilesService {
  constructor(private readonly work: UnitOfWork, private readonly store: EvidenceStore, private readonly arrivals: Arrivals) {}

  /** The bytes get their place first, where they harm nobody, and then the record with its entry says that they are there. */
  async upload(ctx: RequestContext, announced: Announced, pieces: AsyncIterable<Uint8Array>): Promise<Stored<EvidenceFile>> {
    const [name, declared] = [checkFileName(announced.name), declaredKind(announced.contentType)];
    const claimed = announced.digest === null ? null : parseDigest(announced.digest, 'digest');
    const systemId = await this.#admit(ctx, announced);
    const inspection = new FileInspection(declared, name);
    const spooled = await this.store.receive(pieces, inspection);
    try {
      if (claimed !== null && claimed !== spooled.digest) throw new Refusal('FILE_DIGEST_MISMATCH', { field: 'digest', expected: claimed, actual: spooled.digest, message: 'The bytes that came are not those that were announced.', next: 'Send the file again.' });
      const mediaType = inspection.mediaType();
      return await this.#keep(withContent(ctx, spooled.digest), spooled, { systemId, contentDigest: spooled.digest, size: spooled.size, mediaType, name });
    } finally {
      await spooled.discard();
    }
  }

  /** What is not recorded is not kept either. Where it is open whether it was recorded, the bytes stay: a record without them would be worse. */
  async #keep(ctx: RequestContext, spooled: Spooled, file: Recorded): Promise<Stored<EvidenceFile>> {
    const arrival = await this.arrivals.expect(ctx, spooled);
    try {
      await this.store.keep(ctx.tenantId, spooled);
      return await this.#record(ctx, file).catch(async (error: unknown) => {
        if (!(error instanceof Refusal && error.code === 'OUTCOME_UNKNOWN')) await this.arrivals.takeBack(ctx, arrival, spooled.digest);
        throw error;
      });
    } finally {
      await this.arrivals.forget(ctx, arrival);
    }
  }

  /** The record of these bytes, and the bytes themselves. Those of others cannot be told from none. */
  async open(ctx: RequestContext, digest: string): Promise<{ readonly file: Stored<EvidenceFile>; readonly bytes: () => Promise<AsyncIterable<Uint8Array>> }> {
    const contentDigest = parseDigest(digest, 'digest');
    const [file] = await this.work.read(ctx, 'register.read', (scope) => scope.all(EvidenceFileTable, { contentDigest }));
    if (file === undefined) throw notFound('EvidenceFile', digest);
    return { file, bytes: () => this.store.read(ctx.tenantId, { digest: contentDigest, size: file.size }) };
  }

  /** The files with these digests that were handed in for whatever system. */
  async byDigests(ctx: RequestContext, digests: readonly Digest[]): Promise<Stored<EvidenceFile>[]> {
    return this.work.read(ctx, 'register.read', (scope) => scope.allWith(EvidenceFileTable, 'contentDigest', digests));
  }

  /** Before any byte is read: whether they may hand something in about this system. */
  async #admit(ctx: RequestContext, { system, size }: Announced): Promise<string> {
    const systemId = await this.work.note(ctx, 'evidence.submit', async (scope) => {
      const { id } = await scope.get(SystemTable, system);
      scope.requireFor('evidence.submit', id);
      return id;
    });
    if (size !== null && size > this.store.maxBytes) throw tooLarge(this.store.maxBytes);
    return systemId;
  }

  async #record(ctx: RequestContext, file: Recorded): Promise<Stored<EvidenceFile>> {
    const known = (): Promise<Stored<EvidenceFile> | null> => this.work.read(ctx, 'evidence.submit', (scope) => recordOf(scope, file));
    const before = await known();
    if (before !== null) return before;
    return this.work.write(ctx, 'evidence.submit', async (tx) => {
      tx.requireFor('evidence.submit', file.systemId);
      return tx.put(EvidenceFileTable, storeFile({ id: tx.newId(), systemId: file.systemId, storedBy: tx.actor.personId ?? tx.actor.id, storedAt: tx.now }, file));
    }).catch(async (error: unknown) => {
      const meanwhile = error instanceof Refusal && error.code === 'ALREADY_EXISTS' ? await known() : null;
      if (meanwhile === null) throw error;
      return meanwhile;
    });
  }
}

async function recordOf(scope: ReadScope, { systemId, contentDigest }: Pick<EvidenceFile, 'systemId' | 'contentDigest'>): Promise<Stored<EvidenceFile> | null> {
  return (await scope.all(EvidenceFileTable, { systemId, contentDigest }))[0] ?? null;
}

/** The same key with other bytes is another command. */
function withContent(ctx: RequestContext, digest: Digest): RequestContext {
  return ctx.command === null ? ctx : { ...ctx, command: { ...ctx.command, payload: digestOf([ctx.command.payload, digest]) } };
}
