// How refusals and database errors are told over each transport: the same code, details and advice, and nothing internal.
import { describe, expect, test } from '@jest/globals';
import { BadRequestException, InternalServerErrorException } from '@nestjs/common';
import { GraphQLError } from 'graphql';
import { REFUSAL_CODES, Refusal, RETRYABLE } from '../domain/refusal.js';
import { asRefusal, isRetryable, isStale } from './database.js';
import { extensionsOf, formatError } from './refusal-to-graphql.js';
import { HTTP_STATUS, problemOf } from './refusal-to-http.js';

const CONFLICT = new Refusal('CONFLICT', { message: 'Changed.', subject: 'Risk', currentVersion: 4, expected: '3', allowedActions: ['assess'] });

describe('a refusal', () => {
  test('carries the same over GraphQL and REST', () => {
    const told = { code: 'CONFLICT', retryable: false, details: { subject: 'Risk', expected: '3' }, currentVersion: 4, allowedActions: ['assess'], docs: 'docs/refusals.md#conflict' };

    expect(extensionsOf(CONFLICT)).toEqual(told);
    expect(problemOf(CONFLICT)).toEqual({ type: 'urn:countersign:refusal:CONFLICT', title: 'CONFLICT', status: 412, detail: 'Changed.', ...told });
  });

  test('is an error of the server only when the server itself is the matter, or an issuer that it has to ask', () => {
    expect(REFUSAL_CODES.filter((code) => HTTP_STATUS[code] >= 500).sort()).toEqual(['AUDIT_UNAVAILABLE', 'FILE_STORE_UNAVAILABLE', 'INTERNAL_ERROR', 'ISSUER_UNAVAILABLE', 'OUTCOME_UNKNOWN', 'OVERLOADED', 'REGISTER_UNAVAILABLE']);
    expect(REFUSAL_CODES.filter((code) => HTTP_STATUS[code] === 503).sort()).toEqual([...[...RETRYABLE].filter((code) => HTTP_STATUS[code] >= 500), 'OUTCOME_UNKNOWN'].sort());
  });

  test('keeps its path in a GraphQL answer, and loses what the layer added', () => {
    const thrown = new GraphQLError('Changed.', { path: ['editRisk'], originalError: CONFLICT });

    expect(formatError({ message: 'x', path: ['editRisk'], extensions: { stacktrace: ['at secret'] } }, thrown)).toEqual({ message: 'Changed.', path: ['editRisk'], extensions: extensionsOf(CONFLICT) });
  });
});

describe('an error that is no refusal', () => {
  const told = (thrown: unknown, formatted = { message: 'm' }): unknown => formatError(formatted, thrown).extensions?.['code'];

  test('tells nothing of itself', () => {
    const answer = formatError({ message: 'duplicate key in table secrets', path: ['risk'] }, new GraphQLError('x', { path: ['risk'], originalError: new Error('duplicate key in table secrets') }));

    expect(answer).toEqual({ message: 'Something went wrong on the server; it was logged.', path: ['risk'], extensions: expect.objectContaining({ code: 'INTERNAL_ERROR' }) });
  });

  test('is the client’s when the layer says so', () => {
    expect(told(new GraphQLError('m'), Object.assign({ message: 'm' }, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }))).toBe('INVALID_INPUT');
    expect(told(new GraphQLError('m', { path: ['risk'], originalError: new BadRequestException('m') }))).toBe('INVALID_INPUT');
    expect(told(new GraphQLError('m', { path: ['risk'], originalError: new InternalServerErrorException('m') }))).toBe('INTERNAL_ERROR');
  });

  test('of the layer is cut when it quotes what was sent', () => {
    expect(formatError({ message: 'x'.repeat(10_000), extensions: { code: 'BAD_USER_INPUT' } }, new GraphQLError('m')).message.length).toBeLessThan(520);
  });
});

describe('an error of the database', () => {
  const wrapped = (driverError: object): unknown => Object.assign(new Error('query failed'), { driverError });

  test.each([
    ['55P03', 'OVERLOADED'], ['57014', 'OVERLOADED'], ['53300', 'OVERLOADED'], ['40P01', 'OVERLOADED'], ['57P01', 'REGISTER_UNAVAILABLE'], ['25006', 'REGISTER_UNAVAILABLE'], ['3D000', 'REGISTER_UNAVAILABLE'],
    ['28P01', 'REGISTER_UNAVAILABLE'], ['CS002', 'AUDIT_UNAVAILABLE'], ['ECONNREFUSED', 'REGISTER_UNAVAILABLE'], ['EPIPE', 'REGISTER_UNAVAILABLE'],
  ])('%s means %s', (code, meaning) => {
    expect(asRefusal(wrapped({ code }))?.code).toBe(meaning);
    expect(asRefusal({ code })?.code).toBe(meaning);
  });

  test('is a refusal for the rules that the database keeps, and for no other', () => {
    expect(asRefusal(wrapped({ code: '23505', constraint: 'promotions_one_open' }))?.code).toBe('PROMOTION_EXISTS');
    expect(asRefusal(wrapped({ code: '23505', constraint: 'anything_else' }))).toBeNull();
    for (const code of ['23503', '23514', '42P01', '22P02']) expect(asRefusal(wrapped({ code }))).toBeNull();
    for (const nothing of [null, undefined, 'text', new Error('x')]) expect(asRefusal(nothing)).toBeNull();
  });

  test('begins a transaction again only for what a second run can mend', () => {
    expect(['40001', '40P01', '23505', 'CS001', '57014'].map((code) => [isRetryable(wrapped({ code })), isStale(wrapped({ code }))])).toEqual([[true, false], [true, false], [false, false], [false, true], [false, false]]);
  });
});
