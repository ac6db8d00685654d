/** What has changed since something was signed, as a person reads it. */
import type { Lane } from './actor.js';
import { plain } from './markdown.js';
import type { MaterialChange } from './materiality.js';

export function readableChanges(changes: readonly MaterialChange[], outdated: readonly Lane[]): string {
  if (changes.length === 0) return 'Nothing that a review depends on has changed since.\n';
  const lines = changes.map(({ kind, path, then, now, changeClass, lanes }) => {
    const what = changeClass === undefined ? kind : `${kind} (${changeClass})`;
    return `- ${what} at ${plain(path)}: ${plain(then ?? 'nothing')} → ${plain(now ?? 'nothing')}; concerns ${lanes.length === 0 ? 'nobody who signed it' : lanes.join(', ')}`;
  });
  const end = outdated.length === 0 ? 'None of the signed lanes is concerned: the sign-off goes on to count.' : `To be signed again: ${outdated.join(', ')}.`;
  return `${lines.join('\n')}\n\n${end}\n`;
}
