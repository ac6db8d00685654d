// Prints what ships, as CycloneDX 1.6: every package that the lock names and that is not for development alone, with licence and digest.
// Read from the lock itself: npm's own list leaves out what is also needed for development.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const project = path.join(import.meta.dirname, '..');
const bytes = readFileSync(path.join(project, 'package-lock.json'));
const { packages } = JSON.parse(bytes.toString('utf8'));
const { '': own, ...others } = packages;
/** These name no licence in their description, so the lock has none; it stands in a file of theirs that was read. */
const readByHand = JSON.parse(readFileSync(path.join(import.meta.dirname, 'licences-read-by-hand.json'), 'utf8'));

/** Two of the same version in two places are one. */
const components = new Map(Object.entries(others).filter(([, { dev }]) => dev !== true).map(([place, locked]) => {
  const name = place.split('node_modules/').at(-1);
  const licence = locked.license ?? readByHand[place];
  const purl = `pkg:npm/${name.replace(/^@/, '%40')}@${locked.version}`;
  const [algorithm, digest] = locked.integrity.split('-');
  return [purl, {
    'type': 'library', 'bom-ref': purl, purl, name, 'version': locked.version, 'scope': locked.optional === true || locked.devOptional === true ? 'optional' : 'required',
    'hashes': [{ alg: algorithm.toUpperCase().replace(/^SHA/, 'SHA-'), content: Buffer.from(digest, 'base64').toString('hex') }],
    ...(licence !== undefined && { licenses: [{ expression: licence }] }),
  }];
}));

// The same lock gives the same list, byte for byte: its name is made of the digest of the lock.
const id = createHash('sha256').update(bytes).digest('hex');
const serialNumber = `urn:uuid:${id.slice(0, 8)}-${id.slice(8, 12)}-8${id.slice(13, 16)}-a${id.slice(17, 20)}-${id.slice(20, 32)}`;
const bom = {
  $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json', bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber, version: 1,
  metadata: { component: { 'type': 'application', 'bom-ref': `pkg:npm/${own.name}@${own.version}`, 'name': own.name, 'version': own.version, 'licenses': [{ expression: own.license }] } },
  components: [...components.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1)),
};
process.stdout.write(`${JSON.stringify(bom, null, 2)}\n`);
