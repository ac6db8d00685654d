// Which references a risk may carry: known ones, in one spelling; the refusal says what was probably meant.
import { describe, expect, test } from '@jest/globals';
import { givenCatalogues, givenRisk, refusal, TODAY } from '../../test/support/given.js';
import { editRisk, logRisk, submitRisk } from './risk.js';
import { checkReferences, findNode, requireFramework, requireNode, warningAbout } from './taxonomy.js';

const catalogues = givenCatalogues();
const check = (...references: string[]): string[] => checkReferences(references, catalogues);

describe('a reference', () => {
  test('is kept in the spelling of its framework, once, in order', () => {
    expect(check('owasp-llm@2025#LLM02:2025', 'owasp-llm@2025#LLM02', 'owasp-llm@2025#LLM01')).toEqual(['owasp-llm@2025#LLM01', 'owasp-llm@2025#LLM02']);
    expect(findNode('owasp-llm@2025#LLM02:2025', catalogues)?.reference).toBe('owasp-llm@2025#LLM02');
  });

  test.each([
    ['owasp-llm@2025#LLM11', 'owasp-llm@2025 has no such node.', 'Did you mean owasp-llm@2025#LLM01 or owasp-llm@2025#LLM10?'],
    ['owasp-llm@2025#llm02', 'owasp-llm@2025 has no such node.', 'Did you mean owasp-llm@2025#LLM02?'],
    ['owasp-llm@2024#LLM01', 'No catalogue of owasp-llm@2024 is known here.', 'Did you mean owasp-llm@2025#LLM01?'],
    ['owsap-llm@2025#LLM02', 'No catalogue of owsap-llm@2025 is known here.', 'Did you mean owasp-llm@2025#LLM02?'],
    ['eu@1#Art-9', 'No catalogue of eu@1 is known here.', 'Did you mean eu-ai-act@2024#Art-9 or eu-ai-act@2026#Art-9?'],
    ['owasp-llm#LLM02', 'A taxonomy reference has the form framework@version#node.', 'Did you mean owasp-llm@2025#LLM02?'],
    ['LLM02', 'A taxonomy reference has the form framework@version#node.', 'Did you mean owasp-llm@2025#LLM02?'],
    ['iso@1#a', 'No catalogue of iso@1 is known here.', 'Write it like owasp-llm@2025#LLM01.'],
  ])('%s is refused, with what was probably meant', (reference, message, next) => {
    expect(() => check('owasp-llm@2025#LLM01', reference)).toThrow(refusal('TAXONOMY_REFERENCE_INVALID', { field: 'taxonomy.1', actual: reference, message, next: expect.stringContaining(next) as unknown as string }));
  });

  test.each(['', '#', '@#', 'owasp-llm@2025', 'owasp-llm@2025#', 'owasp-llm@2025# LLM01', 'Owasp@1#a', 'a'.repeat(100_000), '#'.repeat(1000), `owasp-llm@2025#${'x'.repeat(5000)}`])('of no possible form is refused without being sent back', (reference) => {
    expect(() => check(reference)).toThrow(refusal('TAXONOMY_REFERENCE_INVALID', { field: 'taxonomy.0', actual: reference.slice(0, 200) }));
  });

  test('stands among at most 50', () => {
    expect(() => check(...Array.from({ length: 51 }, () => 'owasp-llm@2025#LLM01'))).toThrow(refusal('TOO_LARGE', { field: 'taxonomy' }));
  });

  test('to a withdrawn entry or a superseded framework is taken, with a warning that names what to use instead', () => {
    expect(check('sr-11-7@2011#validation', 'eu-ai-act@2024#Art-9')).toEqual(['eu-ai-act@2024#Art-9', 'sr-11-7@2011#validation']);

    expect(warningAbout('sr-11-7@2011#validation', catalogues)).toBe('validation is withdrawn. Use sr-26-2@2026#validation instead.');
    expect(warningAbout('eu-ai-act@2024#Art-9', catalogues)).toBe('eu-ai-act@2024 is superseded by eu-ai-act@2026. Use eu-ai-act@2026#Art-9 instead.');
    expect(warningAbout('eu-ai-act@2024#Art-10', catalogues)).toBe('eu-ai-act@2024 is superseded by eu-ai-act@2026.');
    expect(warningAbout('nist@1#a', catalogues)).toMatch(/^No catalogue here knows/);
    expect(warningAbout('owasp-llm@2025#LLM01', catalogues)).toBeNull();
  });
});

describe('what a risk refers to', () => {
  const description = { releaseId: null, statement: { source: 'a', event: 'b', consequence: 'c' }, affectedParties: [], ownerId: 'riskowner' };
  const identity = { id: 'risk-1', number: 'R-1', systemId: 'sys-1', loggedAt: TODAY };
  const old = givenRisk({ state: 'DRAFT', taxonomy: ['forgotten@1#a', 'owasp-llm@2025#LLM01'] });

  test('is known when it is logged, drafts included', () => {
    expect(logRisk(identity, 'author', { ...description, taxonomy: ['owasp-llm@2025#LLM01:2025'] }, { catalogues, draft: false }).next.taxonomy).toEqual(['owasp-llm@2025#LLM01']);
    expect(() => logRisk(identity, 'author', { ...description, taxonomy: ['forgotten@1#a'] }, { catalogues, draft: true })).toThrow(refusal('TAXONOMY_REFERENCE_INVALID'));
  });

  test('stays through an edit as it was written, and what is added has to be known', () => {
    expect(editRisk(old, 'editor', { affectedParties: ['staff'] }, catalogues).next.taxonomy).toEqual(old.taxonomy);
    expect(editRisk(old, 'editor', { taxonomy: ['forgotten@1#a', 'owasp-llm@2025#LLM02'] }, catalogues).next.taxonomy).toEqual(['forgotten@1#a', 'owasp-llm@2025#LLM02']);
    expect(() => editRisk(old, 'editor', { taxonomy: ['forgotten@1#b'] }, catalogues)).toThrow(refusal('TAXONOMY_REFERENCE_INVALID', { field: 'taxonomy.0' }));
  });

  test('is known by the time a draft is handed in', () => {
    expect(() => submitRisk(old, catalogues)).toThrow(refusal('TAXONOMY_REFERENCE_INVALID', { field: 'taxonomy.0', actual: 'forgotten@1#a' }));
    expect(submitRisk(givenRisk({ state: 'DRAFT', taxonomy: ['owasp-llm@2025#LLM01'] }), catalogues).next.state).toBe('IDENTIFIED');
    expect(() => submitRisk(givenRisk({ taxonomy: ['forgotten@1#a'] }), catalogues)).toThrow(refusal('INVALID_TRANSITION'));
  });
});

test('a question about one framework or node names the nearest when there is none', () => {
  expect(requireFramework('eu-ai-act@2026', catalogues).version).toBe('2026');
  expect(requireNode('owasp-llm@2025#LLM10', catalogues).code).toBe('LLM10');
  expect(() => requireFramework('eu-ai-act@2025', catalogues)).toThrow(refusal('NOT_FOUND', { next: 'Did you mean eu-ai-act@2024 or eu-ai-act@2026?' }));
  expect(() => requireFramework('x'.repeat(1000), catalogues)).toThrow(refusal('NOT_FOUND', { id: 'x'.repeat(100), next: 'The query frameworks lists all that are known.' }));
  expect(() => requireNode('owasp-llm@2025#LLM1', catalogues)).toThrow(refusal('NOT_FOUND', { next: 'Did you mean owasp-llm@2025#LLM01 or owasp-llm@2025#LLM10?' }));
});
