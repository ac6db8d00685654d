// The catalogues through the public API: frameworks and their entries, what a risk refers to, and what is proposed for a text.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { RiskTable } from '../../src/risks/risk.table.js';
import { startApp, type TestApp } from '../support/app.js';
import { givenRelease } from './register.js';

let app: TestApp;
let system: string;

beforeAll(async () => {
  app = await startApp();
  ({ systemId: system } = await givenRelease(app, app.as, '', 'd5'));
});

afterAll(() => app.close());

interface Node { readonly reference: string; readonly title: string; readonly kind: string }
interface Reference { readonly reference: string; readonly known: boolean; readonly title: string | null; readonly warning: string | null }
interface Risk { readonly id: string; readonly version: number; readonly state: string; readonly taxonomy: readonly string[]; readonly taxonomyNodes: readonly Reference[] }

/** What the query gives, as an auditor, who may read everything. */
async function ask<Data>(query: string, variables = {}): Promise<Data> {
  const { data, errors } = await app.graphql<Data>('axel', query, variables);
  expect(errors).toBeUndefined();
  return data!;
}

async function refused(query: string, variables = {}, handle = 'axel'): Promise<unknown> {
  const { errors } = await app.graphql(handle, query, variables);
  return errors?.[0]?.extensions;
}

describe('the frameworks', () => {
  test('are listed with publisher, terms, successors and number of entries', async () => {
    const { frameworks } = await ask<{ frameworks: { id: string }[] }>('{ frameworks { id name version title publisher kind jurisdiction licence { spdx redistributable notice } sourceUrl publishedOn inForceFrom supersedes supersededBy nodeCount } }');

    expect(frameworks).toHaveLength(21);
    expect(frameworks.find(({ id }) => id === 'eu-ai-act@2024-1689')).toMatchObject({ name: 'eu-ai-act', version: '2024-1689', kind: 'REGULATION', jurisdiction: ['EU'], inForceFrom: '2024-08-01', supersededBy: ['eu-ai-act@2026-1744'], nodeCount: 111 });
    expect(frameworks.find(({ id }) => id === 'owasp-llm@2025')).toMatchObject({ publisher: 'OWASP', kind: 'RISK_TAXONOMY', licence: { spdx: 'CC-BY-SA-4.0', redistributable: true }, publishedOn: '2024-11-18', inForceFrom: null, nodeCount: 10 });
  });

  test('are the same for every organization, for whoever is known here', async () => {
    expect(await ask('{ framework(id: "owasp-llm@2025") { title } }')).toEqual({ framework: { title: 'OWASP Top 10 for LLM Applications 2025' } });
    const anonymous = await fetch(`${app.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: '{ frameworks { id } }' }) });
    expect(await anonymous.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  test('that are not there are refused with the nearest', async () => {
    expect(await refused('{ framework(id: "owasp-llm@2024") { id } }')).toMatchObject({ code: 'NOT_FOUND', details: { subject: 'Framework', next: expect.stringMatching(/^Did you mean owasp-llm@2025/) as unknown } });
    expect(await refused('{ frameworkNodes(framework: "soc@2") { nodes { code } } }')).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the entries of a framework', () => {
  const NODES = 'query ($first: Int! = 100, $after: String, $parent: String, $kind: String, $text: String) { frameworkNodes(framework: "eu-ai-act@2026-1744", first: $first, after: $after, parent: $parent, kind: $kind, text: $text) { nodes { reference code title kind } pageInfo { hasNextPage endCursor } } }';
  const nodes = async (variables: object): Promise<{ nodes: Node[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } }> =>
    (await ask<{ frameworkNodes: { nodes: Node[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } }>(NODES, variables)).frameworkNodes;

  test('are found by the entry above, by kind and by words', async () => {
    expect((await nodes({ parent: 'Art-5' })).nodes).toHaveLength(10);
    expect((await nodes({ parent: 'Art-5', text: 'SOCIAL scoring' })).nodes.map(({ reference }) => reference)).toEqual(['eu-ai-act@2026-1744#Art-5-1-c']);
    expect((await nodes({ kind: 'chapter' })).nodes.every(({ kind }) => kind === 'chapter')).toBe(true);
    expect((await nodes({ text: 'dpv:eu-aiact#HighRiskAISystem-AnnexIII-5-b' })).nodes).toEqual([expect.objectContaining({ code: 'Annex-III-5-b' })]);
    expect(await nodes({ text: 'no such words' })).toEqual({ nodes: [], pageInfo: { hasNextPage: false, endCursor: null } });
    expect(await refused(NODES, { parent: 'Art-500' })).toMatchObject({ code: 'NOT_FOUND', details: { subject: 'FrameworkNode' } });
  });

  test('come page by page, each once, in the order of the publication', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = await nodes({ first: 40, after });
      seen.push(...page.nodes.map(({ reference }) => reference));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);

    expect(seen).toHaveLength(114);
    expect(new Set(seen).size).toBe(114);
    expect(seen.slice(0, 2)).toEqual(['eu-ai-act@2026-1744#Ch-I', 'eu-ai-act@2026-1744#Ch-II']);
  });

  test.each([[{ first: 0 }, 'first'], [{ first: 101 }, 'first'], [{ after: 'nonsense' }, 'after'], [{ after: Buffer.from('node:owasp-llm@2025#LLM01').toString('base64url') }, 'after'], [{ text: 'x'.repeat(201) }, 'text']])('are refused for %j', async (variables, field) => {
    expect(await refused(NODES, variables)).toMatchObject({ code: 'INVALID_INPUT', details: { field } });
  });

  test('show what is above and below, and where the text is', async () => {
    const { frameworkNode } = await ask<{ frameworkNode: object }>('{ frameworkNode(reference: "nist-ai-rmf@1.0#GV-1") { reference title kind status aliases sourceUrl parent { reference title } children { code children { code } } framework { id } } }');

    expect(frameworkNode).toMatchObject({
      reference: 'nist-ai-rmf@1.0#GOVERN-1', kind: 'category', status: 'ACTIVE', aliases: ['GV-1', 'GOVERN 1'], sourceUrl: 'https://doi.org/10.6028/NIST.AI.100-1', framework: { id: 'nist-ai-rmf@1.0' },
      parent: { reference: 'nist-ai-rmf@1.0#GOVERN' }, children: ['1.1', '1.2', '1.3', '1.4', '1.5', '1.6', '1.7'].map((code) => ({ code: `GOVERN-${code}`, children: [] })),
    });
    expect(await refused('{ frameworkNode(reference: "owasp-llm@2025#LLM00") { title } }')).toMatchObject({ code: 'NOT_FOUND', details: { next: expect.stringContaining('owasp-llm@2025#LLM01') as unknown } });
  });
});

describe('what a risk refers to', () => {
  const FIELDS = 'id version state taxonomy taxonomyNodes { reference known title warning }';
  const LOG = `mutation ($system: ID!, $taxonomy: [String!]!, $draft: Boolean! = false) { logRisk(system: $system, draft: $draft, input: { statement: { source: "a", event: "b", consequence: "c" }, owner: "sam", taxonomy: $taxonomy }) { ${FIELDS} } }`;
  const EDIT = `mutation ($id: ID!, $version: Int!, $input: EditRiskInput!) { editRisk(id: $id, expectedVersion: $version, input: $input) { ${FIELDS} } }`;

  async function log(taxonomy: readonly string[], draft = false): Promise<Risk> {
    const { data, errors } = await app.graphql<{ logRisk: Risk }>('sam', LOG, { system, taxonomy, draft });
    expect(errors).toBeUndefined();
    return data!.logRisk;
  }

  /** As one that was written before the catalogues were. */
  async function forget(risk: Risk): Promise<void> {
    await app.app.get(UnitOfWork).write(app.as('sam'), 'risk.edit', async (tx) => {
      const stored = await tx.lock(RiskTable, risk.id, risk.version);
      return tx.put(RiskTable, { next: { ...stored, taxonomy: ['forgotten@1#a'] }, event: 'risk.edited' }, stored);
    });
  }

  test('is shown with titles, in the spelling of the framework', async () => {
    expect(await log(['owasp-llm@2025#LLM01:2025', 'nist-ai-rmf@1.0#MEASURE 2.7'])).toMatchObject({
      taxonomy: ['nist-ai-rmf@1.0#MEASURE-2.7', 'owasp-llm@2025#LLM01'],
      taxonomyNodes: [{ title: 'Security and resilience tests', known: true, warning: null }, { reference: 'owasp-llm@2025#LLM01', title: 'Prompt Injection', known: true, warning: null }],
    });
  });

  test('is refused when no catalogue has it, with what was probably meant', async () => {
    expect(await refused(LOG, { system, taxonomy: ['owasp-llm@2025#LLM01', 'owasp-llm@2025#LLM011'] }, 'sam')).toMatchObject({
      code: 'TAXONOMY_REFERENCE_INVALID', details: { field: 'taxonomy.1', actual: 'owasp-llm@2025#LLM011', next: 'Did you mean owasp-llm@2025#LLM01?' },
    });
    expect(await refused(LOG, { system, taxonomy: ['owasp-lm@2025#LLM01'], draft: true }, 'sam')).toMatchObject({ code: 'TAXONOMY_REFERENCE_INVALID', details: { field: 'taxonomy.0', next: 'Did you mean owasp-llm@2025#LLM01?' } });
    const risk = await log(['owasp-llm@2025#LLM01']);
    expect(await refused(EDIT, { id: risk.id, version: 1, input: { taxonomy: ['owasp-llm@2025#LLM12'] } }, 'sam')).toMatchObject({ code: 'TAXONOMY_REFERENCE_INVALID' });
  });

  test('is taken with a warning when it was withdrawn or superseded', async () => {
    const { taxonomyNodes } = await log(['us-sr-11-7@2011#validation', 'eu-ai-act@2024-1689#Art-9']);

    expect(taxonomyNodes.map(({ warning }) => warning)).toEqual([
      'eu-ai-act@2024-1689 is superseded by eu-ai-act@2026-1744. Use eu-ai-act@2026-1744#Art-9 instead.', 'validation is withdrawn. Use us-sr-26-2@2026#validation instead.',
    ]);
  });

  test('can be read and edited although no catalogue knows it any more, and has to be known when a draft is handed in', async () => {
    const draft = await log(['owasp-llm@2025#LLM01'], true);
    await forget(draft);

    expect(await ask(`{ risk(id: "${draft.id}") { taxonomyNodes { reference known title warning node { title } } } }`)).toEqual({
      risk: { taxonomyNodes: [{ reference: 'forgotten@1#a', known: false, title: null, warning: expect.stringContaining('No catalogue'), node: null }] },
    });
    expect(await app.graphql('sam', EDIT, { id: draft.id, version: 2, input: { affectedParties: ['staff'] } })).toMatchObject({ data: { editRisk: { version: 3, taxonomy: ['forgotten@1#a'] } } });
    expect(await refused(`mutation { submitRisk(id: "${draft.id}", expectedVersion: 3) { id } }`, {}, 'sam')).toMatchObject({ code: 'TAXONOMY_REFERENCE_INVALID', details: { field: 'taxonomy.0', actual: 'forgotten@1#a' } });
  });
});

describe('what is proposed for a text', () => {
  const SUGGEST = 'query ($text: String!, $first: Int! = 5) { suggestTaxonomy(text: $text, first: $first) { score because node { reference title framework { id } } } }';

  test('is ranked, with the words that speak for it', async () => {
    const { suggestTaxonomy } = await ask<{ suggestTaxonomy: object[] }>(SUGGEST, { text: 'Hidden text in mail is followed as instruction' });

    expect(suggestTaxonomy).toHaveLength(5);
    expect(suggestTaxonomy).toContainEqual({ score: expect.any(Number), because: expect.arrayContaining(['hidden', 'text', 'instruction']), node: { reference: 'owasp-llm@2025#LLM01', title: 'Prompt Injection', framework: { id: 'owasp-llm@2025' } } });
  });

  test.each([[{ text: 'x'.repeat(4001) }, 'text'], [{ text: 'bias', first: 0 }, 'first'], [{ text: 'bias', first: 101 }, 'first']])('is refused for %#', async (variables, field) => {
    expect(await refused(SUGGEST, variables)).toMatchObject({ code: 'INVALID_INPUT', details: { field } });
  });
});
