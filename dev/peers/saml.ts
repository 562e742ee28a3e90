import { join } from 'node:path';
import type { Peer } from './peer.ts';
import { keepSamlKey } from './saml/kept-key.ts';
import { startSamlServer } from './saml/server.ts';
import { makeSamlKey } from './saml/signing-key.ts';

/** The stand-in SAML identity provider: it says of the made-up people what Active Directory would. */
export const saml: Peer = {
  name: 'SAML provider',
  portOffset: 5,
  start: async ({ port, stateDir }) => {
    const nowSeconds = Math.floor(Date.now() / 1000);
    const key =
      stateDir === null
        ? await makeSamlKey(nowSeconds)
        : await keepSamlKey(join(stateDir, 'saml-key.json'), nowSeconds);
    const { url, stop } = await startSamlServer({ port, key });
    return {
      help: [
        `metadata ${url}/metadata; to trust it:`,
        `  curl -s ${url}/metadata > idp.xml && aws iam create-saml-provider --name stand-in --saml-metadata-document file://idp.xml`,
        'a response for alice, without a browser (ACS: of the UUID that get-saml-provider shows; also: audience, id):',
        `  curl -s ${url}/saml-response -d sub=alice -d acs=ACS --data-urlencode role=ROLE_ARN,PROVIDER_ARN`,
      ],
      stop,
    };
  },
};
