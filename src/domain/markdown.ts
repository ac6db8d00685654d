/** Text of people inside Markdown of ours. */

/** What somebody wrote stays one line of text: no line of it becomes a heading, no mark becomes a link. */
export function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().replaceAll(/[\\`*_[\]<>#|]/g, '\\$&');
}
