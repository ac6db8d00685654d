// The scenes of test/lifecycles.csv about whom an organization believes.
import { TrustedIssuersService } from '../../src/identity/trusted-issuers.service.js';
import { issuerInput } from '../chapters/register.js';
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
