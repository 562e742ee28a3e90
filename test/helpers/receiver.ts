/** An application's endpoint that keeps what it is sent. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Receiver {
  readonly url: string;
  /** The forms that came, in order. */
  readonly forms: URLSearchParams[];
  /** What it answers from now on. */
  answer(status: number): void;
  stop(): void;
}

export async function startReceiver(): Promise<Receiver> {
  const forms: URLSearchParams[] = [];
  let status = 200;
  const server = createServer((request, answer) => {
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on('end', () => {
      forms.push(new URLSearchParams(text));
      answer.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end();
    });
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    url: `http://127.0.0.1:${port}/backchannel`,
    forms,
    answer: (next) => {
      status = next;
    },
    stop: () => server.close(),
  };
}
