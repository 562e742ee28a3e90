import { join } from 'node:path';
import { makeGraph } from './facebook/graph.ts';
import { keepKeys, makeKeys } from './oidc/keys.ts';
import { startOidcServer } from './oidc/server.ts';
import type { Peer } from './peer.ts';

/** The app of the stand-in; its id and secret are also a client of its login dialog. */
const APP = { id: 'daypass-demo', secret: 'daypass-demo-secret' };

/** The stand-in for Facebook: ID tokens of both its issuers, its login, and the Graph API's word on access tokens. */
export const facebook: Peer = {
  name: 'Facebook',
  portOffset: 3,
  start: async ({ port, stateDir }) => {
    const keys = stateDir === null ? await makeKeys() : await keepKeys(join(stateDir, 'facebook-keys.json'));
    const graph = makeGraph([APP]);
    const { stop } = await startOidcServer({
      port,
      keys,
      issuer: 'https://www.facebook.com',
      intercept: (request, response, next) => {
        graph.serve(request, response).then(
          (served) => served || next(),
          () => response.destroy(),
        );
      },
    });
    return {
      help: [
        'register https://graph.facebook.com with client id (app id) daypass-demo and its secret daypass-demo-secret',
        'an ID token, and a classic user access token for ProviderId graph.facebook.com:',
        `  curl -s http://localhost:${port}/id-token -d sub=10 -d aud=daypass-demo`,
        `  curl -s http://localhost:${port}/access-token -d user_id=10 -d app_id=daypass-demo`,
      ],
      vars: {
        DAYPASS_FACEBOOK_DISCOVERY_URL: `http://localhost:${port}/.well-known/openid-configuration`,
        DAYPASS_FACEBOOK_GRAPH_URL: `http://localhost:${port}`,
      },
      stop,
    };
  },
};
