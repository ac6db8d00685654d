// Which way imports point. The story order is one array: a chapter may use the chapters before it, never those after it.
// Composition files at the root of src/ may import everything and are imported by no chapter.
const STORY = [
  'platform', 'audit', 'identity', 'taxonomies', 'systems', 'evidence', 'risks', 'mitigations', 'acceptances', 'impacts',
  'monitoring', 'policies', 'reviews', 'gate', 'reporting', 'integrations', 'cli',
];
const ROOT = '^src/[^/]+\\.ts$';
const SPEC = '\\.spec\\.ts$';

const storyOrder = STORY.slice(0, -1).map((chapter, position) => ({
  name: `${chapter}-reads-no-later-chapter`, severity: 'error',
  comment: 'the order of the chapters is the order of the workflow; a later chapter extends an earlier one, never the reverse',
  from: { path: `^src/${chapter}/` },
  to: { path: `^src/(${STORY.slice(position + 1).join('|')})/` },
}));

module.exports = {
  forbidden: [
    { name: 'domain-is-pure', severity: 'error',
      comment: 'rules import rules, node:crypto, and canonical JSON and CEL (behind few files, see below)',
      from: { path: '^src/domain/', pathNot: SPEC },
      to: { pathNot: ['^src/domain/', '^(node:)?crypto$', 'node_modules/(canonicalize|json-canonicalize|@marcbachmann/cel-js)/'] } },
    { name: 'canonical-json-behind-one-file', severity: 'error',
      comment: 'one place decides what the canonical bytes are',
      from: { path: '^src/', pathNot: ['^src/domain/digest\\.ts$', SPEC] },
      to: { path: 'node_modules/(canonicalize|json-canonicalize)/' } },
    { name: 'cel-behind-the-expressions', severity: 'error',
      comment: 'what a policy may ask is decided in the files about expressions',
      from: { path: '^src/', pathNot: ['^src/domain/expression[^/]*\\.ts$', SPEC] },
      to: { path: 'node_modules/@marcbachmann/cel-js/' } },
    { name: 'nobody-imports-entry-points', severity: 'error',
      comment: 'resolvers, controllers and commands are imported by their module only',
      from: { pathNot: ['\\.module\\.ts$', ROOT] },
      to: { path: '\\.(resolver|controller|command)\\.ts$' } },
    { name: 'nobody-imports-composition-files', severity: 'error',
      comment: 'the files at the root of src/ put the chapters together; a chapter that needs one is upside down',
      from: { pathNot: ROOT },
      to: { path: ROOT } },
    { name: 'tables-know-only-the-domain', severity: 'error',
      comment: 'how a thing is stored depends on what it is, on nothing else',
      from: { path: '\\.table\\.ts$' },
      to: { pathNot: ['^src/domain/', '\\.table\\.ts$', 'node_modules/typeorm/'] } },
    { name: 'services-are-transport-free', severity: 'error',
      comment: 'GraphQL, REST and the CLI call the same services, so these know none of them',
      from: { path: '\\.(service|queries|loader|facts)\\.ts$' },
      to: { path: ['\\.graphql\\.ts$', 'node_modules/(@nestjs/graphql|@nestjs/apollo|@nestjs/platform-|graphql|fastify|@fastify|express|@apollo)'] } },
    { name: 'product-knows-no-tests', severity: 'error',
      from: { path: '^src/', pathNot: SPEC },
      to: { path: ['^test/', SPEC, 'node_modules/(@jest|jest|fast-check)/'] } },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...storyOrder,
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { conditionNames: ['import', 'types', 'node', 'default'], exportsFields: ['exports'] },
  },
};
