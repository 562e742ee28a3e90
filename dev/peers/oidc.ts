import { join } from 'node:path';
import { keepKeys, makeKeys } from './oidc/keys.ts';
import { startOidcServer } from './oidc/server.ts';
import type { Peer } from './peer.ts';

/** The stand-in OpenID Connect provider: the real npm `oidc-provider`, with made-up people. */
export const oidc: Peer = {
  name: 'OIDC provider',
  portOffset: 1,
  start: async ({ port, stateDir }) => {
    const keys = stateDir === null ? await makeKeys() : await keepKeys(join(stateDir, 'oidc-keys.json'));
    const { issuer, stop } = await startOidcServer({ port, keys });
    return {
      help: [
        `issuer ${issuer}, clients daypass-browser (public) and daypass-demo (secret daypass-demo-secret)`,
        'an ID token for alice, without a browser (also: nonce, claims, expires_in, alg):',
        `  curl -s ${issuer}/id-token -d sub=alice -d aud=daypass-demo`,
      ],
      stop,
    };
  },
};
