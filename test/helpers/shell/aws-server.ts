/** An `aws` for scripts: a program on PATH that hands its words to this process, which sends them by the SDK. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Credentials, Daypass } from '../daypass.ts';
import { awsCommand } from './aws-command.ts';

interface Call {
  readonly words: readonly string[];
  readonly credentials: Credentials;
}

const PROGRAM = `#!/usr/bin/env node
const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_SERVER } = process.env;
const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY,
  ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }) };
const answer = await fetch(AWS_SERVER, { method: 'POST', body: JSON.stringify({ words: process.argv.slice(2), credentials }) });
const text = await answer.text();
if (answer.ok) console.log(text);
else { console.error(text); process.exitCode = 254; }
`;

/** Where the program is, and the environment that it needs. */
export interface AwsServer {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  stop(): void;
}

export async function startAwsServer(daypass: Daypass): Promise<AwsServer> {
  const folder = mkdtempSync(join(tmpdir(), 'daypass-aws-'));
  writeFileSync(join(folder, 'aws.mjs'), PROGRAM);
  writeFileSync(join(folder, 'aws'), `#!/bin/sh\nexec node "${join(folder, 'aws.mjs')}" "$@"\n`);
  chmodSync(join(folder, 'aws'), 0o755);
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const { words, credentials } = JSON.parse(body) as Call; // from the program above
      awsCommand(daypass, words, credentials).then(
        (text) => response.end(text),
        (error: unknown) =>
          response.writeHead(400).end(`An error occurred (${codeOf(error)}): ${String(error)}`),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    folder,
    env: { AWS_SERVER: `http://127.0.0.1:${port}/` },
    stop: () => {
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The wire code; the SDK adds `Exception` to some. */
const codeOf = (error: unknown): string =>
  error instanceof Error ? error.name.replace(/Exception$/, '') : 'Unknown';
