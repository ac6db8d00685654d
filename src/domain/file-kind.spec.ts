import { describe, expect, test } from '@jest/globals';
import { refusal } from '../../test/support/given.js';
import { declaredKind, FileInspection, type MediaType } from './file-kind.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const PNG = '\x89PNG\r\n\x1a\n';
/** An empty archive with a remark, as it can stand behind anything. */
const ARCHIVE = `PK\x05\x06${'\0'.repeat(18)}`;

/** In pieces of so many bytes: what is found must not depend on how it comes. */
function kindOf(content: Buffer | string, { declared = null, name = null, size = 65_536 }: { declared?: MediaType | null; name?: string | null; size?: number } = {}): MediaType {
  const [inspection, all] = [new FileInspection(declared, name), typeof content === 'string' ? Buffer.from(content) : content];
  for (let at = 0; at < all.length; at += size) inspection.take(all.subarray(at, at + size));
  return inspection.mediaType();
}

describe('a file', () => {
  test.each<[string, Buffer | string, MediaType]>([
    ['a PDF', bytes('%PDF-1.7\n\xe2\xe3\n'), 'application/pdf'], ['a PNG', bytes(`${PNG}\0\0\0\rIHDR`), 'image/png'], ['a JPEG', bytes('\xff\xd8\xff\xe0\0\x10JFIF'), 'image/jpeg'], ['a text', 'All tests passed: äöü €😀\r\n\t1', 'text/plain'],
    ['a text with a mark of its order', '\ufeffyes', 'text/plain'], ['a text that shows markup', 'The page began with <script>alert(1)</script>.', 'text/plain'],
  ])('is known by its bytes: %s', (_, content, kind) => {
    for (const size of [1, 7, 65_536]) expect(kindOf(content, { size })).toBe(kind);
  });

  test.each<[string, string, MediaType]>([
    ['report.json', '{"passed": 12}', 'application/json'], ['scan.SARIF', '[]', 'application/json'], ['junit.xml', '<?xml version="1.0"?><testsuite/>', 'application/xml'], ['card.md', '# Model', 'text/markdown'], ['metrics.csv', 'a,b\n1,2\n', 'text/csv'], ['plan.yml', 'a: 1', 'application/yaml'], ['notes', 'x', 'text/plain'], ['x.exe', 'x', 'text/plain'],
  ])('that is a text is called by its name where nothing else is said: %s', (name, content, kind) => {
    expect(kindOf(content, { name })).toBe(kind);
  });

  test.each<[string, Buffer | string]>([
    ['an archive', bytes('PK\x03\x04\x14\0')], ['an empty archive', bytes(ARCHIVE)], ['an office document', bytes('PK\x03\x04[Content_Types].xml')], ['compressed', bytes('\x1f\x8b\x08\0')], ['compressed in another way', bytes('\xfd7zXZ\0')], ['a zstd', bytes('\x28\xb5\x2f\xfd')], ['a 7z', bytes('7z\xbc\xaf\x27\x1c')], ['a tar', bytes(`${'a'.repeat(257)}ustar\0`)],
    ['a program', bytes('\x7fELF\x02')], ['a program of another system', bytes('MZ\x90\0')], ['a module', bytes('\0asm\x01')], ['bytes of no kind', bytes('\x01\x02\x03\x80')],
    ['a page', '<!DOCTYPE html><p>hello'], ['a page after a comment', '  <!-- x -->\n<html>'], ['a page with a mark of its order', '\ufeff<HTML>'], ['a script', '<script>alert(1)</script>'], ['a drawing', '<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'], ['a drawing as XML', '<?xml version="1.0"?>\n<!-- a --><svg:svg xmlns:svg="http://www.w3.org/2000/svg"/>'], ['a style', '<?xml version="1.0"?><xsl:stylesheet/>'],
    ['a NUL in JSON', '{"a":"\0"}'], ['an escape of a terminal', 'ok\x1b[2J'], ['half a character', Buffer.from([0x61, 0xc3])], ['half of a pair', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])], ['UTF-16', Buffer.from('\ufeffhello', 'utf16le')], ['Latin-1', bytes('caf\xe9 noir')], ['an overlong form', Buffer.from([0xc0, 0xaf])],
    ['a PDF that is an archive, too', bytes(`%PDF-1.7\n%%EOF\n${ARCHIVE}`)], ['a picture that is an archive with a long remark', bytes(`${PNG}${ARCHIVE.slice(0, -2)}\xff\xff${'r'.repeat(65_535)}`)], ['a photo that is an archive', bytes(`\xff\xd8\xff\xe0${'\0'.repeat(70_000)}${ARCHIVE}`)],
    ['a page behind 70 kB of space', `${' '.repeat(70_000)}<html><script>alert(1)</script>`], ['a drawing behind a comment of 70 kB', `<!-- ${'x'.repeat(70_000)} --><svg onload="x()"/>`], ['a page whose first element is cut in two', `${' '.repeat(65_533)}<html>`], ['a page behind a comment that ends at once', '<!--><html><script>x</script> -->'], ['a page behind a comment that HTML ends', '<!-- a --!><html>'], ['a page behind what only HTML ends', '<?x > ?><html>'], ['a page behind what only XML ends', '<?x a="> "?><html xmlns="http://www.w3.org/1999/xhtml"/>'], ['a drawing with a long prefix, cut', `<${'a'.repeat(70_000)}:svg/>`],
    ['a declaration that goes on for 70 kB', `<?x ${'y'.repeat(70_000)}?><svg/>`],
    ['a PDF that is a page', bytes('%PDF-1.7 <html><script>x</script>\xff')], ['a text that is a PDF from its second line on', 'x\n%PDF-1.7'], ['a page that is a PDF', '<html>%PDF-1.7'],
  ])('is refused: %s', (_, content) => {
    for (const size of [1, 4099, 65_536]) expect(() => kindOf(content, { size })).toThrow(refusal('FILE_TYPE_REFUSED', { field: 'body' }));
  });

  test.each<[MediaType, Buffer | string]>([
    ['image/png', bytes('%PDF-1.7')], ['application/pdf', bytes(PNG)], ['image/jpeg', 'a text'], ['application/pdf', 'a text'], ['application/json', 'not: json'], ['application/json', '<a/>'], ['application/xml', 'a,b'], ['application/xml', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'], ['application/xml', `<!--${'x'.repeat(70_000)}--><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`], ['text/csv', bytes('\xff\xd8\xff')], ['text/plain', '<svg/>'], ['text/markdown', '<script>'],
  ])('that is said to be %s is refused when it is not', (declared, content) => {
    expect(() => kindOf(content, { declared })).toThrow(refusal('FILE_TYPE_REFUSED'));
  });

  test('that begins with a long remark, or goes on for long, is taken for what it is', () => {
    expect(kindOf(`<!-- ${'x'.repeat(60_000)} --><report>${'y'.repeat(70_000)}</report>`, { declared: 'application/xml' })).toBe('application/xml');
    expect(kindOf(`a < b\n${'x'.repeat(70_000)}`)).toBe('text/plain');
  });

  test('that is empty is told as such', () => {
    expect(() => kindOf('')).toThrow(refusal('INVALID_INPUT', { field: 'body' }));
  });

  test('is looked at in no more memory than a little, and in time that grows with it', () => {
    const [inspection, piece] = [new FileInspection('application/json', null), Buffer.from('['.repeat(65_536))];
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 400; i += 1) inspection.take(piece);
    expect(inspection.mediaType()).toBe('application/json');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(250 * 1024 * 1024);
    // A prefix of comments that never ends is looked at once.
    expect(kindOf(`${'<!-- -->'.repeat(8000)}<!--`, { declared: 'application/xml' })).toBe('application/xml');
  });
});

describe('what a content type names', () => {
  test.each([[null, null], ['', null], ['application/octet-stream', null], ['Application/PDF', 'application/pdf'], ['image/jpg', 'image/jpeg'], ['application/json; charset=utf-8', 'application/json'], ['text/csv; header=present; charset="UTF-8"', 'text/csv'], ['application/vnd.cyclonedx+json', 'application/json'], ['text/yaml', 'application/yaml']])('%s', (type, kind) => {
    expect(declaredKind(type)).toBe(kind);
  });

  test.each(['text/html', 'image/svg+xml', 'application/zip', 'application/gzip', 'application/xhtml+xml', 'text/javascript', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'multipart/form-data; boundary=x', 'text/plain; charset=utf-16', 'nonsense'])('is refused: %s', (type) => {
    expect(() => declaredKind(type)).toThrow(refusal('FILE_TYPE_REFUSED'));
  });
});
