// After the last test file: stops the PostgreSQL of this run, which also removes its folder.
export default async function stopDatabase() {
  await globalThis.stopTestDatabase?.();
}
