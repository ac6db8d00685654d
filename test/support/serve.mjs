// One server process over a database that is there already: says its address, and ends when its parent lets go of it.
// For each line that it is sent it says how it has fared since the one before: its heap after a collection, how late its event loop was in
// ms, and how much of the processor it took in one go, which does not depend on what else the machine does.
import { createHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const [projectFolder, options] = process.argv.slice(2);
const { createServer } = await import(`${projectFolder}/dist/src/server.js`);

const app = await createServer(JSON.parse(options));
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
  runInNewContext('gc')();
  console.log(JSON.stringify({ ...fared, heap: process.memoryUsage().heapUsed }));
  before = process.cpuUsage();
  delay.reset();
  busy.reset();
  delay.enable();
});
console.log(await app.getUrl());
