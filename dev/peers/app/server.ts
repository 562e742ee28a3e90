import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forwardIpv6, listen } from '../../loopback.ts';
import { type SampleOptions, sampleClients } from './clients.ts';

const own = (name: string): string => join(import.meta.dirname, name);

const FILES: ReadonlyMap<string, readonly [path: string, type: string]> = new Map([
  ['/', [own('app.html'), 'text/html; charset=utf-8']],
  ['/app.js', [own('app.js'), 'text/javascript']],
  ['/dpop.js', [own('dpop.js'), 'text/javascript']],
  ['/kept.js', [own('kept.js'), 'text/javascript']],
  ['/tv', [own('tv.html'), 'text/html; charset=utf-8']],
  ['/tv.js', [own('tv.js'), 'text/javascript']],
  ['/sample.css', [own('sample.css'), 'text/css']],
  ['/uqr.js', [fileURLToPath(import.meta.resolve('uqr')), 'text/javascript']],
]);

/**
 * Serves the samples and, as `/config.json`, where the broker is and who they are there.
 * @param options - port 0 for any free one
 */
export async function startSampleApp(
  options: SampleOptions,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  let config = (): Promise<object> => Promise.reject(new Error('not ready'));
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/config.json') {
      config().then(
        (answer) => response.end(JSON.stringify(answer)),
        (error: unknown) => response.writeHead(500).end(JSON.stringify({ error: String(error) })),
      );
      return;
    }
    const [path, type] = FILES.get(pathname) ?? [];
    if (path === undefined) response.writeHead(404).end();
    else
      response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(readFileSync(path));
  });
  const port = await listen(server, options.port);
  const clients = sampleClients({ ...options, port });
  config = async () => ({ broker: options.broker, clients: await clients() });
  const stopForwarding = await forwardIpv6(port);
  return {
    port,
    stop: async () => {
      stopForwarding();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
