/** The archive of an organization, as it is described to REST clients. */
import { MOST_AN_HOUR } from '../audit/archive.service.js';
import { answer, refusals, type Described, type Operation } from '../platform/openapi.js';

const LINES = '{"kind":"archive","organization":{"id":"01a2077b-bf48-7377-be71-8d99df2e30b9","name":"Acme"},"origin":"risk.example.org/countersign/acme","root":"4f…","size":2,"v":1}\n{"digest":"sha256:9d…","kind":"end"}\n';

const TAKE: Operation = {
  operationId: 'takeArchive', tags: ['Organization'], summary: 'Everything that your organization has, as one file that anybody can verify',
  description: `Streams the records, the stored bytes of their versions, and every entry of the log, one JSON object a line in canonical form (RFC 8785); \`countersign tenant verify\` verifies the file without a server. The first line names size and root of the log, and everything is as of that, whatever is written meanwhile. Digests of API keys are in it, no keys. Only administrators and auditors take it, at most ${String(MOST_AN_HOUR)} times an hour for each account, and each time is an entry of the log. An error on the way ends the connection before the line \`end\`: such a file does not verify.`,
  responses: {
    200: answer('The file.', { 'application/jsonl': { schema: { type: 'string' }, examples: { beginning: { summary: 'Its first and its last line', value: LINES } } } }, {
      'content-disposition': { description: 'Names the file.', required: true, schema: { type: 'string', const: 'attachment; filename="archive.jsonl"' } },
    }),
    ...refusals({ PERMISSION_DENIED: 'You are neither an administrator nor an auditor of the organization.', TOO_MANY_REQUESTS: 'You took it as often as an account may within an hour.', AUDIT_UNAVAILABLE: 'The log cannot be written, so nothing is given.' }),
  },
};

export const ARCHIVE: Described = {
  tag: { name: 'Organization', description: 'What an organization takes with it.' }, schemas: {},
  paths: { '/v1/archive': { get: TAKE } },
};
