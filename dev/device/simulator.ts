/**
 * A device as it lives in the field: it keeps a token fresh with the helper, and an unmodified AWS SDK does the rest. Each turn it
 * asks who it is; when its credentials are refused it fetches others, and says what it learns.
 *
 *   node dev/device/simulator.ts --state FOLDER [--every SECONDS]
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromHttp } from '@aws-sdk/credential-providers';

const HELPER = join(import.meta.dirname, 'daypass-credentials.mjs');

/** What a device says of one turn: who it is, or why it is nobody now. */
export type Turn = { readonly arn: string } | { readonly refused: string };

/** Runs the helper on a device's folder. @throws Error with what it said when it fails */
export async function runHelper(
  state: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const command = [HELPER, ...args, '--state', state];
  const { stdout } = await promisify(execFile)(process.execPath, command, {
    env: { ...process.env, ...env },
  });
  return stdout.trim();
}

/** @param state - the folder of an enrolled device. @returns a function that lives one turn */
export function startDevice(state: string): () => Promise<Turn> {
  const { endpoint } = JSON.parse(readFileSync(join(state, 'instance.json'), 'utf8')) as { endpoint: string }; // the helper's own file
  const tokenFile = join(state, 'token');
  let sts: STSClient | null = null;

  /** Nothing of Daypass is in it but two settings, which are environment variables elsewhere. */
  const newClient = async (): Promise<STSClient> => {
    await runHelper(state, ['token', '--out', tokenFile]);
    const credentials = fromHttp({
      awsContainerCredentialsFullUri: `${endpoint}/credentials`,
      awsContainerAuthorizationTokenFile: tokenFile,
      maxRetries: 0,
    });
    return new STSClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  };

  const whoAmI = async (): Promise<Turn> => {
    sts ??= await newClient();
    const { Arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
    return { arn: Arn };
  };

  const forget = (): void => {
    sts?.destroy();
    sts = null;
  };

  return async () => {
    try {
      return await whoAmI();
    } catch {
      forget(); // stale credentials, perhaps: others are asked for, once
    }
    try {
      return await whoAmI();
    } catch (error) {
      forget();
      return { refused: reasonOf(error) };
    }
  };
}

function reasonOf(error: unknown): string {
  const { Message, stderr, message } = Object(error) as {
    Message?: string;
    stderr?: string;
    message?: string;
  }; // an SDK's or a process's error
  return (Message ?? stderr ?? message ?? 'unknown').trim();
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { state: { type: 'string' }, every: { type: 'string', default: '5' } },
  });
  if (values.state === undefined) throw new Error('--state must name the folder of an enrolled device');
  const turn = startDevice(values.state);
  for (;;) {
    const said = await turn();
    console.log(new Date().toISOString(), 'arn' in said ? said.arn : `refused: ${said.refused}`);
    await sleep(Number(values.every) * 1000);
  }
}

if (import.meta.main) await main();
