/** What the explorer's page consists of: files of this server and of installed packages, nothing from elsewhere. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../platform/package-root.js';

export interface ExplorerFile { readonly type: string; readonly bytes: Buffer; readonly etag: string }

const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';

/** What may be asked for, and where it lies in the checkout. */
const FILES: Readonly<Record<string, { readonly type: string; readonly path: string }>> = {
  'react.js': { type: SCRIPT, path: 'node_modules/react/umd/react.production.min.js' },
  'react-dom.js': { type: SCRIPT, path: 'node_modules/react-dom/umd/react-dom.production.min.js' },
  'graphiql.js': { type: SCRIPT, path: 'node_modules/graphiql/graphiql.min.js' },
  'graphiql.css': { type: STYLE, path: 'node_modules/graphiql/graphiql.min.css' },
  'page.js': { type: SCRIPT, path: 'dist/src/integrations/explorer/page.js' },
  'answers.js': { type: SCRIPT, path: 'dist/src/integrations/explorer/answers.js' },
};

/** Scripts of ours only, never text that is run; the editor sets styles on its elements, and its fonts are part of its style sheet. */
export const PAGE_POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "connect-src 'self'", "img-src 'self' data:", "font-src 'self' data:",
  "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ');

const PAGE_STYLE = `html, body { height: 100%; margin: 0; font-family: system-ui, sans-serif; }
body { display: flex; flex-direction: column; }
header { display: flex; gap: 1rem; align-items: center; padding: .5rem 1rem; background: #1b2a41; color: #fff; }
header h1 { font-size: 1rem; margin: 0; }
header output { opacity: .8; }
#editor { flex: 1; min-height: 0; }
`;

export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Countersign explorer</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/explorer/graphiql.css">
<link rel="stylesheet" href="/explorer/page.css">
</head>
<body>
<header>
<h1>Countersign</h1>
<label>Ask as <select id="person"><option value="">the person whom the document names</option></select></label>
<output id="asked">Run the tabs from left to right: they are one day’s work.</output>
</header>
<main id="editor"></main>
<script src="/explorer/react.js"></script>
<script src="/explorer/react-dom.js"></script>
<script src="/explorer/graphiql.js"></script>
<script type="module" src="/explorer/page.js"></script>
</body>
</html>
`;

/** Whether everything is there: an installation for production leaves the editor out. */
export function isExplorerInstalled(): boolean {
  return Object.values(FILES).every(({ path }) => existsSync(join(packageRoot(), path)));
}

/** Null for a name that is none of these. */
export function explorerFile(name: string): ExplorerFile | null {
  if (name === 'page.css') return fileOf(STYLE, Buffer.from(PAGE_STYLE));
  const known = Object.hasOwn(FILES, name) ? FILES[name] : undefined;
  return known === undefined ? null : fileOf(known.type, readFileSync(join(packageRoot(), known.path)));
}

function fileOf(type: string, bytes: Buffer): ExplorerFile {
  return { type, bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url')}"` };
}
