// What is proposed for the text of a risk: the reference that somebody who knows the field would choose is among the first five.
import { describe, expect, test } from '@jest/globals';
import { givenCatalogues } from '../../test/support/given.js';
import { shippedCatalogues, shippedTopics } from './shipped-catalogues.js';
import { Suggestions } from './suggestions.js';

const catalogues = shippedCatalogues();
const suggestions = new Suggestions(catalogues, shippedTopics(catalogues));
const references = (text: string, first = 5): string[] => suggestions.for(text, first).map(({ node }) => node.reference);

describe('among the first five for', () => {
  test.each([
    ['Hidden text in a mail is followed as an instruction, and customer data leaves the company.', 'owasp-llm@2025#LLM01'],
    ['The assistant shows one customer the contract of another customer.', 'owasp-llm@2025#LLM02'],
    ['A model was downloaded from a public hub; somebody had tampered with its weights.', 'owasp-llm@2025#LLM03'],
    ['Attackers plant wrong labels in the feedback that the spam filter is retrained with.', 'owasp-llm@2025#LLM04'],
    ['SQL that the model generated is run against the database without any validation.', 'owasp-llm@2025#LLM05'],
    ['The agent issues refunds that nobody has approved.', 'owasp-llm@2025#LLM06'],
    ['Someone extracts the system prompt, with the API keys in it.', 'owasp-llm@2025#LLM07'],
    ['The vector database returns documents that the user has no permission to read.', 'owasp-llm@2025#LLM08'],
    ['The chatbot invents prices, and customers insist on them.', 'owasp-llm@2025#LLM09'],
    ['Thousands of very long requests run up the bill until the service is unavailable.', 'owasp-llm@2025#LLM10'],
    ['What an earlier user wrote stays in the memory of the agent and changes its later answers.', 'owasp-asi@2026#ASI06'],
    ['A wrong result of one agent spreads through the whole pipeline before anybody notices.', 'owasp-asi@2026#ASI08'],
    ['Stickers on a road sign fool the classifier of the vehicle.', 'owasp-ml@2023#ML01'],
    ['An outsider finds out whether a certain patient was in the training data.', 'owasp-ml@2023#ML04'],
    ['Women are refused loans more often than men, because historical decisions were learned.', 'mit-ai-risk-domain@1#mit-ai-risk-subdomain-1.1'],
    ['Speakers of a dialect are recognised worse than others.', 'mit-ai-risk-domain@1#mit-ai-risk-subdomain-1.3'],
    ['Clerks accept every suggestion without checking it.', 'mit-ai-risk-domain@1#mit-ai-risk-subdomain-5.1'],
    ['The population has shifted since training and accuracy declines unnoticed.', 'mit-ai-risk-domain@1#mit-ai-risk-subdomain-7.3'],
    ['Applicants are not told why their credit was refused.', 'eu-ai-act@2026-1744#Art-86'],
    ['Users believe that they talk to a human being.', 'eu-ai-act@2026-1744#Art-50-1'],
    ['Generated texts reproduce copyrighted articles.', 'nist-ai-600-1@2024-07#ip'],
    ['Training needs as much electricity as a small town.', 'nist-ai-600-1@2024-07#environmental'],
  ])('%s', (text, wanted) => {
    expect(references(text)).toContain(wanted);
  });
});

describe('a suggestion', () => {
  test('says which words of the text speak for it, and stands in the order of its score', () => {
    const found = suggestions.for('Hidden TEXT is obeyed as an instruction', 10);

    expect(found[0]?.node.code).toMatch(/^(LLM01|ASI01)$/);
    expect(found[0]?.because).toEqual(expect.arrayContaining(['hidden', 'text', 'obeyed', 'instruction']));
    expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).sort((a, b) => b - a));
  });

  test('forgives a wrong letter and other endings', () => {
    expect(references('hallucinatoins of legal citation')).toContain('owasp-llm@2025#LLM09');
    expect(references('discriminating against minorities')).toContain('mit-ai-risk-domain@1#mit-ai-risk-subdomain-1.1');
  });

  test('is never withdrawn or superseded', () => {
    const small = new Suggestions(givenCatalogues(), []);

    expect(small.for('validation', 5)).toEqual([]);
    expect(small.for('art', 5).map(({ node }) => node.reference)).toEqual(['eu-ai-act@2026#Art-9']);
    expect(references('social scoring', 100).filter((reference) => reference.endsWith('#Art-5-1-c'))).toEqual(['eu-ai-act@2026-1744#Art-5-1-c']);
  });

  test('is not made where no word says anything, and there are at most as many as asked for', () => {
    expect(references('')).toEqual([]);
    expect(references('the model may be used for this')).toEqual([]);
    expect(references('xyzzy 123456')).toEqual([]);
    expect(references('prompt injection', 1)).toHaveLength(1);
  });
});
