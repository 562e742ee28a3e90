/**
 * Starts the real identity providers beside each other, for a Daypass that runs on this machine, until they are stopped.
 *   node dev/idps/start.ts STATE PARTIES     PARTIES is a JSON file: an array of `{ name, metadataUrl, role, simplesamlphp, lemonldap }`
 * `directory.sh` must run. They listen on 9101 (SimpleSAMLphp) and 9102 (LemonLDAP::NG).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepSamlKey } from '../peers/saml/kept-key.ts';
import { startLemonLdap } from './lemonldap.ts';
import type { Party } from './party.ts';
import { startSimpleSamlPhp } from './simplesamlphp.ts';

// Whatever was started goes with this process.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
const [stateDir = '', partiesFile = ''] = process.argv.slice(2);
const wanted = JSON.parse(readFileSync(partiesFile, 'utf8')) as readonly (Omit<
  Party,
  'metadata' | 'entityId'
> & {
  readonly metadataUrl: string;
})[];
const parties = await Promise.all(
  wanted.map(
    async (party): Promise<Party> => ({
      ...party,
      entityId: party.metadataUrl,
      metadata: await (await fetch(party.metadataUrl)).text(),
    }),
  ),
);
const key = await keepSamlKey(join(stateDir, 'idp-key.json'), Math.floor(Date.now() / 1000));
await Promise.all([
  startSimpleSamlPhp({
    folder: join(stateDir, 'simplesamlphp'),
    port: 9101,
    entityId: 'https://simplesamlphp.example.com/idp',
    key,
    parties,
  }),
  startLemonLdap({
    folder: join(stateDir, 'lemonldap'),
    port: 9102,
    entityId: 'https://lemonldap.example.com/saml/metadata',
    key,
    parties,
  }),
]);
console.log('SimpleSAMLphp: http://localhost:9101/saml2/idp/metadata.php');
console.log('LemonLDAP::NG: http://localhost:9102/saml/metadata');
