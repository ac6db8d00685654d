/** What an integrator does with the schema: a code generator turns what introspection answered into types, and a client is compiled against them. */
import { codegen } from '@graphql-codegen/core';
import * as types from '@graphql-codegen/typescript';
import * as operations from '@graphql-codegen/typescript-operations';
import { buildClientSchema, parse, printSchema, type IntrospectionQuery } from 'graphql';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import ts from 'typescript';

/** Two modules: types.ts for everything in the schema, operations.ts for what these operations ask and get; the generator validates them first. */
export async function generatedModules(introspection: IntrospectionQuery, documents: readonly string[]): Promise<Record<string, string>> {
  const given = {
    schema: parse(printSchema(buildClientSchema(introspection))),
    documents: documents.map((text, index) => ({ location: `operation-${index}.graphql`, document: parse(text) })),
    config: { enumsAsTypes: true },
  };
  return {
    'types.ts': await codegen({ ...given, filename: 'types.ts', plugins: [{ types: {} }], pluginMap: { types } }),
    'operations.ts': await codegen({ ...given, filename: 'operations.ts', plugins: [{ operations: {} }], pluginMap: { operations } }),
  };
}

/** What a strict compiler has against these modules, one line each: nothing when they fit together. */
export function compilerComplaints(modules: Readonly<Record<string, string>>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-client-'));
  try {
    for (const [name, text] of Object.entries(modules)) writeFileSync(join(folder, name), text);
    const program = ts.createProgram(Object.keys(modules).map((name) => join(folder, name)), {
      strict: true, noEmit: true, types: [], target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, skipLibCheck: true,
    });
    return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => `${basename(file?.fileName ?? '')}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
