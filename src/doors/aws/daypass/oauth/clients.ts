/** Applications that ask for tokens at the OAuth door. */
import { nowSecondsOf } from '../../../../core/context/request-context.ts';
import { Fault } from '../../../../core/faults.ts';
import { clientArn } from '../../../../core/oauth/client.ts';
import type { Caller } from '../../../../usecases/caller.ts';
import {
  checkSettings,
  newSecret,
  registerNewClient,
  requireClient,
  rotatedSecrets,
  usesSecret,
} from '../../../../usecases/oauth/register-client.ts';
import { revocationOfClient } from '../../../../usecases/revoke-sessions.ts';
import { action } from '../../query/action.ts';
import { withDefault } from '../../query/field.ts';
import { integer } from '../../query/kinds.ts';
import { listOf, maybe, nothing, text } from '../../query/shape.ts';
import { clientFields, clientRecord, clientShape, oauthClientId, settingsOf } from './fields.ts';

const onClient = (input: { readonly ClientId: string }, { accountId }: Caller): string =>
  clientArn(accountId, input.ClientId);
const onAll = (_input: unknown, { accountId }: Caller): string => clientArn(accountId, '*');

/** A secret is shown here once; nobody can read it again. */
const registerClient = action({
  name: 'RegisterClient',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:RegisterClient', resource: onAll },
  input: clientFields,
  output: { Client: clientShape, ClientSecret: maybe(text) },
  run: async (input, { caller, deps, facts, changeEvent }) => {
    const made = await registerNewClient(settingsOf(input), caller, facts, changeEvent, deps);
    return { Client: clientRecord(made.client), ClientSecret: made.secret ?? undefined };
  },
});

/** What is said of the client is replaced as a whole; its id and secrets stay. */
const updateClient = action({
  name: 'UpdateClient',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:UpdateClient', resource: onClient },
  input: { ClientId: oauthClientId(), ...clientFields },
  output: { Client: clientShape },
  run: async (input, { caller, deps, facts, changeEvent }) => {
    const client = await requireClient(caller.accountId, input.ClientId, deps);
    const settings = settingsOf(input);
    await checkSettings(settings, client.clientId, caller, facts, deps);
    await deps.oauthClients.update(client, settings, changeEvent());
    return { Client: clientRecord({ ...client, settings }) };
  },
});

const getClient = action({
  name: 'GetClient',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'daypass:GetClient', resource: onClient },
  input: { ClientId: oauthClientId() },
  output: { Client: clientShape },
  run: async ({ ClientId }, { caller, deps }) => ({
    Client: clientRecord(await requireClient(caller.accountId, ClientId, deps)),
  }),
});

const listClients = action({
  name: 'ListClients',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'daypass:ListClients', resource: onAll },
  input: {},
  output: { Clients: listOf(clientShape) },
  run: async (_input, { caller, deps }) => ({
    Clients: (await deps.oauthClients.list(caller.accountId)).map(clientRecord),
  }),
});

const deleteClient = action({
  name: 'DeleteClient',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:DeleteClient', resource: onClient },
  input: { ClientId: oauthClientId() },
  output: nothing,
  run: async ({ ClientId: clientId }, { caller: { accountId }, facts, deps, changeEvent }) => {
    const revocation = revocationOfClient(clientId, nowSecondsOf(facts));
    await deps.oauthClients.remove({ accountId, clientId }, revocation, changeEvent());
  },
});

const DEFAULT_OVERLAP_SECONDS = 86_400;
const MAX_OVERLAP_SECONDS = 30 * 86_400;

/** Gives a client a further secret; the one before works until the overlap ends. */
const rotateClientSecret = action({
  name: 'RotateClientSecret',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:RotateClientSecret', resource: onClient },
  input: {
    ClientId: oauthClientId(),
    OverlapSeconds: withDefault(integer({ min: 0, max: MAX_OVERLAP_SECONDS }), DEFAULT_OVERLAP_SECONDS),
  },
  output: { Client: clientShape, ClientSecret: text },
  run: async ({ ClientId, OverlapSeconds }, { caller, deps, facts, changeEvent }) => {
    const client = await requireClient(caller.accountId, ClientId, deps);
    if (!usesSecret(client.settings)) throw new Fault('invalid_input', 'the client does not use a secret');
    const added = await newSecret(nowSecondsOf(facts), deps);
    const secrets = rotatedSecrets(client, added.kept, OverlapSeconds);
    await deps.oauthClients.replaceSecrets(client, secrets, changeEvent());
    return { Client: clientRecord({ ...client, secrets }), ClientSecret: added.text };
  },
});

export const clientActions = [
  registerClient,
  updateClient,
  getClient,
  listClients,
  deleteClient,
  rotateClientSecret,
];
