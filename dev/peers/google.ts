import { join } from 'node:path';
import { keepKeys, makeKeys } from './oidc/keys.ts';
import { startOidcServer } from './oidc/server.ts';
import type { Peer } from './peer.ts';

/** The stand-in for Google: the real npm `oidc-provider` under Google's issuer, which the broker is told to look for here. */
export const google: Peer = {
  name: 'Google',
  portOffset: 2,
  start: async ({ port, stateDir }) => {
    const keys = stateDir === null ? await makeKeys() : await keepKeys(join(stateDir, 'google-keys.json'));
    const { stop } = await startOidcServer({ port, keys, issuer: 'https://accounts.google.com' });
    return {
      help: [
        'tokens say https://accounts.google.com; register that URL with client id daypass-demo (secret daypass-demo-secret)',
        `  curl -s http://localhost:${port}/id-token -d sub=alice -d aud=daypass-demo`,
      ],
      vars: { DAYPASS_GOOGLE_DISCOVERY_URL: `http://localhost:${port}/.well-known/openid-configuration` },
      stop,
    };
  },
};
