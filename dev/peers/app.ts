import { join } from 'node:path';
import { startSampleApp } from './app/server.ts';
import type { Peer } from './peer.ts';

const PORT_OFFSET = 6;

/** A sample web app, and a sample television: clients of the broker beside them. */
export const app: Peer = {
  name: 'sample app',
  portOffset: PORT_OFFSET,
  start: async ({ port, stateDir }) => {
    const broker = `http://localhost:${port - PORT_OFFSET}`;
    const bootstrapPath = stateDir === null ? null : join(stateDir, '..', 'bootstrap.json');
    const { stop } = await startSampleApp({ port, broker, stateDir, bootstrapPath });
    return {
      help: [
        `a single-page app that lets people sign in: http://localhost:${port}/`,
        `a television that waits to be let in:        http://localhost:${port}/tv`,
      ],
      stop,
    };
  },
};
