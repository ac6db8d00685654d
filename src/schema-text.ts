/** The published GraphQL schema as text, made from the whole application without a database: what src/schema.graphql must equal. */
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { AppModule } from './app.module.js';
import { newServerKeys } from './identity/keys.js';
import { Pools } from './platform/pools.js';

export async function schemaText(): Promise<string> {
  const app = await NestFactory.create(AppModule.over(Pools.unopened(), newServerKeys()), new FastifyAdapter(), { logger: false });
  await app.init();
  const { schema } = app.get(GraphQLSchemaHost);
  await app.close();
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
