/** `npm run schema`: writes src/schema.graphql and src/openapi.json. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiText } from './integrations/openapi/document.js';
import { packageRoot } from './platform/package-root.js';
import { schemaText } from './schema-text.js';

writeFileSync(join(packageRoot(), 'src', 'schema.graphql'), await schemaText());
writeFileSync(join(packageRoot(), 'src', 'openapi.json'), openApiText());
