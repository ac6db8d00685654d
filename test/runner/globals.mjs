// What a test file gets from '@jest/globals': each file an instance of this module of its own, because each file has a framework of its own.
export const { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } = globalThis[Symbol.for('countersign.jest-globals')];
