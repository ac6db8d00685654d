// Requests as they go over the wire, right or wrong, with whatever came back.
import type { TestApp } from './app.js';

export interface Sent { readonly method?: string; readonly path?: string; readonly body?: string | undefined; readonly headers?: Readonly<Record<string, string>> }
export interface Received { readonly status: number; readonly type: string; readonly headers: Headers; readonly text: string; readonly json: Record<string, unknown> }

/** As the pipeline of the example, unless the headers say otherwise. */
export async function sendTo(app: TestApp, { method = 'POST', path = '/v1/gate/check', body, headers = {} }: Sent): Promise<Received> {
  const token = await app.token('pipeline');
  const response = await fetch(`${app.url}${path}`, { method, headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers }, ...(body !== undefined && { body }) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, type: response.headers.get('content-type') ?? '', text, json: JSON.parse(text) as Record<string, unknown> };
}

/** The code of the refusal, over GraphQL or REST. */
export function codeOf(json: Record<string, unknown>): unknown {
  const [error] = (json['errors'] ?? []) as { extensions: Record<string, unknown> }[];
  return error === undefined ? json['code'] : error.extensions['code'];
}
