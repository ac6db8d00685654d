// The scenes of test/lifecycles.csv about whom an organization believes.
import { plusDays } from '../../src/domain/clock.js';
import { MachinesService } from '../../src/identity/machines.service.js';
import { TrustedIssuersService } from '../../src/identity/trusted-issuers.service.js';
import { issuerInput, ruleInput } from '../chapters/register.js';
import { REASON, type Scene, type Subject } from './lifecycle-scenes.js';
import { at } from './register.js';

const issuers = (scene: Scene): TrustedIssuersService => scene.register.app.get(TrustedIssuersService);
let made = 0;

export const trustedIssuer: Subject = {
  make: async (scene, state) => {
    const issuer = await issuers(scene).register(scene.as('ada'), issuerInput(`https://login.example.com/${String(made += 1)}`));
    return state === 'RETIRED' ? issuers(scene).retire(scene.as('ada'), at(issuer), REASON) : issuer;
  },
  actions: {
    change: (scene, record, { handle }) => issuers(scene).change(scene.as(handle), at(record), { maxTokenAgeMinutes: 5 }, REASON),
    retire: (scene, record, { handle }) => issuers(scene).retire(scene.as(handle), at(record), REASON),
  },
};

const machines = (scene: Scene): MachinesService => scene.register.app.get(MachinesService);
const EVERYWHERE = { role: 'DEPLOYER', systems: null, environments: null } as const;

export const trustRule: Subject = {
  make: async (scene, state) => {
    const issuer = await issuers(scene).register(scene.as('ada'), issuerInput(`https://jobs.example.com/${String(made += 1)}`, { kind: 'GITHUB' }));
    const rule = await machines(scene).trust(scene.as('ada'), issuer.id, ruleInput(), EVERYWHERE);
    return state === 'RETIRED' ? machines(scene).retireRule(scene.as('ada'), at(rule), REASON) : rule;
  },
  actions: { retire: (scene, record, { handle }) => machines(scene).retireRule(scene.as(handle), at(record), REASON) },
};

export const apiKey: Subject = {
  make: async (scene, state) => {
    const { key } = await machines(scene).issueKey(scene.as('ada'), { name: 'Nightly', permissions: null, validUntil: plusDays(new Date().toISOString(), 30) }, EVERYWHERE);
    return state === 'REVOKED' ? machines(scene).revokeKey(scene.as('ada'), at(key), REASON) : key;
  },
  actions: { revoke: (scene, record, { handle }) => machines(scene).revokeKey(scene.as(handle), at(record), REASON) },
};
