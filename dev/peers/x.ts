import { createServer } from 'node:http';
import { forwardIpv6, listen } from '../loopback.ts';
import type { Peer } from './peer.ts';
import { makeX } from './x/server.ts';

/** The stand-in for X: its OAuth 2.0 login and `users/me`. */
export const x: Peer = {
  name: 'X',
  portOffset: 4,
  start: async ({ port }) => {
    const serve = makeX({ id: 'daypass-demo', secret: 'daypass-demo-secret' });
    const server = createServer((request, response) => {
      serve(request, response).catch(() => response.destroy());
    });
    await listen(server, port);
    const stopForwarding = await forwardIpv6(port);
    return {
      help: [
        'browser login alone; register https://api.x.com with client id daypass-demo and its secret daypass-demo-secret',
      ],
      vars: { DAYPASS_X_API_URL: `http://localhost:${port}` },
      stop: async () => {
        stopForwarding();
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  },
};
