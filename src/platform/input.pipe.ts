/** The form of input: class-validator's checks, and no text anywhere that cannot be kept (NUL, lone surrogates). Rules about meaning are the domain's. */
import { Injectable, ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { Refusal } from '../domain/refusal.js';

const UNUSABLE = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

@Injectable()
export class InputPipe extends ValidationPipe {
  constructor() {
    super({ transform: true, whitelist: true, forbidNonWhitelisted: true, exceptionFactory: invalid });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'custom') return value;
    checkTexts(value, metadata.data ?? 'input');
    return super.transform(value, metadata) as Promise<unknown>;
  }
}

/** Deeper than any input of ours, far below the depth at which recursion breaks. */
const MAX_DEPTH = 32;

function checkTexts(value: unknown, path: string, depth = 0): void {
  if (typeof value === 'string' && UNUSABLE.test(value)) throw new Refusal('INVALID_TEXT', { field: path, message: `${path} contains a NUL or half a character.`, next: 'Send well-formed Unicode text.' });
  if (typeof value !== 'object' || value === null) return;
  if (depth >= MAX_DEPTH) throw new Refusal('INVALID_INPUT', { field: path.slice(0, 200), message: `The input is nested deeper than ${String(MAX_DEPTH)} levels.` });
  for (const [key, item] of Object.entries(value)) checkTexts(item, `${path}.${key}`, depth + 1);
}

function invalid(errors: ValidationError[]): Refusal {
  const [field, problem] = firstProblem(errors, '');
  return new Refusal('INVALID_INPUT', { field, message: problem });
}

function firstProblem(errors: readonly ValidationError[], parent: string): [field: string, problem: string] {
  const [error] = errors;
  if (error === undefined) return [parent, 'The input is not valid.'];
  const path = parent === '' ? error.property : `${parent}.${error.property}`;
  if (error.children !== undefined && error.children.length > 0) return firstProblem(error.children, path);
  return [path, Object.values(error.constraints ?? {})[0] ?? 'The value is not valid.'];
}
