/** Where files of evidence are kept, as the environment says: a folder, or a bucket of a service that speaks the protocol of S3. */
import { ConfigError, filled, wholeNumber, type Environment } from './config-values.js';

export interface FolderPlace { readonly kind: 'folder'; readonly folder: string }
export interface BucketPlace {
  readonly kind: 'bucket';
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Empty, or ending with a slash. */
  readonly prefix: string;
  readonly accessKey: string;
  readonly secretKey: string;
}
export type EvidencePlace = FolderPlace | BucketPlace;

/** Null = nowhere was named. */
export function readEvidencePlace(env: Environment): EvidencePlace | null {
  const named = filled(env, 'EVIDENCE_STORE');
  if (named === null) return null;
  return /^[a-z0-9]+:\/\//i.test(named) ? bucketPlace(env, named) : { kind: 'folder', folder: named };
}

/** How many bytes of files an organization may keep; null = any amount. */
export function readQuota(env: Environment): number | null {
  return filled(env, 'EVIDENCE_QUOTA_BYTES') === null ? null : wholeNumber(env, 'EVIDENCE_QUOTA_BYTES', { least: 1024, most: Number.MAX_SAFE_INTEGER, otherwise: 0 });
}

function bucketPlace(env: Environment, named: string): BucketPlace {
  const [, bucket, path = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([A-Za-z0-9._/-]*))?$/.exec(named) ?? [];
  if (bucket === undefined || path.split('/').some((part) => part === '.' || part === '..')) throw new ConfigError('EVIDENCE_STORE', 'must be a folder, or a bucket such as s3://countersign-evidence or s3://countersign-evidence/production');
  const parts = path.split('/').filter((part) => part !== '');
  const region = regionOf(env);
  return { kind: 'bucket', endpoint: endpoint(env, region), region, bucket, prefix: parts.map((part) => `${part}/`).join(''), accessKey: credential(env, 'EVIDENCE_S3_ACCESS_KEY'), secretKey: credential(env, 'EVIDENCE_S3_SECRET_KEY') };
}

function regionOf(env: Environment): string {
  const region = filled(env, 'EVIDENCE_S3_REGION') ?? 'us-east-1';
  if (!/^[a-z0-9-]{1,40}$/.test(region)) throw new ConfigError('EVIDENCE_S3_REGION', 'must be the name of a region such as eu-central-1');
  return region;
}

function endpoint(env: Environment, region: string): string {
  const value = filled(env, 'EVIDENCE_S3_ENDPOINT') ?? `https://s3.${region}.amazonaws.com`;
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') throw new ConfigError('EVIDENCE_S3_ENDPOINT', 'must be an address such as https://s3.eu-central-1.amazonaws.com or http://10.0.0.7:9000, without a name, a password or parameters');
  return value;
}

/** What it is, is never told. */
function credential(env: Environment, variable: string): string {
  const value = filled(env, variable);
  if (value === null) throw new ConfigError(variable, 'is missing: EVIDENCE_STORE names a bucket, which asks who is there');
  if (!/^[\x21-\x7e]{3,256}$/.test(value)) throw new ConfigError(variable, 'must be 3 to 256 visible ASCII characters');
  return value;
}
