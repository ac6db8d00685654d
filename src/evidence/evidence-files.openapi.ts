/** Files behind evidence, as they are described to REST clients. */
import { MEDIA_TYPES } from '../domain/media-type.js';
import { answer, DIGEST, oneOf, orNull, record, ref, refusals, text, type Described, type Operation } from '../platform/openapi.js';
import type { StoredFile } from './file-body.js';

const EXAMPLE: StoredFile = { digest: `sha256:${'9f'.repeat(32)}`, size: 48_213, mediaType: 'application/pdf', name: 'attack-test.pdf' };

const STORED = record<StoredFile>('What was stored.', {
  digest: { ...DIGEST, description: 'What the file is called from now on: name it in submitEvidence.' }, size: { type: 'integer', minimum: 1, description: 'How many bytes it has.' },
  mediaType: oneOf(MEDIA_TYPES, 'What the bytes are.'), name: orNull(text('What its sender called it; null = nothing.')),
});

const UPLOAD: Operation = {
  operationId: 'uploadEvidenceFile', tags: ['Evidence'], summary: 'A file behind a piece of evidence',
  description: 'Takes the bytes of one file, digests them while they come and keeps them under their SHA-256. It is no evidence yet: submitEvidence (GraphQL) says what it shows, and names the digest. The content type is that of the file, or application/octet-stream; it has to agree with the bytes. Files are never opened or unpacked; archives, programs and pages are refused, and what is cut off as far as its kind tells. The same bytes a second time are answered alike, and take no room again. A file has to arrive within 30 seconds.',
  parameters: [
    { name: 'system', in: 'query', required: true, description: 'The AI system that it is evidence about, by id or number.', schema: { type: 'string', maxLength: 100 }, example: 'SYS-1' },
    { name: 'name', in: 'query', required: false, description: 'What people call it: a plain name of at most 255 bytes, no path, with an ending of its kind or none.', schema: { type: 'string', maxLength: 1000 }, example: 'attack-test.pdf' },
    { name: 'digest', in: 'query', required: false, description: 'Its SHA-256, if you know it: other bytes are refused then.', schema: { type: 'string', maxLength: 200 }, example: EXAMPLE.digest },
    { name: 'content-digest', in: 'header', required: false, description: 'The same as in RFC 9530.', schema: { type: 'string' }, example: 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:' },
  ],
  requestBody: { required: true, description: 'The bytes of the file, at most as many as the server is set up for (25 MB unless it says otherwise).', content: { 'application/octet-stream': { schema: {} } } },
  responses: {
    201: answer('The file is kept.', { 'application/json': { schema: ref('EvidenceFile'), examples: { one: { summary: 'A PDF', value: EXAMPLE } } } }),
    ...refusals({
      INVALID_INPUT: 'No file came, it broke off, its name is none, or a parameter is not one.', INVALID_TEXT: 'A parameter has characters that cannot be kept.', INVALID_DIGEST: 'The digest is none.', PERMISSION_DENIED: 'None of your roles may submit evidence about this system.',
      NOT_FOUND: 'There is no such AI system.', TOO_LARGE: 'The file is too large.', EVIDENCE_QUOTA_REACHED: 'The files of your organization would be more bytes than it may keep.', FILE_TYPE_REFUSED: 'Files of this kind are not taken, or the bytes are not what the content type or the ending of the name says.', FILE_DIGEST_MISMATCH: 'The bytes have another digest.',
      IDEMPOTENCY_KEY_REUSED: 'Other bytes were sent under this key before.', FILE_STORE_UNAVAILABLE: 'The store does not answer, or this server has none.', AUDIT_UNAVAILABLE: 'The log cannot be written, so nothing was.',
    }),
  },
};

const DOWNLOAD: Operation = {
  operationId: 'downloadEvidenceFile', tags: ['Evidence'], summary: 'The bytes of a file again',
  description: 'Always as a file to be saved, never as a page, whatever it is. The digest is computed again on the way: bytes that are no longer those that were handed in break off before their end.',
  parameters: [
    { name: 'digest', in: 'path', required: true, description: 'As it was answered, or as a piece of evidence says it in contentDigest.', schema: { type: 'string', maxLength: 100 }, example: EXAMPLE.digest },
    { name: 'if-none-match', in: 'header', required: false, description: 'The etag of what you have.', schema: { type: 'string' }, example: `"${EXAMPLE.digest}"` },
  ],
  responses: {
    200: answer('The bytes.', { 'application/octet-stream': { schema: {} } }, {
      'etag': { description: 'Its digest, quoted.', required: true, schema: { type: 'string', pattern: '^"sha256:[0-9a-f]{64}"$' } },
      'content-disposition': { description: 'Says that it is to be saved, and under which name.', required: true, schema: { type: 'string', pattern: '^attachment; ' } },
      'x-content-type-options': { description: 'Keeps a browser from guessing.', required: true, schema: { type: 'string', const: 'nosniff' } },
    }),
    304: answer('You have it already.', {}, { etag: { description: 'Its digest, quoted.', required: true, schema: { type: 'string' } } }),
    ...refusals({ INVALID_DIGEST: 'The digest is none.', PERMISSION_DENIED: 'None of your roles may read the register.', NOT_FOUND: 'There is no such file here.', FILE_STORE_UNAVAILABLE: 'The store does not answer, or has lost the file.' }),
  },
};

export const EVIDENCE_FILES: Described = {
  tag: { name: 'Evidence', description: 'Files behind evidence, in and out. What they show is recorded over GraphQL.' },
  schemas: { EvidenceFile: STORED },
  paths: { '/v1/evidence-files': { post: UPLOAD }, '/v1/evidence-files/{digest}': { get: DOWNLOAD } },
};
