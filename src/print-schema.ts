/** `npm run schema`: writes src/schema.graphql. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './platform/package-root.js';
import { schemaText } from './schema-text.js';

writeFileSync(join(packageRoot(), 'src', 'schema.graphql'), await schemaText());
