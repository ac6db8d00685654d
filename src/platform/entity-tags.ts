/** Answers that anybody may keep carry a tag of what is in them (RFC 9110): whoever names it in If-None-Match is told that it still holds, and is sent nothing. */
import { createHash } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Said by a route itself; an answer to somebody is `no-store` by then, and has none. */
const FOR_ANYBODY = /^public\b/;

export function tagAnswers(app: NestFastifyApplication): void {
  app.getHttpAdapter().getInstance().addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode !== 200 || typeof payload !== 'string' || !FOR_ANYBODY.test(String(reply.getHeader('cache-control')))) { done(null, payload); return; }
    const tag = tagOf(payload);
    void reply.header('etag', tag);
    if (!names(request.headers['if-none-match'], tag)) { done(null, payload); return; }
    void reply.code(304).removeHeader('content-type').removeHeader('content-length');
    done(null, null);
  });
}

export function tagOf(payload: string): string {
  return `"${createHash('sha256').update(payload).digest('base64url')}"`;
}

/** Whether one of the tags that are named, strong or weak, is this one. */
export function names(header: string | undefined, tag: string): boolean {
  return header !== undefined && (header.trim() === '*' || header.split(',').some((each) => each.trim().replace(/^W\//, '') === tag));
}
