/** The policy in force: the shipped default matrix, read once at the start and named by its digest. */
import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { digestOf } from '../domain/digest.js';
import type { GatePolicy } from '../domain/policy.js';

@Injectable()
export class PolicyService {
  readonly #policy = defaultPolicy();

  current(): GatePolicy {
    return this.#policy;
  }
}

export function defaultPolicy(): GatePolicy {
  const document = JSON.parse(readFileSync(new URL('./default-policy.json', import.meta.url), 'utf8')) as Omit<GatePolicy, 'digest'>;
  return { ...document, digest: digestOf(document) };
}
