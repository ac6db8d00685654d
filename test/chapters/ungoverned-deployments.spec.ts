// What was found running without a permit, through the public API: seen by whoever looks, and nothing to the gate.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { UngovernedDeployment } from '../../src/domain/ungoverned-deployment.js';
import { startApp, type GraphQLAnswer, type TestApp } from '../support/app.js';
import { givenRelease } from './register.js';

let app: TestApp;
beforeAll(async () => { app = await startApp(); });
afterAll(() => app.close());

const REPORT = 'mutation ($input: ReportUngovernedDeploymentInput!) { reportUngovernedDeployment(input: $input) { id number bundleDigest reason foundAt } }';
const POPULATION = 'query ($environment: String!) { population(environment: $environment, first: 50) { nodes { number standing bundleDigest replacedAt decision { id } } } }';
const EXCEPTIONS = 'query ($system: ID!) { exceptions(from: "2000-01-01T00:00:00Z", to: "2099-01-01T00:00:00Z", filter: { system: $system, kinds: [UNGOVERNED_DEPLOYMENT] }) { nodes { kind reference happenedAt endsAt } } }';
const DECIDED = 'query ($question: GateQuestionInput!) { gateDecision(question: $question, record: false) { verdict reasons { severity requirement code } obligations { id } override { kind } } }';
const AUTHORIZE = 'mutation ($question: GateQuestionInput!) { authorizePromotion(question: $question) { verdict grant { id } } }';
const DEPLOY = 'mutation ($input: ReportDeploymentInput!) { reportDeployment(input: $input) { number startedAt } }';

type Given = Awaited<ReturnType<typeof givenRelease>>;
interface Row { readonly number: string; readonly standing: string; readonly bundleDigest: string; readonly replacedAt: string | null; readonly decision: unknown }
type Told = GraphQLAnswer<{ reportUngovernedDeployment: Pick<UngovernedDeployment, 'id' | 'number' | 'bundleDigest' | 'reason' | 'foundAt'> }>;

const report = ({ systemId, bundleDigest }: Pick<Given, 'systemId' | 'bundleDigest'>, environment: string, handle = 'pipeline'): Promise<Told> =>
  app.graphql(handle, REPORT, { input: { system: systemId, environment, bundleDigest, reason: 'The scan of the cluster found it.' } });
const code = ({ errors }: GraphQLAnswer<unknown>): unknown => errors?.[0]?.extensions['code'];

async function population(environment: string, bundleDigest: string): Promise<Row[]> {
  const { data } = await app.graphql<{ population: { nodes: Row[] } }>('axel', POPULATION, { environment });
  return data!.population.nodes.filter((row) => row.bundleDigest === bundleDigest);
}

async function exceptions(system: string): Promise<unknown[]> {
  return (await app.graphql<{ exceptions: { nodes: unknown[] } }>('axel', EXCEPTIONS, { system })).data!.exceptions.nodes;
}

async function deploy({ bundleDigest }: Given, environment: string): Promise<{ number: string; startedAt: string }> {
  const { data } = await app.graphql<{ authorizePromotion: { grant: { id: string } } }>('pipeline', AUTHORIZE, { question: { target: { bundleDigest }, environment } });
  const reported = await app.graphql<{ reportDeployment: { number: string; startedAt: string } }>('pipeline', DEPLOY, { input: { grant: data!.authorizePromotion.grant.id, bundleDigest, environment } });
  return reported.data!.reportDeployment;
}

/** Everything that the gate says about a bundle, whatever is asked: each time judged anew, since an answer that is kept would tell nothing. */
async function answers({ bundleDigest }: Given): Promise<string[]> {
  const asked = ['dev', 'pilot', 'production'].flatMap((environment) => ['promote', 'run', 'rollback'].map((action) => ({ environment, action })));
  const said: string[] = [];
  for (const { environment, action } of asked) {
    const { data } = await app.graphql<{ gateDecision: unknown }>('pipeline', DECIDED, { question: { target: { bundleDigest }, environment, action } });
    said.push(`${environment} ${action} ${JSON.stringify(data!.gateDecision)}`);
  }
  return said;
}

describe('what runs without a permit', () => {
  test('is shown as ungoverned where it was found, by no decision, and as an exception that goes on', async () => {
    const given = await givenRelease(app, app.as, '', 'a1');

    const { number, foundAt } = (await report(given, 'pilot')).data!.reportUngovernedDeployment;

    expect(number).toMatch(/^UD-\d+$/);
    expect(await population('pilot', given.bundleDigest)).toEqual([{ number, standing: 'UNGOVERNED', bundleDigest: given.bundleDigest, replacedAt: null, decision: null }]);
    expect(await population('dev', given.bundleDigest)).toEqual([]);
    expect(await exceptions(given.systemId)).toEqual([{ kind: 'UNGOVERNED_DEPLOYMENT', reference: number, happenedAt: foundAt, endsAt: null }]);
  });

  test('is in the log as what it is, in the name of whoever reported it', async () => {
    const given = await givenRelease(app, app.as, '', 'a2');
    const { id, number } = (await report(given, 'pilot')).data!.reportUngovernedDeployment;
    const { data } = await app.graphql('axel', 'query ($id: ID!) { node(id: $id) { __typename id } }', { id });
    const log = await app.graphql('axel', 'query ($system: ID!) { changes(filter: { system: $system, types: [UngovernedDeployment] }) { nodes { action actor { handle } object { id type number } } } }', { system: given.systemId });

    expect(data).toEqual({ node: { __typename: 'UngovernedDeployment', id } });
    expect(log).toMatchObject({ data: { changes: { nodes: [{ action: 'DEPLOYMENT_FOUND_UNGOVERNED', actor: { handle: 'pipeline' }, object: { id, type: 'UngovernedDeployment', number } }] } } });
  });

  test('changes no answer of the gate: no stage passed, nothing to run by or to come back to', async () => {
    const given = await givenRelease(app, app.as, '', 'b1');
    const before = await answers(given);
    for (const environment of ['dev', 'pilot', 'production']) expect(code(await report(given, environment))).toBeUndefined();

    expect(await answers(given)).toEqual(before);
    expect(before.find((said) => said.startsWith('production promote'))).toContain('STAGE_SKIPPED');
    for (const asked of ['dev run', 'pilot run', 'pilot rollback']) expect(before.find((said) => said.startsWith(asked))).toContain('NOT_AUTHORIZED_HERE');
  });

  test('takes the place of nothing that was let in, and ends with what is let in next', async () => {
    const given = await givenRelease(app, app.as, '', 'c1');
    const first = await deploy(given, 'dev');
    const components = [{ role: 'MODEL', name: 'model', digest: 'c2'.repeat(32) }];
    const created = await app.graphql<{ createRelease: { bundleDigest: string } }>('dana', 'mutation ($system: ID!, $input: CreateReleaseInput!) { createRelease(system: $system, input: $input) { bundleDigest } }', { system: given.systemId, input: { label: '2', components } });
    const other = { ...given, bundleDigest: created.data!.createRelease.bundleDigest };
    const found = (await report(other, 'dev')).data!.reportUngovernedDeployment;

    expect(await population('dev', given.bundleDigest)).toMatchObject([{ number: first.number, standing: 'GOVERNED', replacedAt: null }]);
    expect(await population('dev', other.bundleDigest)).toMatchObject([{ number: found.number, standing: 'UNGOVERNED' }]);

    const second = await deploy(other, 'dev');
    expect(await population('dev', other.bundleDigest)).toMatchObject([{ number: second.number, standing: 'GOVERNED' }]);
    expect(await exceptions(given.systemId)).toMatchObject([{ reference: found.number, endsAt: second.startedAt }]);
  });
});

describe('a report without a grant', () => {
  test('is refused for bytes that nobody registered, with what to do', async () => {
    const { systemId } = await givenRelease(app, app.as, '', 'd1');
    const refused = await report({ systemId, bundleDigest: `sha256:${'ef'.repeat(32)}` }, 'pilot');

    expect(refused).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND', details: { next: expect.stringContaining('createRelease') } } }] });
  });

  test('is refused for what a grant brought in, and for what was reported already', async () => {
    const given = await givenRelease(app, app.as, '', 'e1');
    const { number } = await deploy(given, 'dev');
    expect(await report(given, 'dev')).toMatchObject({ errors: [{ message: expect.stringContaining(number), extensions: { code: 'ALREADY_EXISTS' } }] });

    const both = await Promise.all([report(given, 'pilot'), report(given, 'pilot')]);
    expect(both.map(code).sort()).toEqual(['ALREADY_EXISTS', undefined]);
    expect(await population('pilot', given.bundleDigest)).toHaveLength(1);
  });

  test('is for whoever may report deployments', async () => {
    const given = await givenRelease(app, app.as, '', 'f1');

    expect(code(await report(given, 'pilot', 'dana'))).toBe('PERMISSION_DENIED');
    expect(code(await report(given, 'pilot', 'sam'))).toBeUndefined();
  });
});
