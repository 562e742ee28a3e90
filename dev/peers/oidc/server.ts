import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { forwardIpv6, listen } from '../../loopback.ts';
import { serveIdToken } from './id-token.ts';
import type { SigningKey } from './keys.ts';
import { makeProvider } from './provider.ts';
import { serveSignIn } from './sign-in-page.ts';

export interface OidcServerOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly keys: readonly SigningKey[];
  /** What it calls itself, where that is not its address: so it stands in for Google and the like. */
  readonly issuer?: string;
  /** Gets each request first; `next` lets the provider answer it. Tests make the provider fail this way. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
}

export interface OidcServer {
  /** `http://localhost:PORT` unless told otherwise. */
  readonly issuer: string;
  readonly port: number;
  /** Publishes and signs with other keys from now on; sessions and codes of before are forgotten. */
  setKeys(keys: readonly SigningKey[]): void;
  stop(): Promise<void>;
}

/**
 * Serves the stand-in provider on loopback.
 * @throws Error with code EADDRINUSE when the port is taken
 */
export async function startOidcServer(options: OidcServerOptions): Promise<OidcServer> {
  let serve: ReturnType<typeof makeHandler>;
  const intercept = options.intercept ?? ((_request, _response, next) => next());
  const server = createServer((request, response) => {
    intercept(request, response, () => {
      serve(request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(400, { 'content-type': 'text/plain' });
        response.end(`${error instanceof Error ? error.message : error}\n`);
      });
    });
  });
  const port = await listen(server, options.port);
  const issuer = options.issuer ?? `http://localhost:${port}`;
  serve = makeHandler(issuer, options.keys);
  const stopForwarding = await forwardIpv6(port);
  return {
    issuer,
    port,
    setKeys: (next) => {
      serve = makeHandler(issuer, next);
    },
    stop: async () => {
      stopForwarding();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function makeHandler(issuer: string, keys: readonly SigningKey[]) {
  const provider = makeProvider(issuer, keys);
  const serveProvider = provider.callback();
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url?.split('?')[0] ?? '/';
    if (path === '/id-token') return serveIdToken(issuer, keys, request, response);
    if (path.startsWith('/interaction/')) return serveSignIn(provider, request, response);
    return serveProvider(request, response);
  };
}
