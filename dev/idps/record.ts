/**
 * Records what real identity providers send, into test/fixtures/saml: metadata, responses and logout requests, for services whose
 * addresses are made up. The keys are made for it; of them only the services' own is kept, which opens what was encrypted.
 *   sh dev/idps/directory.sh STATE &      then, in a while,      node dev/idps/record.ts STATE [PRODUCT…]
 * PRODUCT is one or more of `simplesamlphp`, `lemonldap` and `keycloak` (which needs `KEYCLOAK_HOME`); without any the first two.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeSamlKey } from '../peers/saml/signing-key.ts';
import { REALM, startKeycloak } from './keycloak.ts';
import { startLemonLdap } from './lemonldap.ts';
import type { RunningIdp } from './party.ts';
import { type RecordedIdp, record } from './recording.ts';
import { type Product, type Service, servicesFor } from './services.ts';
import { startSimpleSamlPhp } from './simplesamlphp.ts';

interface Recorded extends Omit<RecordedIdp, 'url' | 'serviceKey'> {
  readonly entityId: string;
  readonly metadata: string;
  start(parties: readonly Service[]): Promise<RunningIdp>;
}

const [stateDir = '', ...named] = process.argv.slice(2);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
const makeKey = () => makeSamlKey(Math.floor(Date.now() / 1000));
const serviceKey = await makeKey();
const folder = join(stateDir, 'recorded');

const products: Readonly<Record<Product, Recorded>> = {
  simplesamlphp: {
    entityId: 'https://simplesamlphp.example.com/idp',
    metadata: '/saml2/idp/metadata.php',
    signOn: '/saml2/idp/SSOService.php',
    unsolicited: ({ entityId }) => `/saml2/idp/SSOService.php?spentityid=${encodeURIComponent(entityId)}`,
    logout: '/saml2/idp/initSLO.php?RelayState=/logout.php',
    start: async (parties) =>
      startSimpleSamlPhp({
        folder,
        port: 9111,
        entityId: products.simplesamlphp.entityId,
        parties,
        key: await makeKey(),
        nextKey: await makeKey(),
      }),
  },
  lemonldap: {
    entityId: 'https://lemonldap.example.com/saml/metadata',
    metadata: '/saml/metadata/idp',
    signOn: '/saml/singleSignOn',
    unsolicited: ({ name }) => `/saml/singleSignOn?IDPInitiated=1&spConfKey=${name}`,
    logout: '/?logout=1',
    start: async (parties) =>
      startLemonLdap({
        folder,
        port: 9112,
        entityId: products.lemonldap.entityId,
        parties,
        key: await makeKey(),
      }),
  },
  keycloak: {
    entityId: `http://localhost:9113/realms/${REALM}`,
    metadata: `/realms/${REALM}/protocol/saml/descriptor`,
    signOn: `/realms/${REALM}/protocol/saml`,
    unsolicited: ({ name }) => `/realms/${REALM}/protocol/saml/clients/${name}`,
    logout: `/realms/${REALM}/protocol/openid-connect/logout`,
    start: (parties) =>
      startKeycloak({ home: process.env.KEYCLOAK_HOME ?? '', stateDir, port: 9113, parties }),
  },
};

const isProduct = (name: string): name is Product => Object.hasOwn(products, name);
for (const name of named.length === 0 ? ['simplesamlphp', 'lemonldap'] : named) {
  if (!isProduct(name)) throw new Error(`no product is called \`${name}\``);
  await save(name);
}

async function save(product: Product): Promise<void> {
  const { entityId, metadata: path, start, ...paths } = products[product];
  const services = servicesFor(product, serviceKey.certificate);
  const idp = await start(services);
  const metadata = await (await fetch(`${idp.url}${path}`)).text();
  const recordings = [];
  for (const service of services) {
    const recording = await record({ ...paths, url: idp.url, serviceKey: serviceKey.privateKey }, service);
    console.log(`${product}: ${recording.name}${recording.logout === null ? '' : ', and out again'}`);
    recordings.push(recording);
  }
  await idp.stop();
  const file = join(import.meta.dirname, `../../test/fixtures/saml/${product}.json`);
  writeFileSync(file, `${JSON.stringify({ entityId, metadata, serviceKey, recordings }, null, 2)}\n`);
}
