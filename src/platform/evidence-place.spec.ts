// Where evidence is kept: a folder or a bucket, and what is wrong with either is told by the name of its variable, without the secret.
import { expect, test } from '@jest/globals';
import { readEvidencePlace } from './evidence-place.js';

const KEYS = { EVIDENCE_S3_ACCESS_KEY: 'AKEXAMPLE', EVIDENCE_S3_SECRET_KEY: 'hunter2hunter2' };
const problemOf = (env: Readonly<Record<string, string>>): string => {
  try {
    readEvidencePlace({ EVIDENCE_STORE: 's3://evidence', ...KEYS, ...env });
    return 'accepted';
  } catch (error) {
    return (error as Error).message;
  }
};

test('is a folder, a bucket, or nowhere', () => {
  expect(readEvidencePlace({})).toBeNull();
  expect(readEvidencePlace({ EVIDENCE_STORE: 'files/evidence' })).toEqual({ kind: 'folder', folder: 'files/evidence' });
  expect(readEvidencePlace({ EVIDENCE_STORE: 's3://evidence', ...KEYS })).toEqual({ kind: 'bucket', endpoint: 'https://s3.us-east-1.amazonaws.com', region: 'us-east-1', bucket: 'evidence', prefix: '', accessKey: 'AKEXAMPLE', secretKey: 'hunter2hunter2' });
  expect(readEvidencePlace({ EVIDENCE_STORE: 's3://evidence/a//b/', EVIDENCE_S3_REGION: 'eu-central-1', ...KEYS })).toMatchObject({ endpoint: 'https://s3.eu-central-1.amazonaws.com', prefix: 'a/b/' });
  expect(readEvidencePlace({ EVIDENCE_STORE: 's3://evidence', EVIDENCE_S3_ENDPOINT: 'http://10.0.0.7:9000', ...KEYS })).toMatchObject({ endpoint: 'http://10.0.0.7:9000' });
});

test.each([
  ['EVIDENCE_STORE', ['s3://', 's3://Evidence', 's3://evidence/../other', 's3://a', 's3://evidence/ä', 'https://evidence.example', 's3://AK:SK@evidence']], ['EVIDENCE_S3_REGION', ['EU', 'eu central', 'eu/1']],
  ['EVIDENCE_S3_ENDPOINT', ['s3.example', 'ftp://s3.example', 'https://AK:SK@s3.example', 'https://s3.example/?a', 'https://s3.example/#a']], ['EVIDENCE_S3_ACCESS_KEY', ['', 'a b', 'ä'.repeat(9)]], ['EVIDENCE_S3_SECRET_KEY', ['', 'hunter2 hunter2', 'hunter2\nhunter2']],
])('%s is refused by its name, in one line, and never with a secret', (variable, values) => {
  for (const value of values) expect([value, problemOf({ [variable]: value })]).toEqual([value, expect.stringMatching(new RegExp(`^${variable} (?!.*(hunter2|SK))[^\\n]+$`))]);
});
