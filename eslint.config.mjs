// How the code is kept readable: strict typed rules, small files, small functions, no clever exports.
// Import directions are in .dependency-cruiser.cjs; what neither can see is in test/architecture.spec.ts.
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const SPECS = ['**/*.spec.ts'];
const TESTS = ['test/**/*.ts', ...SPECS];
/** Nest reads these classes' constructor and property types at run time: a type-only import would erase them. */
const DECORATED = ['**/*.{resolver,service,queries,loader,facts,controller,command,module,graphql,input,guard,strategy}.ts', 'src/platform/**/*.ts', 'src/*.ts'];
/** Jest takes its parts from default exports. */
const DEFAULT_EXPORT_REQUIRED = ['test/runner/*.mjs', '*.config.mjs'];

const size = (lines) => ({
  'max-lines': ['error', { max: lines }],
  'max-lines-per-function': ['error', { max: 40 }],
  // A switch over every case of a union counts once: it is read as a table.
  complexity: ['error', { max: 10, variant: 'modified' }],
});

const noDefaultExport = { selector: 'ExportDefaultDeclaration', message: 'Export by name: one thing, one name everywhere.' };
const noArrowExport = {
  selector: 'ExportNamedDeclaration > VariableDeclaration > VariableDeclarator > :matches(ArrowFunctionExpression, FunctionExpression).init',
  message: 'Export a function declaration.',
};
const noSleep = {
  selector: 'NewExpression[callee.name="Promise"] CallExpression[callee.name="setTimeout"]',
  message: 'A test waits for what it needs, not for time to pass.',
};

/** As max-lines-per-function, but a describe block is a chapter heading and not a function to be read at once. */
const testSizes = {
  rules: {
    'function-lines': {
      meta: { type: 'suggestion', schema: [], messages: { long: 'This function has {{lines}} lines, the limit is 40.' } },
      create(context) {
        const check = (node) => {
          const callee = node.parent.type === 'CallExpression' ? node.parent.callee : undefined;
          const name = callee?.type === 'CallExpression' ? callee.callee : callee;
          const isDescribe = (name?.name ?? name?.object?.name) === 'describe';
          const lines = node.loc.end.line - node.loc.start.line + 1;
          if (!isDescribe && lines > 40) context.report({ node, messageId: 'long', data: { lines: String(lines) } });
        };
        return { FunctionDeclaration: check, FunctionExpression: check, ArrowFunctionExpression: check };
      },
    },
  },
};

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', '.countersign/', 'node_modules/', 'tools/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...size(250),
      'no-restricted-syntax': ['error', noDefaultExport, noArrowExport],
      '@typescript-eslint/max-params': ['error', { max: 4 }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: false, requireDefaultForNonUnion: true }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Nest's modules are empty classes whose meaning is their decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // A method that implements an asynchronous contract may have nothing to wait for.
      '@typescript-eslint/require-await': 'off',
    },
  },
  // A GraphQL class is a description of a shape: what is shown is a plain value of that shape.
  { files: DECORATED, rules: { '@typescript-eslint/consistent-type-imports': 'off', '@typescript-eslint/no-unsafe-class-instance-assignment': 'off' } },
  {
    files: TESTS,
    plugins: { sizes: testSizes },
    rules: {
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': 'off',
      'sizes/function-lines': 'error',
      // A test reaches into answers whose form it has just stated.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: SPECS, rules: { 'no-restricted-syntax': ['error', noDefaultExport, noArrowExport, noSleep] } },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    extends: [js.configs.recommended],
    languageOptions: {
      globals: Object.fromEntries([
        'process', 'console', 'URL', 'Buffer', 'fetch', 'performance', 'AbortSignal', 'AbortController',
        'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'structuredClone',
      ].map((name) => [name, 'readonly'])),
    },
    rules: { ...size(250), 'max-params': ['error', 4], 'no-restricted-syntax': ['error', noDefaultExport, noArrowExport] },
  },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs', globals: { module: 'writable', require: 'readonly' } } },
  { files: DEFAULT_EXPORT_REQUIRED, rules: { 'no-restricted-syntax': 'off' } },
);
