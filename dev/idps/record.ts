/**
 * Records what real identity providers send, into test/fixtures/saml: metadata, responses and logout requests, for services whose
 * addresses are made up. The keys are made for it; of them only the services' own is kept, which opens what was encrypted.
 *   sh dev/idps/directory.sh STATE &      then, in a while,      node dev/idps/record.ts STATE
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeSamlKey } from '../peers/saml/signing-key.ts';
import { startLemonLdap } from './lemonldap.ts';
import type { RunningIdp } from './party.ts';
import { type RecordedIdp, record } from './recording.ts';
import { type Service, servicesFor } from './services.ts';
import { startSimpleSamlPhp } from './simplesamlphp.ts';

const [stateDir = ''] = process.argv.slice(2);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
const nowSeconds = Math.floor(Date.now() / 1000);
const makeKey = () => makeSamlKey(nowSeconds);
const serviceKey = await makeKey();

const folder = join(stateDir, 'recorded');
const php = {
  entityId: 'https://simplesamlphp.example.com/idp',
  parties: servicesFor('simplesamlphp', serviceKey.certificate),
};
await save(
  'simplesamlphp',
  php,
  await startSimpleSamlPhp({ folder, ...php, port: 9111, key: await makeKey(), nextKey: await makeKey() }),
  {
    metadata: '/saml2/idp/metadata.php',
    signOn: '/saml2/idp/SSOService.php',
    unsolicited: ({ entityId }) => `/saml2/idp/SSOService.php?spentityid=${encodeURIComponent(entityId)}`,
    logout: '/saml2/idp/initSLO.php?RelayState=/logout.php',
  },
);
const perl = {
  entityId: 'https://lemonldap.example.com/saml/metadata',
  parties: servicesFor('lemonldap', serviceKey.certificate),
};
await save('lemonldap', perl, await startLemonLdap({ folder, ...perl, port: 9112, key: await makeKey() }), {
  metadata: '/saml/metadata/idp',
  signOn: '/saml/singleSignOn',
  unsolicited: ({ name }) => `/saml/singleSignOn?IDPInitiated=1&spConfKey=${name}`,
  logout: '/?logout=1',
});

interface Recorded {
  readonly entityId: string;
  readonly parties: readonly Service[];
}

async function save(
  product: 'simplesamlphp' | 'lemonldap',
  { entityId, parties }: Recorded,
  idp: RunningIdp,
  paths: Omit<RecordedIdp, 'url' | 'serviceKey'> & { readonly metadata: string },
): Promise<void> {
  const metadata = await (await fetch(`${idp.url}${paths.metadata}`)).text();
  const recordings = [];
  for (const service of parties) {
    const recording = await record({ ...paths, url: idp.url, serviceKey: serviceKey.privateKey }, service);
    console.log(`${product}: ${recording.name}${recording.logout === null ? '' : ', and out again'}`);
    recordings.push(recording);
  }
  await idp.stop();
  const content = { entityId, metadata, serviceKey, recordings };
  const file = join(import.meta.dirname, `../../test/fixtures/saml/${product}.json`);
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
}
