/** Evidence: submitted by people and pipelines, verified by somebody else, revoked, ending by itself. */
import { Injectable } from '@nestjs/common';
import { grantsInForce, type Principal } from '../domain/actor.js';
import { classificationOf } from '../domain/classification.js';
import type { NotingClock } from '../domain/clock.js';
import type { Decided } from '../domain/events.js';
import { rejectEvidence, revokeEvidence, submitEvidence, verifyEvidence, type Evidence, type EvidenceDescription, type EvidenceSource, type Judge } from '../domain/evidence.js';
import type { Stored } from '../domain/package.js';
import { Refusal } from '../domain/refusal.js';
import type { AiSystem } from '../domain/system.js';
import type { RequestContext } from '../platform/request-context.js';
import { notFound, type ReadScope } from '../platform/scope.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { SystemTable } from '../systems/system.table.js';
import type { Change } from '../systems/systems.service.js';
import { EvidenceTable } from './evidence.table.js';
import { checkAgainstType } from './catalogue/evidence-types.js';

/** A description in which what is superseded is named by id or number. */
export type EvidenceInput = EvidenceDescription & { readonly supersedes: string | null };

@Injectable()
export class EvidenceService {
  constructor(private readonly work: UnitOfWork) {}

  async submit(ctx: RequestContext, systemRef: string, input: EvidenceInput): Promise<Stored<Evidence>> {
    return this.work.write(ctx, 'evidence.submit', async (tx) => {
      const system = await tx.get(SystemTable, systemRef);
      tx.requireFor('evidence.submit', system.id);
      return submitOne(tx, system, input);
    });
  }

  /** All of them or none; each is a record with an entry of its own. */
  async submitSet(ctx: RequestContext, systemRef: string, inputs: readonly EvidenceInput[]): Promise<Stored<Evidence>[]> {
    return this.work.write(ctx, 'evidence.submit', async (tx) => {
      const system = await tx.get(SystemTable, systemRef);
      tx.requireFor('evidence.submit', system.id);
      return inOrder(inputs, (input) => submitOne(tx, system, input));
    });
  }

  async verify(ctx: RequestContext, change: Change): Promise<Stored<Evidence>> {
    return this.#judge(ctx, change, verifyEvidence);
  }

  /** All of them or none; whoever verifies has to be somebody else than each one's submitter. */
  async verifySet(ctx: RequestContext, changes: readonly Change[]): Promise<Stored<Evidence>[]> {
    return this.work.write(ctx, 'evidence.judge', (tx) => inOrder(changes, (change) => judgeOne(tx, change, verifyEvidence)));
  }

  async reject(ctx: RequestContext, change: Change, reason: string): Promise<Stored<Evidence>> {
    return this.#judge(ctx, change, (evidence, by) => rejectEvidence(evidence, by, reason));
  }

  async revoke(ctx: RequestContext, change: Change, reason: string): Promise<Stored<Evidence>> {
    return this.#judge(ctx, change, (evidence, by) => revokeEvidence(evidence, by, reason));
  }

  async #judge(ctx: RequestContext, change: Change, decide: Judgement): Promise<Stored<Evidence>> {
    return this.work.write(ctx, 'evidence.judge', (tx) => judgeOne(tx, change, decide));
  }
}

type Judgement = (evidence: Evidence, by: Judge) => Decided<Evidence>;

async function submitOne(tx: Tx, system: AiSystem, { supersedes, ...input }: EvidenceInput): Promise<Stored<Evidence>> {
  const older = supersedes === null ? null : await tx.get(EvidenceTable, supersedes);
  const identity = { id: tx.newId(), systemId: system.id, source: sourceOf(tx.actor, tx.clock()), submittedBy: tx.actor.personId ?? tx.actor.id, submittedAt: tx.now };
  const submitted = submitEvidence({ ...identity, number: await tx.nextNumber(EvidenceTable) }, classificationOf(system).tier, input, older);
  checkAgainstType(submitted.next.type, submitted.next.payload);
  return tx.put(EvidenceTable, submitted);
}

async function judgeOne(tx: Tx, change: Change, decide: Judgement): Promise<Stored<Evidence>> {
  const evidence = await tx.lock(EvidenceTable, change.id, change.expectedVersion);
  tx.requireFor('evidence.judge', evidence.systemId);
  return tx.put(EvidenceTable, decide(evidence, { principal: tx.actor, clock: tx.clock() }), evidence);
}

/** One after the other; a refusal of one says which one it is. */
async function inOrder<Item, Done>(items: readonly Item[], act: (item: Item) => Promise<Done>): Promise<Done[]> {
  const done: Done[] = [];
  for (const [i, item] of items.entries()) {
    done.push(await act(item).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
      const { field } = error.facts;
      throw new Refusal(error.code, { ...error.facts, field: ['input', String(i), ...(field === undefined ? [] : [field])].join('.') });
    }));
  }
  return done;
}

/** The records with these ids or numbers; refused when one of them is not there. */
export async function evidenceByReferences(scope: ReadScope, references: readonly string[], field = 'evidence'): Promise<Stored<Evidence>[]> {
  const found = new Map<string, Stored<Evidence>>();
  for (const [i, reference] of references.entries()) {
    const evidence = await scope.find(EvidenceTable, reference);
    if (evidence === null) throw new Refusal('NOT_FOUND', { ...notFound('Evidence', reference).facts, field: `${field}.${String(i)}` });
    found.set(evidence.id, evidence);
  }
  return [...found.values()];
}

/** The ids of these records, all of them about this system. */
export async function evidenceOfSystem(scope: ReadScope, systemId: string, references: readonly string[], field = 'evidence'): Promise<string[]> {
  const found = await evidenceByReferences(scope, references, field);
  const foreign = found.find((evidence) => evidence.systemId !== systemId);
  if (foreign !== undefined) throw new Refusal('INVALID_INPUT', { field, actual: foreign.number, message: `${foreign.number} is evidence about another system.` });
  return found.map((evidence) => evidence.id).sort();
}

function sourceOf(actor: Principal, clock: NotingClock): EvidenceSource {
  if (actor.kind === 'USER') return 'HUMAN';
  return grantsInForce(actor, clock).some((grant) => grant.role === 'DEPLOYER') ? 'CI' : 'MONITOR';
}
