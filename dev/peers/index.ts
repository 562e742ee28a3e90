import { app } from './app.ts';
import { facebook } from './facebook.ts';
import { google } from './google.ts';
import { oidc } from './oidc.ts';
import type { Peer } from './peer.ts';
import { saml } from './saml.ts';
import { x } from './x.ts';

/** THE LIST of stand-ins that `npm start` runs beside the broker. A new one is one file and one line. */
export const peers: readonly Peer[] = [oidc, google, facebook, x, saml, app];

const offsets = new Set(peers.map(({ portOffset }) => portOffset));
if (offsets.size !== peers.length || offsets.has(0)) throw new Error('two peers want the same port');
