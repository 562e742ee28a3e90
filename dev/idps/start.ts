/**
 * Starts the real identity providers beside each other, for a Daypass that runs on this machine, until they are stopped.
 *   node dev/idps/start.ts STATE [SERVICES]     SERVICES is a JSON file; see `Services`
 * `directory.sh` must run. They listen on 9101 (SimpleSAMLphp) and 9102 (LemonLDAP::NG).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepSamlKey } from '../peers/saml/kept-key.ts';
import { startLemonLdap } from './lemonldap.ts';
import type { OidcClient } from './lemonldap-oidc.ts';
import type { Party } from './party.ts';
import { startSimpleSamlPhp } from './simplesamlphp.ts';

/** Whom people sign in to. */
interface Services {
  /** `metadataUrl` is a provider's `/saml/{id}/metadata`. */
  readonly saml: readonly (Omit<Party, 'metadata' | 'entityId'> & { readonly metadataUrl: string })[];
  readonly oidc: readonly OidcClient[];
}

// Whatever was started goes with this process.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
const [stateDir = '', file] = process.argv.slice(2);
const { saml, oidc }: Services =
  file === undefined ? { saml: [], oidc: [] } : JSON.parse(readFileSync(file, 'utf8'));
const parties = await Promise.all(
  saml.map(async (service): Promise<Party> => {
    const answer = await fetch(service.metadataUrl);
    return { ...service, entityId: service.metadataUrl, metadata: await answer.text() };
  }),
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
    clients: oidc,
  }),
]);
console.log('SimpleSAMLphp: http://localhost:9101/saml2/idp/metadata.php');
console.log(
  'LemonLDAP::NG: http://localhost:9102/saml/metadata, http://localhost:9102/.well-known/openid-configuration',
);
