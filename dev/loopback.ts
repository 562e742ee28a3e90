import { connect, createServer, type Server } from 'node:net';

/** The address that everything local listens on. */
export const loopback = '127.0.0.1';

/**
 * Listens on one loopback address.
 * @param port - 0 for any free one
 * @throws Error with code EADDRINUSE when the port is taken, EADDRNOTAVAIL where the machine has no such address
 */
export function listen(server: Server, port: number, host: string = loopback): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : port);
    });
  });
}

/** @returns whether nobody listens on this loopback port */
export async function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await listen(server, port);
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

// Linux hands out 32768 and up, others 49152 and up, to whoever asks for any port; below nobody is given one by chance.
const firstQuietPort = 10_000;
const quietPorts = 22_000;

/** @returns a loopback port that was free a moment ago, and that the system gives to nobody by itself */
export const findFreePort = (): Promise<number> => findFreePorts(1);

/**
 * Finds neighbouring free ports, as a broker with its stand-ins needs them.
 * @returns the first of them
 */
export async function findFreePorts(count: number): Promise<number> {
  const first = firstQuietPort + Math.floor(Math.random() * quietPorts);
  const wanted = Array.from({ length: count }, (_, index) => first + index);
  const free = await Promise.all(wanted.map(isPortFree));
  return free.every(Boolean) ? first : findFreePorts(count);
}

/**
 * Some clients try `::1` first for `localhost`. This passes such connections on to 127.0.0.1; where the machine has no IPv6
 * or the port is taken there, it does nothing, since those clients then try the other address themselves.
 * @returns a function that ends it
 */
export async function forwardIpv6(port: number): Promise<() => void> {
  const open = new Set<{ destroy(): void }>();
  const server = createServer((incoming) => {
    const outgoing = connect(port, loopback);
    for (const [from, to] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      open.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
    }
  });
  try {
    await listen(server, port, '::1');
  } catch {
    return () => {};
  }
  return () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
}
