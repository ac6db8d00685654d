/**
 * Signature Version 4, by which services that speak the protocol of S3 know who asks: a keyed digest over method, path, parameters, headers and the
 * digest of the body. The secret signs and is never sent. Source: AWS, "Signature Calculations for the Authorization Header".
 */
import { createHash, createHmac } from 'node:crypto';

export interface Credentials { readonly accessKey: string; readonly secretKey: string; readonly region: string }

export interface ToSign {
  readonly method: string;
  /** The path with its parameters, both escaped already; what is not escaped is signed as it will be sent. */
  readonly url: URL;
  /** By their names in small letters. All of them are signed. */
  readonly headers: Readonly<Record<string, string>>;
  /** SHA-256 of the body, in hexadecimal digits. */
  readonly bodyDigest: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** The headers with those that prove who sends them. */
export function signed({ method, url, headers, bodyDigest }: ToSign, { accessKey, secretKey, region }: Credentials, at: Date, service = 's3'): Record<string, string> {
  const time = at.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const day = time.slice(0, 8);
  const all: Record<string, string> = { host: url.host, ...headers, 'x-amz-date': time, ...(service === 's3' && { 'x-amz-content-sha256': bodyDigest }) };
  const names = Object.keys(all).sort();
  const request = [method, url.pathname, parametersOf(url), ...names.map((name) => `${name}:${(all[name] ?? '').trim().replaceAll(/ +/g, ' ')}`), '', names.join(';'), bodyDigest].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>((secret, part) => keyed(secret, part), `AWS4${secretKey}`);
  const signature = keyed(key, [ALGORITHM, time, scope, sha256Hex(request)].join('\n')).toString('hex');
  return { ...all, authorization: `${ALGORITHM} Credential=${accessKey}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}` };
}

/** As RFC 3986 escapes: everything but letters, digits and -._~ */
export function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Sorted by name, and each with its sign of equality. */
function parametersOf(url: URL): string {
  return url.search.slice(1).split('&').filter((part) => part !== '').map((part) => (part.includes('=') ? part : `${part}=`)).sort().join('&');
}

function keyed(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
