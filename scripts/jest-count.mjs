// Prints `N passed, N failed` from Jest's JSON result. A test file that could not run at all counts as one failure,
// and so does a result that is missing or empty: a run without a result is not a success.
import { readFileSync } from 'node:fs';

function countOf(path) {
  try {
    const result = JSON.parse(readFileSync(path, 'utf8'));
    return { passed: result.numPassedTests, failed: result.numFailedTests + result.numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

const { passed, failed } = countOf(process.argv[2]);
const total = passed + failed === 0 ? 1 : failed;
console.log(`${passed} passed, ${total} failed`);
process.exitCode = total === 0 ? 0 : 1;
