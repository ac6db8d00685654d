/** One running server over one database: used by `npm start` and by every test that speaks HTTP. */
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import helmet from '@fastify/helmet';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppModule, ENTITIES } from './app.module.js';
import { Refusal } from './domain/refusal.js';
import { acceptFiles } from './evidence/file-body.js';
import type { EvidenceStore } from './evidence/store/evidence-store.js';
import type { ServerKeys } from './identity/keys.js';
import type { ExplorerOptions } from './integrations/explorer/explorer.controller.js';
import type { LogLevel } from './platform/config.js';
import type { RequestContext } from './platform/request-context.js';
import { tagAnswers } from './platform/entity-tags.js';
import { allowOrigins, keepAnswersPrivate, postDocumentsOnly, refuseUnreadable } from './platform/http-rules.js';
import { atMost, loggerFor } from './platform/logging.js';
import { Metrics } from './platform/metrics.js';
import { Pools } from './platform/pools.js';
import { Readiness } from './platform/readiness.js';
import { BODY_LIMIT, problemOf } from './platform/refusal-to-http.js';
import { checkRole } from './platform/role-check.js';
import { knowDocuments, trustedDocuments, type TrustedDocuments } from './platform/trusted-documents.js';
import { letPass, letRestsPass } from './platform/unread-bodies.js';
import { acceptCsv } from './risks/csv-body.js';

export interface ServerOptions {
  readonly databaseUrl: string;
  /** Connections for all but the gate. */
  readonly poolSize: number;
  /** Connections that only the gate uses; as many as for the rest unless set. */
  readonly gatePoolSize?: number;
  readonly keys: ServerKeys;
  readonly logLevel: LogLevel;
  /** For embedded mode only: whoever reaches the explorer may ask as these people. */
  readonly explorer?: ExplorerOptions | null;
  /** Whether plain http to this machine may be fetched, as keys of an issuer. */
  readonly loopback?: boolean;
  /** Networks that are not public and may be fetched from all the same. */
  readonly ownNetworks?: readonly string[];
  readonly corsOrigins?: readonly string[];
  /** Whose X-Forwarded-For is believed. */
  readonly trustedProxies?: readonly string[];
  readonly documents?: TrustedDocuments;
  /** Left out = no files are kept here. */
  readonly files?: EvidenceStore;
}

/** All of a request is there within 30 seconds, its head within 10: a limit of the head that is longer than that of the whole would be the limit of both. The server looks once a second. */
const TIMES = { requestTimeout: 30_000, http: { headersTimeout: 10_000, connectionsCheckingInterval: 1000 } };

export async function createServer(options: ServerOptions): Promise<NestFastifyApplication> {
  const { poolSize, gatePoolSize = poolSize } = options;
  const pools = await Pools.open({ url: options.databaseUrl, applicationName: 'countersign' }, { general: poolSize, gate: gatePoolSize }, ENTITIES);
  try {
    await checkRole((sql) => pools.general.query(sql));
    const adapter = new FastifyAdapter({ genReqId: requestId, frameworkErrors: refuseAddress, bodyLimit: BODY_LIMIT, trustProxy: [...options.trustedProxies ?? []], clientErrorHandler: refuseUnreadable, ...TIMES, forceCloseConnections: 'idle' });
    const app = await NestFactory.create<NestFastifyApplication>(AppModule.over(pools, options.keys, options), adapter, { logger: loggerFor(atMost(options.logLevel, 'warn')), abortOnError: false });
    // Before everything that answers by itself, or its answers would go without these headers.
    await app.register(helmet, { contentSecurityPolicy: { directives: { defaultSrc: ["'none'"] } } });
    logRequests(app);
    countRequests(app);
    // Before whatever ends connections with their answer.
    letRestsPass(app.getHttpAdapter().getInstance());
    stopGracefully(app, pools);
    postDocumentsOnly(app, (options.corsOrigins ?? []).length > 0);
    keepAnswersPrivate(app);
    tagAnswers(app);
    allowOrigins(app, options.corsOrigins ?? []);
    knowDocuments(app, options.documents ?? trustedDocuments(null, false));
    acceptCsv(app.getHttpAdapter().getInstance());
    acceptFiles(app.getHttpAdapter().getInstance());
    await app.init();
    // The framework's own account of its start is of no use to an operator.
    app.useLogger(loggerFor(options.logLevel));
    return app;
  } catch (error) {
    await pools.close();
    throw error;
  }
}

/** First not ready, then no new connections, each open one ended with its last answer, and the database closed last. */
function stopGracefully(app: NestFastifyApplication, pools: Pools): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('preClose', (done) => {
    app.get(Readiness).stopping = true;
    done();
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (app.get(Readiness).stopping) void reply.header('connection', 'close');
    done(null, payload);
  });
  fastify.addHook('onClose', async () => { await pools.close(); });
}

/** An address that is no URL never reaches a route, hence no filter. */
function refuseAddress(_error: Error, { raw }: FastifyRequest, reply: FastifyReply): void {
  letPass(raw);
  void reply.status(400).header('content-type', 'application/problem+json').send(JSON.stringify(problemOf(new Refusal('INVALID_INPUT', { message: 'The address is not a well-formed URL.' }))));
}

/** The caller's own request id when it is a UUID, so that both sides' logs can be joined; anything else could say something about a person. */
function requestId(request: { readonly headers: IncomingHttpHeaders }): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(given) ? given : randomUUID();
}

/** One line for each request: what was asked, by which account, how it ended. No bodies, no tokens, no names. */
function logRequests(app: NestFastifyApplication): void {
  const logger = new Logger('HTTP');
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  fastify.addHook('onResponse', async (request, reply) => {
    const { user } = request as { user?: RequestContext };
    logger.log({ msg: 'request', requestId: request.id, method: request.method, route: request.routeOptions.url ?? 'unknown', status: reply.statusCode, ms: Math.round(reply.elapsedTime), principal: user?.principalId ?? null });
    await Promise.resolve();
  });
}

/** By route template: an address, which anybody can make up, counts for none. */
function countRequests(app: NestFastifyApplication): void {
  const metrics = app.get(Metrics);
  app.getHttpAdapter().getInstance().addHook('onResponse', (request, reply, done) => {
    metrics.requestAnswered({ method: request.method, route: request.routeOptions.url ?? null, status: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });
}
