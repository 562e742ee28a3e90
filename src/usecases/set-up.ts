/** Sets a deployment up, once: account, root user, administrator and keyring. */
import { userArn } from '../core/arn.ts';
import { toBase64Url } from '../core/bytes.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { SECRET_ACCESS_KEY_BYTES, secretAccessKeyOf } from '../core/credentials/secret-access-key.ts';
import { Fault } from '../core/faults.ts';
import { ACCESS_KEY_ID_RANDOM_BYTES, accessKeyId, UNIQUE_ID_RANDOM_BYTES, uniqueId } from '../core/ids.ts';
import type { Random } from '../core/ports.ts';
import type { Deps } from './deps.ts';
import { eventOf } from './record.ts';

export interface SetupInput {
  readonly email: string;
  readonly accountAlias: string | null;
}

/** What setup answers, once: the shape of bootstrap.json. */
export interface Bootstrap {
  readonly endpoint: string;
  readonly accountId: string;
  readonly root: { readonly email: string; readonly password: string };
  readonly admin: {
    readonly userName: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  };
}

const ADMIN_NAME = 'admin';
const PASSWORD_BYTES = 24;

/**
 * @returns the first account's names and secrets, which are stored nowhere in the clear
 * @throws Fault `already_set_up`
 */
export async function setUp(input: SetupInput, facts: RequestFacts, deps: Deps): Promise<Bootstrap> {
  const { random } = deps;
  if ((await deps.directory.setUpAccount()) !== null) {
    throw new Fault('already_set_up', 'this deployment is set up already');
  }
  const accountId = randomAccountId(random);
  const root = { email: input.email, password: toBase64Url(random.bytes(PASSWORD_BYTES)) };
  const admin = {
    userName: ADMIN_NAME,
    accessKeyId: accessKeyId('AKIA', accountId, random.bytes(ACCESS_KEY_ID_RANDOM_BYTES)),
    secretAccessKey: secretAccessKeyOf(random.bytes(SECRET_ACCESS_KEY_BYTES)),
  };
  await deps.setup.setUp({
    accountId,
    accountAlias: input.accountAlias,
    rootEmail: root.email,
    rootPassword: root.password,
    adminUserId: uniqueId('AIDA', random.bytes(UNIQUE_ID_RANDOM_BYTES)),
    adminUserName: admin.userName,
    adminAccessKeyId: admin.accessKeyId,
    adminSecret: admin.secretAccessKey,
    nowSeconds: nowSecondsOf(facts),
    event: eventOf(
      {
        accountId,
        source: 'daypass.amazonaws.com',
        name: 'SetUp',
        identity: { type: 'Deployment' },
        readOnly: false,
        parameters: { email: input.email, accountAlias: input.accountAlias },
      },
      { elements: { accountId, admin: userArn(accountId, '/', ADMIN_NAME), accessKeyId: admin.accessKeyId } },
      facts,
      random,
    ),
  });
  return { endpoint: deps.settings.issuer, accountId, root, admin };
}

/** Twelve digits, the first not zero: leading zeros get lost in people's spreadsheets. */
function randomAccountId(random: Random): string {
  const bytes = new DataView(random.bytes(8).buffer);
  return String(100_000_000_000n + (bytes.getBigUint64(0) % 900_000_000_000n));
}
