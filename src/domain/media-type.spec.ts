import { describe, expect, test } from '@jest/globals';
import { refusal } from '../../test/support/given.js';
import { declaredKind, requireEnding, savedAs, textKind, type MediaType } from './media-type.js';

describe('what a content type names', () => {
  test.each([[null, null], ['', null], ['application/octet-stream', null], ['Application/PDF', 'application/pdf'], ['image/jpg', 'image/jpeg'], ['application/json; charset=utf-8', 'application/json'], ['text/csv; header=present; charset="UTF-8"', 'text/csv'], ['application/vnd.cyclonedx+json', 'application/json'], ['text/yaml', 'application/yaml'], ['application/vnd.cyclonedx+xml', 'application/xml'], ['application/rdf+xml; charset=utf-8', 'application/xml'], ['application/x-ndjson', 'application/json']])('%s', (type, kind) => {
    expect(declaredKind(type)).toBe(kind);
  });

  test.each(['text/html', 'image/svg+xml', 'application/zip', 'application/gzip', 'application/xhtml+xml', 'application/vnd.wap.xhtml+xml', 'application/xslt+xml', 'application/vnd.mozilla.xul+xml', 'text/x+xml', 'text/javascript', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'multipart/form-data; boundary=x', 'text/plain; charset=utf-16', 'nonsense'])('is refused: %s', (type) => {
    expect(() => declaredKind(type)).toThrow(refusal('FILE_TYPE_REFUSED'));
  });
});

describe('a name', () => {
  test.each<[MediaType, string | null]>([
    ['application/pdf', 'Report.PDF'], ['image/jpeg', 'a.jpeg'], ['image/png', null], ['application/json', 'scan.sarif'], ['application/json', 'x.txt'], ['text/csv', 'a.tsv'], ['text/markdown', 'README'], ['text/plain', 'console.log'], ['text/plain', 'Report of Dr. Smith'], ['text/plain', 'Review v1.2'], ['text/plain', 'events.jsonl'], ['text/plain', 'Report v1.2b'], ['text/plain', 'CHANGES-1.2.3-rc1'], ['application/pdf', 'Report 2.1-final'],
  ])('of %s may be %s', (kind, name) => {
    expect(() => { requireEnding(name, kind); }).not.toThrow();
  });

  test('says what a text is that is called no more than a text', () => {
    expect([[null, 'a.json'], ['text/plain', 'a.XML'], ['text/plain', 'a.pdf'], ['text/csv', 'a.json'], [null, null]].map(([declared, name]) => textKind(declared as MediaType | null, name ?? null))).toEqual(['application/json', 'application/xml', 'text/plain', 'text/csv', 'text/plain']);
  });

  test.each<[MediaType, string | null, string]>([
    ['text/plain', null, 'evidence.txt'], ['text/plain', 'report', 'report.txt'], ['text/plain', 'Review v1.2', 'Review v1.2.txt'], ['text/plain', 'Report v1.2b', 'Report v1.2b.txt'], ['text/plain', 'x.7z', 'x.7z.txt'], ['application/json', 'Report of Dr. Smith', 'Report of Dr. Smith.json'], ['application/xml', 'junit', 'junit.xml'], ['application/pdf', null, 'evidence.pdf'],
    ['text/plain', 'console.log', 'console.log'], ['application/json', 'scan.sarif', 'scan.sarif'],
  ])('of %s that is %s is saved as %s', (kind, name, saved) => {
    expect(savedAs(name, kind)).toBe(saved);
  });

  test.each(['scan of acme.example.com', 'x.v2', 'x.e1', 'CHANGES-1.2.3-rc1.exe'])('that ends like a file that a system runs, or may, is refused: %s', (name) => {
    expect(() => { requireEnding(name, 'text/plain'); }).toThrow(refusal('FILE_TYPE_REFUSED', { field: 'name' }));
  });

  test('that ends otherwise is told how it may end', () => {
    expect(() => { requireEnding('a.exe', 'image/png'); }).toThrow(refusal('FILE_TYPE_REFUSED', { field: 'name', actual: '.exe', expected: 'none, or for image/png .png' }));
  });
});
