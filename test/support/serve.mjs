// One server process over a database that is there already: says its address, and ends when its parent lets go of it.
const [projectFolder, options] = process.argv.slice(2);
const { createServer } = await import(`${projectFolder}/dist/src/server.js`);

const app = await createServer(JSON.parse(options));
await app.listen(0, '127.0.0.1');
process.stdin.resume().once('end', () => process.exit(0));
console.log(await app.getUrl());
