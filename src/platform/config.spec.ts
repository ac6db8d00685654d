// Each variable of the configuration: its default, its good values, and the message by which a bad one stops the start.
import { describe, expect, test } from '@jest/globals';
import { ConfigError, offersExplorer, readAdminUrl, readClientConfig, readConfig, readRolePasswords, VARIABLES } from './config.js';

function problemOf(env: Readonly<Record<string, string>>): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return `${error.variable}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}

describe('the configuration', () => {
  test('has a default for everything', () => {
    expect(readConfig({})).toEqual({
      production: false, keysFolder: null, port: null, host: '127.0.0.1', databaseUrl: null, migrationDatabaseUrl: null, dataFolder: null, logLevel: 'warn', poolSize: 20, gatePoolSize: 10, origin: 'localhost/countersign',
      explorer: true, metricsPort: null, metricsHost: '127.0.0.1', outgoingLoopback: false, outgoingNetworks: [], corsOrigins: [], trustedProxies: [], trustedDocuments: null, trustedOnly: false, evidenceStore: null, evidenceMaxBytes: 26_214_400, evidenceQuotaBytes: null,
    });
  });

  test('takes empty and blank values for unset ones', () => {
    const blank = Object.fromEntries(Object.keys(VARIABLES).map((name, i) => [name, i % 2 === 0 ? '' : '  ']));

    expect(readConfig(blank)).toEqual(readConfig({}));
    expect(readClientConfig(blank)).toEqual({ url: null, token: null, dataFolder: null });
  });

  test('reads every variable', () => {
    const urls = { DATABASE_URL: 'postgresql://app:secret@db:5432/register', MIGRATION_DATABASE_URL: 'postgres://owner@db/register' };
    const env = { ...urls, PORT: '0', HOST: '0.0.0.0', COUNTERSIGN_DATA: '/data', COUNTERSIGN_KEYS: '/keys', LOG_LEVEL: 'debug', DATABASE_POOL: '200', DATABASE_GATE_POOL: '40', COUNTERSIGN_ORIGIN: 'risk.example.org/countersign', METRICS_PORT: '9464', METRICS_HOST: '::1', OUTGOING_LOOPBACK: 'allow', OUTGOING_NETWORKS: '10.1.0.0/16, fd00:1::/32', CORS_ORIGINS: 'https://risk.example, http://localhost:5173', TRUSTED_PROXIES: '10.0.0.5, fd00::1,10.1.0.0/16', TRUSTED_DOCUMENTS: '/documents', GRAPHQL_DOCUMENTS: 'trusted', EVIDENCE_STORE: '/evidence', EVIDENCE_MAX_BYTES: '1048576', EVIDENCE_QUOTA_BYTES: '2048' };

    expect(readConfig(env)).toEqual({
      production: false, keysFolder: '/keys', port: 0, host: '0.0.0.0', databaseUrl: urls.DATABASE_URL, migrationDatabaseUrl: urls.MIGRATION_DATABASE_URL, dataFolder: '/data', logLevel: 'debug', poolSize: 200, gatePoolSize: 40, origin: 'risk.example.org/countersign',
      explorer: false, metricsPort: 9464, metricsHost: '::1', outgoingLoopback: true, outgoingNetworks: ['10.1.0.0/16', 'fd00:1::/32'], corsOrigins: ['https://risk.example', 'http://localhost:5173'], trustedProxies: ['10.0.0.5', 'fd00::1', '10.1.0.0/16'], trustedDocuments: '/documents', trustedOnly: true, evidenceStore: { kind: 'folder', folder: '/evidence' }, evidenceMaxBytes: 1_048_576, evidenceQuotaBytes: 2048,
    });
    expect(readClientConfig({ COUNTERSIGN_URL: 'http://127.0.0.1:3001', COUNTERSIGN_TOKEN: 't', COUNTERSIGN_DATA: '/data' })).toEqual({ url: 'http://127.0.0.1:3001', token: 't', dataFolder: '/data' });
  });

  test.each<[string, string[]]>([
    ['PORT', ['65536', '-1', '1.5', '0x10', '1e3', 'http', '٣']], ['METRICS_PORT', ['65536', '-1', 'x']], ['DATABASE_POOL', ['1', '201', '-5', 'many']], ['DATABASE_GATE_POOL', ['1', '201', '0', 'all']], ['EVIDENCE_MAX_BYTES', ['1023', '1073741825', '25MB', '-1']], ['EVIDENCE_QUOTA_BYTES', ['1023', '9007199254740993', '1e9', '-1']], ['LOG_LEVEL', ['verbose', 'INFO', 'true']], ['OUTGOING_LOOPBACK', ['true', 'ALLOW', '1']], ['OUTGOING_NETWORKS', ['10.0.0.1', '10.0.0.0/33', '0.0.0.0/0', '::/0', 'intranet', '10.0.0.0/8;11.0.0.0/8']],
    ['DATABASE_URL', ['db', 'mysql://db/register', 'http://db', 'postgresql://', 'postgresql://a b', 'postgresql://db/x?user=postgres', 'postgresql://app:good@db/x?sslmode=require&password=hunter2', 'postgresql://db/x?%70assword=hunter2']], ['COUNTERSIGN_ORIGIN', ['a b', '/x', '-x', 'x'.repeat(202), 'a\nb', 'a:b']],
    ['TRUSTED_PROXIES', ['true', '*', 'all', '0.0.0.0/0', '::/0', '10.0.0.0/33', '10.0.0', 'loopback', 'proxy.internal', '1', '10.0.0.1;10.0.0.2']],
    ['CORS_ORIGINS', ['*', 'null', 'https://*.example', 'https://a.example/path', 'a.example', 'https://a.example,*']],
  ])('refuses bad values of %s by its name, in one line', (variable, values) => {
    for (const value of values) {
      expect([value, problemOf({ [variable]: value })]).toEqual([value, expect.stringMatching(new RegExp(`^${variable}: ${variable} [^\\n]+$`))]);
    }
  });

  test('never repeats the value of an address, which may hold a password', () => {
    expect(problemOf({ DATABASE_URL: 'mysql://app:hunter2@db/register' })).not.toContain('hunter2');
    expect(problemOf({ DATABASE_URL: 'postgresql://app@db/x', MIGRATION_DATABASE_URL: 'mysql://app:hunter2@db' })).toMatch(/^MIGRATION_DATABASE_URL: (?!.*hunter2)/);
  });

  test('of production has no embedded database and none of its keys', () => {
    const database = { DATABASE_URL: 'postgresql://countersign_app@db/register' };

    expect(problemOf({ NODE_ENV: 'production' })).toMatch(/^DATABASE_URL: DATABASE_URL is missing: with NODE_ENV=production/);
    expect(problemOf({ NODE_ENV: 'Production', ...database })).toMatch(/^COUNTERSIGN_KEYS: /);
    expect(problemOf({ NODE_ENV: 'production', ...database })).toMatch(/^COUNTERSIGN_KEYS: COUNTERSIGN_KEYS is missing: with NODE_ENV=production/);
    expect(readConfig({ NODE_ENV: 'production', ...database, COUNTERSIGN_KEYS: '/keys' })).toMatchObject({ production: true, keysFolder: '/keys', explorer: false });
  });

  test.each(['known-to-everybody-set-APP_PASSWORD', 'postgres', 'changeme', 'Change-Me-please', 'countersign_app', 'short', 'elevenchars', 'aaaaaaaaaaaaaaaaaaaa', 'p%61ssword123456'])('of production refuses a password that others know or find, and never shows it: %s', (password) => {
    const production = { NODE_ENV: 'production', COUNTERSIGN_KEYS: '/keys' };
    const [app, owner, good] = [`postgresql://countersign_app:${password}@db/register`, `postgresql://countersign_owner:${password}@db/register`, 'postgresql://countersign_app:9WcX1r-Tq0vZ@db/register'];

    for (const [variable, env] of [['DATABASE_URL', { DATABASE_URL: app }], ['MIGRATION_DATABASE_URL', { DATABASE_URL: good, MIGRATION_DATABASE_URL: owner }]] as const) {
      const problem = problemOf({ ...production, ...env });
      expect(problem).toMatch(new RegExp(`^${variable}: ${variable} carries a password that is (known to everybody|too weak)`));
      expect(problem.replace('countersign db', '')).not.toContain(`:${password}`);
    }
    expect(problemOf({ ...production, DATABASE_URL: good })).toBe('accepted');
    expect(problemOf({ DATABASE_URL: app })).toBe('accepted');
  });

  test('offers the explorer over the embedded database only, and never in production', () => {
    expect([{}, { NODE_ENV: 'development' }, { DATABASE_URL: ' ' }].map(offersExplorer)).toEqual([true, true, true]);
    expect([{ DATABASE_URL: 'postgresql://app@db/register' }, { COUNTERSIGN_KEYS: '/keys' }, { NODE_ENV: 'production' }, { NODE_ENV: ' production ' }].map(offersExplorer)).toEqual([false, false, false, false]);
  });

  test('refuses a migrating role without a database to serve', () => {
    expect(problemOf({ MIGRATION_DATABASE_URL: 'postgresql://owner@db/register' })).toMatch(/^DATABASE_URL: DATABASE_URL is missing/);
  });
});

describe('the passwords of the roles', () => {
  const APP = 'postgresql://countersign_app:one@db/register';
  const OWNER = 'postgres://countersign_owner:t%25w%40%20o@db:5432/register?sslmode=require';

  test('are those of the URLs by which the server will come', () => {
    expect(readRolePasswords({ DATABASE_URL: APP, MIGRATION_DATABASE_URL: OWNER })).toEqual({ countersign_app: 'one', countersign_owner: 't%w@ o' });
    expect(readRolePasswords({ DATABASE_URL: APP.replace('one', 'o:n@e'), MIGRATION_DATABASE_URL: OWNER })).toMatchObject({ countersign_app: 'o:n@e' });
  });

  test('are set by the administrator’s connection, or by the only one that there is', () => {
    const admin = 'postgresql://postgres@db/postgres';

    expect([{}, { DATABASE_URL: APP, MIGRATION_DATABASE_URL: OWNER }].map((env) => readAdminUrl(env))).toEqual([null, null]);
    expect([{ ADMIN_DATABASE_URL: admin, DATABASE_URL: APP }, { DATABASE_URL: admin }, { MIGRATION_DATABASE_URL: admin }].map((env) => readAdminUrl(env))).toEqual([admin, admin, admin]);
  });

  test.each(['', 'mysql://countersign_app:hunter2@db/register', 'postgresql://postgres:hunter2@db/register', 'postgresql://countersign_app@db/register', 'postgresql://countersign_app:@db/register', 'postgresql://countersign_app:hunter2%@db/x', 'postgresql://countersign_app:hunter2%C3%A4@db/x', 'postgresql://countersign_app:hunter2%00@db/x', `postgresql://countersign_app:${'x'.repeat(201)}@db/x`])('are refused by the name of the variable, and never shown: %s', (url) => {
    const read = (): unknown => readRolePasswords({ DATABASE_URL: url, MIGRATION_DATABASE_URL: OWNER });

    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/^DATABASE_URL (?!.*hunter2)[^\n]+$/);
  });
});
