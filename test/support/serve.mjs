// One server process over a database that is there already: says its address, and ends when its parent lets go of it.
// For each line that it is sent it says how it has fared since the one before: its heap after a collection, how late its event loop was in
// ms, and how much of the processor it took in one go, which does not depend on what else the machine does.
import { createHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const [projectFolder, options] = process.argv.slice(2);
const { createServer } = await import(`${projectFolder}/dist/src/server.js`);

const { evidence, ...rest } = JSON.parse(options);
const { EvidenceStore } = await import(`${projectFolder}/dist/src/evidence/store/evidence-store.js`);
const { FolderKeeper } = await import(`${projectFolder}/dist/src/evidence/store/folder-keeper.js`);
const app = await createServer({ ...rest, ...(evidence !== null && { files: new EvidenceStore(new FolderKeeper(evidence.folder), evidence.maxBytes) }) });
await app.listen(0, '127.0.0.1');

const [delay, busy] = [monitorEventLoopDelay({ resolution: 10 }), createHistogram()];
let before = process.cpuUsage();
setInterval(() => {
  const { user, system } = process.cpuUsage(before);
  before = process.cpuUsage();
  busy.record(Math.max(1, user + system));
}, 10).unref();
createInterface(process.stdin).on('close', () => process.exit(0)).on('line', () => {
  delay.disable();
  const fared = { p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6, most: delay.max / 1e6, busy: busy.percentile(99) / 1000 };
  setFlagsFromString('--expose-gc');
  // What the first collection has found is given back by the second one.
  for (const collect of [runInNewContext('gc'), runInNewContext('gc')]) collect();
  const { heapUsed, external } = process.memoryUsage();
  console.log(JSON.stringify({ ...fared, heap: heapUsed, held: heapUsed + external }));
  before = process.cpuUsage();
  delay.reset();
  busy.reset();
  delay.enable();
});
console.log(await app.getUrl());
