/**
 * What is counted for the operator of this server, in a registry of its own. Every label takes its values from a closed list of ours: what a
 * client, a person or an organization has named never becomes a series. docs/operations/metrics.md explains each one.
 */
import { Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';
import { VERDICTS, type Verdict } from '../domain/gate.js';
import { REFUSAL_CODES, type RefusalCode } from '../domain/refusal.js';
import { ENVIRONMENT_KINDS, type EnvironmentKind } from '../domain/release.js';
import { observeDatabase } from './database-metrics.js';
import { asRefusal } from './database.js';
import { Pools } from './pools.js';

/** A route template of ours; null = no route answered. */
export interface AnsweredRequest { readonly method: string; readonly route: string | null; readonly status: number }

/** A root field of our schema; null = the document was refused before any was asked. */
export interface AnsweredField { readonly type: 'query' | 'mutation' | 'none'; readonly name: string | null; readonly outcome: RefusalCode | 'OK' }

const OPERATIONS = ['check', 'authorize', 'dryRun'] as const;
export type GateOperation = (typeof OPERATIONS)[number];

/** The kind is null where the gate knows no such environment, or could not judge. */
export interface AnsweredQuestion { readonly operation: GateOperation; readonly kind: EnvironmentKind | null; readonly verdict: Verdict }

const RECORDS = ['RECORDED', 'OVER_LIMIT', 'FAILED'] as const;
/** What became of the record of a refused command. */
export type RefusalRecord = (typeof RECORDS)[number];

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** Where none of our own names fits. */
const NONE = 'none';

/** In seconds; the gate is asked in the middle of deployments, and answers within milliseconds. */
const MILLISECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];
const ANSWERS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

@Injectable()
export class Metrics {
  readonly registry = new Registry();
  readonly #requests = this.#histogram('http_request_duration_seconds', 'HTTP requests, from their arrival to the end of the answer.', ANSWERS, ['method', 'route', 'status']);
  readonly #fields = this.#counter('graphql_operations_total', 'Root fields that GraphQL operations asked for, by how they ended.', ['type', 'field', 'outcome']);
  readonly #fieldTimes = this.#histogram('graphql_operation_duration_seconds', 'GraphQL operations that asked for this root field, from their arrival to their answer.', ANSWERS, ['type', 'field']);
  readonly #decisions = this.#counter('gate_decisions_total', 'Answers of the gate; a refused question is none.', ['operation', 'environment', 'verdict']);
  readonly #decisionTimes = this.#histogram('gate_decision_duration_seconds', 'Answers of the gate, without their transport.', MILLISECONDS, ['operation']);
  readonly #writes = this.#counter('writes_total', 'Commands that would change records: COMMITTED, or the code of their refusal.', ['outcome']);
  readonly #retries = this.#counter('write_retries_total', 'Attempts of commands that began again after a conflict.', []);
  readonly #commits = this.#histogram('commit_duration_seconds', 'Appending to the audit log and committing, the wait for the lock of the log included.', MILLISECONDS, []);
  readonly #entries = this.#counter('audit_entries_total', 'Entries appended to audit logs: those of committed commands, and records of refused ones.', []);
  readonly #refusals = this.#counter('refused_commands_total', 'Refused commands that belong into the audit log, and what became of their record.', ['record']);

  constructor(pools: Pools) {
    observeDatabase(this.registry, pools);
    this.#beginAtZero();
  }

  requestAnswered({ method, route, status }: AnsweredRequest, seconds: number): void {
    this.#requests.observe({ method: METHODS.has(method) ? method : 'OTHER', route: route ?? NONE, status: `${String(Math.floor(status / 100))}xx` }, seconds);
  }

  fieldAnswered({ type, name, outcome }: AnsweredField, seconds: number): void {
    const field = name ?? NONE;
    this.#fields.inc({ type, field, outcome });
    this.#fieldTimes.observe({ type, field }, seconds);
  }

  questionAnswered({ operation, kind, verdict }: AnsweredQuestion, seconds: number): void {
    this.#decisions.inc({ operation, environment: kind ?? NONE, verdict });
    this.#decisionTimes.observe({ operation }, seconds);
  }

  writeCommitted(entries: number): void {
    this.#writes.inc({ outcome: 'COMMITTED' });
    this.#entries.inc(entries);
  }

  writeFailed(error: unknown): void {
    this.#writes.inc({ outcome: asRefusal(error)?.code ?? 'INTERNAL_ERROR' });
  }

  writeRetried(): void {
    this.#retries.inc();
  }

  commandRefused(record: RefusalRecord): void {
    this.#refusals.inc({ record });
    if (record === 'RECORDED') this.#entries.inc();
  }

  /** Also counts what fails: a wait for the lock that was given up is the longest there is. */
  async timeCommit(commit: () => Promise<void>): Promise<void> {
    const begun = performance.now();
    await commit().finally(() => this.#commits.observe(secondsSince(begun)));
  }

  /** An alert on an increase sees the first one only if there was a zero before. */
  #beginAtZero(): void {
    for (const outcome of ['COMMITTED', ...REFUSAL_CODES]) this.#writes.inc({ outcome }, 0);
    for (const record of RECORDS) this.#refusals.inc({ record }, 0);
    for (const operation of OPERATIONS) {
      for (const environment of [...ENVIRONMENT_KINDS, NONE]) {
        for (const verdict of VERDICTS) this.#decisions.inc({ operation, environment, verdict }, 0);
      }
    }
  }

  #counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name: `countersign_${name}`, help, labelNames, registers: [this.registry] });
  }

  #histogram<Label extends string>(name: string, help: string, buckets: number[], labelNames: readonly Label[]): Histogram<Label> {
    return new Histogram({ name: `countersign_${name}`, help, buckets, labelNames, registers: [this.registry] });
  }
}

/** Since an instant of performance.now(). */
export function secondsSince(begun: number): number {
  return (performance.now() - begun) / 1000;
}
