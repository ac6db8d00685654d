// A server reduced to its database: starts the embedded PostgreSQL, says so, and stops it on SIGINT.
// Before it is ready it handles no signal, like a program that is still loading; with "deaf" it ignores SIGINT.
const { platform, deaf, ...options } = JSON.parse(process.argv[2]);
if (platform !== undefined) Object.defineProperty(process, 'platform', { value: platform });
const { startEmbeddedPostgres } = await import(`${options.projectFolder}/dist/src/platform/embedded-postgres.js`);

try {
  const postgres = await startEmbeddedPostgres({ ...options, say: (line) => console.log(line) });
  process.on('SIGINT', async () => {
    if (deaf) return console.log('DEAF');
    await Promise.all([postgres.stop(), postgres.stop()]);
    console.log('STOPPED');
    process.exit(0);
  });
  setInterval(() => undefined, 60_000);
  console.log(`READY ${postgres.url('postgres', 'postgres')} ${postgres.dataFolder}`);
} catch (error) {
  console.log(`${error.name}: ${error.message}`);
  process.exit(1);
}
