import { describe, expect, test } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { refusal } from '../../test/support/given.js';
import { FileInspection } from './file-kind.js';
import type { MediaType } from './media-type.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const PNG = '\x89PNG\r\n\x1a\n';
const PNG_END = '\0\0\0\0IEND\xaeB\x60\x82';
const JPEG = '\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0';
const JPEG_END = '\xff\xda\0\x08\x01\x01\0\0\x3f\0\x12\xff\0\xff\xd0\x34\xff\xd9';
const [FRAME, TABLE] = ['\xff\xc0\0\x0b\x08\0\x01\0\x01\x01\x01\x11\0', `\xff\xc4\0\x13${'\0'.repeat(17)}`];
/** A part of a PNG, or of a JPEG by its marker. */
const chunk = (type: string, data: string): string => `\0${String.fromCharCode(data.length >> 16, (data.length >> 8) & 255, data.length & 255)}${type}${data}\0\0\0\0`;
const segment = (marker: string, data: string): string => `\xff${marker}${String.fromCharCode((data.length + 2) >> 8, (data.length + 2) & 255)}${data}`;
const IHDR = chunk('IHDR', '\0'.repeat(13));
/** What begins a photo with a small picture in it, which is whole. */
const PHOTO = `\xff\xd8${segment('\xe1', `Exif\0\0${JPEG}${JPEG_END}`)}`;
const XHTML = 'http://www.w3.org/1999/xhtml';
const WORD = 'http://schemas.microsoft.com/office/word/2003/wordml';
const PACKAGE = '<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"/>';
const LONG = 'r'.repeat(70_000);
/** An empty archive with a remark, as it can stand behind anything. */
const ARCHIVE = `PK\x05\x06${'\0'.repeat(18)}`;

/** A PDF that can be mounted: a disc begins behind 32 kB of anything. */
const disc = (sign: string): Buffer => bytes(`%PDF-1.7\n${'%'.repeat(32_759)}\x01${sign}\x01${LONG}%%EOF`);
/** The end of an archive with one file, said to be on discs of these numbers. */
const endOn = (number: string): string => `PK\x05\x06${number}\x01\0\x01\0\x33\0\0\0\x2a\x10\0\0\0\0`;

/** Nobody collects what is not needed any more while a test runs, unless it is asked for. */
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function used(): number {
  collect();
  // What the first one has found is given back by the second one.
  collect();
  const { external, heapUsed } = process.memoryUsage();
  return external + heapUsed;
}

/** In pieces of so many bytes: what is found must not depend on how it comes. */
function kindOf(content: Buffer | string, { declared = null, name = null, size = 65_536 }: { declared?: MediaType | null; name?: string | null; size?: number } = {}): MediaType {
  const [inspection, all] = [new FileInspection(declared, name), typeof content === 'string' ? Buffer.from(content) : content];
  for (let at = 0; at < all.length; at += size) inspection.take(all.subarray(at, at + size));
  return inspection.mediaType();
}

describe('a file', () => {
  test.each<[string, Buffer | string, MediaType]>([
    ['a PDF', bytes('%PDF-1.7\n\xe2\xe3\nstartxref\n9\n%%EOF\n'), 'application/pdf'], ['a PDF with remarks behind it', bytes(`%PDF-1.7\n%%EOF\n${'%'.repeat(900)}`), 'application/pdf'], ['a PDF that speaks of discs and archives', bytes(`%PDF-1.7\nCD001 and PK\x05\x06 are how they begin, and where.${LONG}%%EOF`), 'application/pdf'], ['a PNG', bytes(`${PNG}${IHDR}${PNG_END}`), 'image/png'], ['a PNG with a text about archives and PDF', bytes(`${PNG}${IHDR}${chunk('tEXt', `PK and Rar! and 7z are archives${'.'.repeat(1024)}%PDF-`)}${PNG_END}`), 'image/png'], ['a JPEG', bytes(`${JPEG}${JPEG_END}`), 'image/jpeg'], ['a JPEG with a small picture in it', bytes(`${PHOTO}${FRAME}${JPEG_END}\0\0`), 'image/jpeg'], ['a JPEG in several scans', bytes(`${JPEG}${FRAME}${JPEG_END.slice(0, -2)}${TABLE}\xff${JPEG_END}`), 'image/jpeg'],
    ['a JPEG with remarks of its camera behind it', bytes(`${PHOTO}${FRAME}${JPEG_END}SEFT\xff\xda`), 'image/jpeg'], ['a JPEG with 70 kB behind it', bytes(`${JPEG}${FRAME}${JPEG_END}${'\0'.repeat(70_000)}`), 'image/jpeg'], ['a PNG with 70 kB behind it', bytes(`${PNG}${IHDR}${PNG_END}${LONG}`), 'image/png'], ['a text', 'All tests passed: äöü €😀\r\n\t1', 'text/plain'],
    ['a text with a mark of its order', '\ufeffyes', 'text/plain'], ['a text that shows markup', 'The page began with <script>alert(1)</script>.', 'text/plain'],
    ['a table of masses', 'MZ,Intensity\n100.1,7\n', 'text/plain'], ['a text that begins like what is compressed', 'BZh is how a bzip2 begins, PK a ZIP.', 'text/plain'],
    ['a text about rich text', 'Word begins with {\\rtf1, XML with <?xml-stylesheet?>.', 'text/plain'], ['a card', `---\nlicense: mit\n---\n# Model\n\n\`<script src="${XHTML}">\` <html> <img src="x">`, 'text/plain'], ['a card with its logo first', '<div align="center"><img src="logo.png"></div>\n\n# Model', 'text/plain'],
  ])('is known by its bytes: %s', (_, content, kind) => {
    for (const size of [1, 7, 65_536]) expect(kindOf(content, { size })).toBe(kind);
  });

  test.each<[string, string, MediaType]>([
    ['report.json', '{"passed": 12}', 'application/json'], ['scan.SARIF', '[]', 'application/json'], ['junit.xml', '<?xml version="1.0"?><testsuite/>', 'application/xml'], ['card.md', '# Model', 'text/markdown'], ['shown.md', `# How it looks\n<?xml version="1.0"?>${PACKAGE}`, 'text/markdown'], ['plain.txt', '<?xml version="1.0"?><a/>', 'text/plain'], ['told.xml', '<?xml version="1.0"?><!-- refused: <?mso-application in old files --><testsuite/>', 'application/xml'], ['told.log', '<?xml version="1.0"?><!-- <?mso-application -->', 'text/plain'], ['note.log', '<?note refused: <?mso-application ?><r/>', 'text/plain'], ['note.xml', '<?note refused: <?mso-application ?><r/>', 'application/xml'], ['link.md', '<a href="http://www.w3.org/2000/svg">What a drawing is</a>', 'text/markdown'], ['said.log', `<O'Brien> said ${LONG}`, 'text/plain'], ['metrics.csv', 'a,b\n1,2\n', 'text/csv'], ['plan.yml', 'a: 1', 'application/yaml'], ['notes', 'x', 'text/plain'], ['Review v1.2', 'x', 'text/plain'],
    ['bom.json', '{"bomFormat": "CycloneDX", "note": "{[\\"\\\\"}\n', 'application/json'], ['lines.json', '{"a": NaN}\n{"b": [-Infinity]}\n', 'application/json'], ['bom.xml', '<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.6"><url>http://www.w3.org/1999/xhtml</url></bom>', 'application/xml'],
    ['spdx.rdf', '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', 'application/xml'], ['out.xml', `<a><!-- <?xml-stylesheet href="x"?> <b xmlns="${XHTML}"> --><![CDATA[<html xmlns="${XHTML}">]]>&lt;html xmlns="${XHTML}"&gt; it's</a>`, 'application/xml'],
    ...['object-list', 'script-results', 'html-report', 'object', 'r:svg-report'].map((root): [string, string, MediaType] => [`${root.replace(':', '')}.xml`, `<${root} a="b"><c/></${root}>`, 'application/xml']), ['head.md', '<head-line>\n# Model', 'text/markdown'],
    ['junit.xml', '<testsuites><system-out><![CDATA[<!DOCTYPE html><html>]]></system-out></testsuites>', 'application/xml'], ['remarks.xml', '<!-- without <!DOCTYPE and <!ENTITY --><testsuites/>', 'application/xml'], ['shown.xml', '<a b="<!DOCTYPE">&lt;!DOCTYPE c></a>', 'application/xml'],
    ...['"UTF-8"', "'utf-8'", '"US-ASCII"'].map((encoding): [string, string, MediaType] => ['said.xml', `\ufeff<?xml version="1.0" encoding=${encoding} standalone="yes"?><r encoding="UTF-7"/>`, 'application/xml']), ['long.xml', `<a>${'<b c="1 > 0"/>'.repeat(9000)}</a>`, 'application/xml'],
  ])('that is a text is called by its name where nothing else is said: %s', (name, content, kind) => {
    expect(kindOf(content, { name })).toBe(kind);
  });

  test.each<[string, Buffer | string]>([
    ['an archive', bytes('PK\x03\x04\x14\0')], ['an empty archive', bytes(ARCHIVE)], ['an office document', bytes('PK\x03\x04[Content_Types].xml')], ['compressed', bytes('\x1f\x8b\x08\0')], ['compressed in another way', bytes('\xfd7zXZ\0')], ['compressed in a third', bytes('BZh91AY&SY\x1a\xe0')], ['a zstd', bytes('\x28\xb5\x2f\xfd')], ['a 7z', bytes('7z\xbc\xaf\x27\x1c')], ['a tar', bytes(`${'a'.repeat(257)}ustar\0`)],
    ['a program', bytes('\x7fELF\x02')], ['a program of another system', bytes('MZ\x90\0')], ['a module', bytes('\0asm\x01')], ['bytes of no kind', bytes('\x01\x02\x03\x80')],
    ['an office document as a text', `<?xml version="1.0"?>\n<?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="${WORD}">`], ['one that names no program', `<?xml version="1.0"?><!-- x --><w:wordDocument xmlns:w="${WORD}">`], ['a page', '<!DOCTYPE html><p>hello'], ['a page after a comment', '  <!-- x -->\n<html>'], ['a page with a mark of its order', '\ufeff<HTML>'], ['a script', '<script>alert(1)</script>'], ['a drawing', '<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'], ['a drawing as XML', '<?xml version="1.0"?>\n<!-- a --><svg:svg xmlns:svg="http://www.w3.org/2000/svg"/>'], ['a style', '<?xml version="1.0"?><xsl:stylesheet/>'], ...['<html', '<object\tdata="x">', '<embed/>', '<script\n>', '<!doctypehtml>', '<a:svg/>'].map((page): [string, string] => [`a page that begins with ${JSON.stringify(page)}`, page]),
    ['a NUL in JSON', '{"a":"\0"}'], ['an escape of a terminal', 'ok\x1b[2J'], ['half a character', Buffer.from([0x61, 0xc3])], ['half of a pair', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])], ['UTF-16', Buffer.from('\ufeffhello', 'utf16le')], ['Latin-1', bytes('caf\xe9 noir')], ['an overlong form', Buffer.from([0xc0, 0xaf])],
    ['a PDF that is an archive, too', bytes(`%PDF-1.7\n%%EOF\n${ARCHIVE}`)], ['a picture that is an archive with a long remark', bytes(`${PNG}${PNG_END}${ARCHIVE.slice(0, -2)}\xff\xff${'r'.repeat(65_535)}`)], ['a photo that is an archive', bytes(`\xff\xd8\xff\xe0${'\0'.repeat(70_000)}${JPEG_END}${ARCHIVE}`)],
    ['a page behind 70 kB of space', `${' '.repeat(70_000)}<html><script>alert(1)</script>`], ['a drawing behind a comment of 70 kB', `<!-- ${'x'.repeat(70_000)} --><svg onload="x()"/>`], ['a page whose first element is cut in two', `${' '.repeat(65_533)}<html>`], ['a page behind a comment that ends at once', '<!--><html><script>x</script> -->'], ['a page behind a comment that HTML ends', '<!-- a --!><html>'], ['a page behind what only HTML ends', '<?x > ?><html>'], ['a page behind what only XML ends', '<?x a="> "?><html xmlns="http://www.w3.org/1999/xhtml"/>'], ['a drawing with a long prefix, cut', `<${'a'.repeat(70_000)}:svg/>`],
    ['a declaration that goes on for 70 kB', `<?x ${'y'.repeat(70_000)}?><svg/>`],
    ['a photo that is a PDF', bytes(`${JPEG}${segment('\xfe', '%PDF-1.7')}${JPEG_END}`)], ['a picture that is a PDF', bytes(`${PNG}${chunk('tEXt', '%PDF-1.7')}${PNG_END}`)], ['a PDF with a 7z behind it', bytes('%PDF-1.7\n7z\xbc\xaf\x27\x1c\0\x04%%EOF')], ['a PDF with a RAR behind it', bytes('%PDF-1.7\nRar!\x1a\x07\x01\0%%EOF')],
    ['a PDF with an archive far before its end', bytes(`%PDF-1.7\n${ARCHIVE}${LONG}%%EOF`)], ['a PDF with a file of an archive far before its end', bytes(`%PDF-1.7\nPK\x03\x04\x14\0\0\x08\x08\0${LONG}%%EOF`)], ['a PDF with an archive of several discs far before its end', bytes(`%PDF-1.7\n${endOn('\x01\0\x01\0')}${LONG}%%EOF`)], ['a PDF with an archive of a disc that cannot be', bytes(`%PDF-1.7\n${endOn('\x34\x12\x78\x56')}${LONG}%%EOF`)],
    ['a PDF that is a disc', disc('CD001')], ['a PDF that is a newer disc', disc('BEA01')], ['a picture that is a disc', bytes(`${PNG}${IHDR}${chunk('tEXt', `${'x'.repeat(32_769 - 8 - 25 - 8)}CD001`)}${PNG_END}`)], ['a cabinet behind a picture', bytes(`${PNG}${PNG_END}MSCF\0\0\0\0`)],
    ['rich text', '{\\rtf1\\ansi {\\object}}'], ['rich text behind space', '\n {\\rt\\x}'],
    ['a PDF that was cut off', bytes('%PDF-1.7\n1 0 obj')], ['a PDF that was cut off after its first part', bytes(`%PDF-1.7\n%%EOF${LONG}`)], ['a PNG that was cut off', bytes(`${PNG}${IHDR}`)], ['a PNG that was cut off within its last part', bytes(`${PNG}${IHDR}${PNG_END.slice(0, -1)}`)], ['a PNG that was cut off behind a whole one within it', bytes(`${PNG}${IHDR}${chunk('tEXt', PNG_END)}`)],
    ['a JPEG that was cut off', bytes(`${JPEG}${FRAME}${JPEG_END.slice(0, -2)}`)], ['a photo that was cut off before its scan', bytes(`${PHOTO}${FRAME}`)], ['a photo that was cut off within its scan', bytes(`${PHOTO}${FRAME}${JPEG_END.slice(0, -1)}`)], ['a JPEG without a picture', bytes(JPEG)], ['a JPEG that was cut off, with another one behind it', bytes(`${JPEG}${FRAME}${JPEG_END.slice(0, -2)}${JPEG}${FRAME}${JPEG_END}`)], ['a JPEG that was cut off before its scan, with another one behind it', bytes(`${JPEG}${FRAME}${JPEG}${FRAME}${JPEG_END}`)],
    ['a PDF that is a page', bytes('%PDF-1.7 <html><script>x</script>\xff')], ['a text that is a PDF from its second line on', 'x\n%PDF-1.7'], ['a page that is a PDF', '<html>%PDF-1.7'],
  ])('is refused: %s', (_, content) => {
    for (const size of [1, 4099, 65_536]) expect(() => kindOf(content, { size })).toThrow(refusal('FILE_TYPE_REFUSED', { field: 'body' }));
  });

  test.each<[MediaType, Buffer | string]>([
    ['image/png', bytes('%PDF-1.7\n%%EOF')], ['application/pdf', bytes(`${PNG}${PNG_END}`)], ['image/jpeg', 'a text'], ['application/pdf', 'a text'], ['application/json', 'not: json'], ['application/json', '<a/>'], ['application/xml', 'a,b'], ['application/xml', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'], ['application/xml', `<!--${'x'.repeat(70_000)}--><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`], ['text/csv', bytes(`${JPEG}${JPEG_END}`)], ['text/plain', '<svg/>'], ['text/markdown', '<script>'],
  ])('that is said to be %s is refused when it is not', (declared, content) => {
    expect(() => kindOf(content, { declared })).toThrow(refusal('FILE_TYPE_REFUSED'));
  });

  test.each<[string, string]>([
    ['a script', `<r xmlns:h="${XHTML}"><h:script>x</h:script></r>`], ['a script far behind', `<r>${LONG}<h:a b='>' xmlns:h = '${XHTML}'/></r>`], ['a script whose kind is written in numbers', `<r><a xmlns="http://www.w3.org/1999/&#x78;ht&#0109;l"/></r>`], ['a drawing', '<r><s:a xmlns:s="http://www.w3.org/2000/svg"/></r>'],
    ['a page that names no namespace', '<html><script>x</script></html>'], ['a document type', '<?xml version="1.0"?><!DOCTYPE r><r/>'], ['a document type behind a remark', `<!-- <!-- ${'x'.repeat(20_000)} --><!doctype r SYSTEM "r.dtd"><r/>`], ['a document type far behind', `<r>${LONG}</r><!DOCTYPE r>`], ['an entity', '<r><!ENTITY b "c"></r>'], ['a text that is begun in another way', '<r><![cdata[x]]></r>'],
    ...['"UTF-7"', "'utf-16'", '"ISO-8859-1"', '""'].map((encoding): [string, string] => [`another encoding, ${encoding}`, `<?xml version="1.0" encoding=${encoding}?><r>+ADw-script+AD4-</r>`]), ['an encoding behind another one', `\ufeff<?xml version='1.0'\n encoding = 'UTF-8' encoding = 'UTF-7' ?><r/>`], ['an encoding far behind', `<?xml version="1.0"${' '.repeat(60_000)}encoding="UTF-7"?><r/>`],
    ['a style', '<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><r/>'], ['a style at its end', '<?xml-stylesheet x?><r/>'], ['what an office program opens', '<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"/>'], ['a Word document', `<w:wordDocument xmlns:w="${WORD}"/>`], ['a drawing of Visio', '<VisioDocument xmlns="http://schemas.microsoft.com/visio/2003/core"/>'], ['a sheet of Excel', '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'], ['a document type at its end', '<r/><?a?><!DOCTYPE r>'], ['an office document as one part', PACKAGE], ['an open document', '<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>'], ['a window', '<window xmlns="http://www.mozilla.org/keymaster/gatekeeper/there.is.only.xul"/>'], ['a style behind a remark', `<!-- ${'x'.repeat(20_000)} --><?xml-stylesheet\nhref="x"?><r/>`], ['a style of its own', '<t xmlns="http://www.w3.org/1999/XSL/Transform"/>'], ['a tag without end', `<r a="${'x'.repeat(300_000)}"/>`],
  ])('of XML is refused with %s', (_, content) => {
    for (const size of [1, 4099, 65_536]) for (const given of [{ declared: 'application/xml' }, { name: 'x.xml' }, { declared: 'text/plain', name: 'x.xml' }] as const) expect(() => kindOf(content, { ...given, size })).toThrow(refusal('FILE_TYPE_REFUSED', { field: 'body' }));
  });

  test.each(['{"a": 1', '[[1]', '{"a": "x', '{"a": "x\\"}', '["\\\\\\"]', '{}}', '{}]{}[', '}{', '{"a": "]"}}[', `{"a": "${LONG}`, '{\\rtf1}', 'x'])('that is called JSON is refused when it breaks off, closes what was never opened or is none: %.20s', (content) => {
    for (const size of [1, 4099]) for (const given of [{ declared: 'application/json' }, { name: 'x.json' }, { declared: 'text/plain', name: 'x.json' }] as const) expect(() => kindOf(content, { ...given, size })).toThrow(refusal('FILE_TYPE_REFUSED', { field: 'body' }));
  });

  test.each<[string, string]>([
    ['x.csv', '<?mso-application progid="Excel.Sheet"?><Workbook/>'], ['x.md', `<?xml version="1.0"?>${PACKAGE}`], ['x.txt', `<?xml version="1.0"?><w:wordDocument xmlns:w="${WORD}">`],
    ['a.txt', `<?xml version="1.0"?><w:wordDocument xmlns:w="&#104;${WORD.slice(1)}">`], ['a.csv', '<!-- x --><?mso-application progid="Excel.Sheet"?><Workbook/>'], ['b.csv', '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'],
    ['behind what is no comment.csv', '<?x <!-- ?><?mso-application progid="Excel.Sheet"?><!-- --><Workbook/>'], ['in a tag that goes on.csv', `<Workbook a=">${LONG}" xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>`],
  ])('that an office program would open is refused by the name of another text, too: %s', (name, content) => {
    for (const size of [1, 4099]) expect(() => kindOf(content, { name, size })).toThrow(refusal('FILE_TYPE_REFUSED', { field: 'body' }));
  });

  test.each<[string, Buffer | string]>([
    ['report.html', 'Look: <script>alert(1)</script>'], ['run.bat', 'del x'], ['x.hta', 'x'], ['x.ps1', 'x'], ['x.url', '[InternetShortcut]\nURL=file:///c:/x'], ['setup.EXE', 'x'], ['x.js', 'x'], ['x.vbs', 'x'], ['x.svg', 'x'], ['x.lnk', 'x'], ['x.pdf', bytes(`${JPEG}${JPEG_END}`)], ['x.png', bytes('%PDF-1.7\n%%EOF')],
    ['x.doc', 'x'], ['report.pdf', 'x'], ['x.txt', bytes('%PDF-1.7\n%%EOF')], ['x.json.sh', '{}'], ['x.desktop', 'x'],
  ])('whose name ends like that of another is refused: %s', (name, content) => {
    expect(() => kindOf(content, { name })).toThrow(refusal('FILE_TYPE_REFUSED', { field: 'name' }));
  });

  test('that begins with a long remark, or goes on for long, is taken for what it is', () => {
    expect(kindOf(`<!-- ${'x'.repeat(60_000)} --><report>${'y'.repeat(70_000)}</report>`, { declared: 'application/xml' })).toBe('application/xml');
    expect(kindOf(`a < b\n${'x'.repeat(70_000)}`)).toBe('text/plain');
  });

  test('that is empty is told as such', () => {
    expect(() => kindOf('')).toThrow(refusal('INVALID_INPUT', { field: 'body' }));
  });

  test('is looked at in no more memory than a little, and in time that grows with it', () => {
    const inspection = new FileInspection('application/json', null);
    const before = used();
    for (let i = 0; i < 400; i += 1) inspection.take(Buffer.from((i < 200 ? '[' : ']').repeat(65_536)));
    expect(used() - before).toBeLessThan(5 * 1024 * 1024);
    expect(inspection.mediaType()).toBe('application/json');
    // A prefix of comments that never ends is looked at once.
    expect(kindOf(`${'<!-- -->'.repeat(8000)}<!--`, { declared: 'application/xml' })).toBe('application/xml');
  });
});
