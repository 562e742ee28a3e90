/** The keys of the deployment. They belong to the account that was set up first: nobody else's policies reach them. */
import type { StoredKey } from '../../../core/keyring/rotation.ts';
import type { Deps } from '../../../usecases/deps.ts';
import { retireKey as retire } from '../../../usecases/retire-key.ts';
import { rotateKeysNow } from '../../../usecases/rotate-keys.ts';
import { action, type Target } from '../query/action.ts';
import { withDefault } from '../query/field.ts';
import { boolean, pattern, string } from '../query/kinds.ts';
import { listOf, maybe, moment, record, text } from '../query/shape.ts';

const keyIdField = () => string({ min: 16, max: 16, pattern: pattern('[0-9a-f]{16}') });

/** `arn:aws:daypass::ACCOUNT:key/KEYID`, in the account that was set up first, whoever asks. */
async function keyTarget(keyId: string, deps: Deps): Promise<Target> {
  const accountId = (await deps.directory.setUpAccount()) ?? '';
  return { resource: `arn:aws:daypass::${accountId}:key/${keyId}`, context: [] };
}

const keyOf = (key: StoredKey) => ({
  KeyId: key.keyId,
  Purpose: key.purpose,
  Algorithm: key.algorithm,
  State: key.state,
  KeyEncryptionKeyId: key.kekId,
  CreateDate: key.createdAtSeconds,
  ActivateDate: key.activatedAtSeconds,
  RetireDate: key.retiredAtSeconds,
  ForgetDate: key.forgottenAtSeconds,
});

export const listKeys = action({
  name: 'ListKeys',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'daypass:ListKeys', target: (_input, _caller, deps) => keyTarget('*', deps) },
  input: {},
  output: {
    Keys: listOf(
      record({
        KeyId: text,
        Purpose: text,
        Algorithm: text,
        State: text,
        KeyEncryptionKeyId: text,
        CreateDate: moment,
        ActivateDate: maybe(moment),
        RetireDate: maybe(moment),
        ForgetDate: maybe(moment),
      }),
    ),
  },
  run: async (_input, { deps }) => ({ Keys: (await deps.storedKeys.list()).map(keyOf) }),
});

export const rotateKeys = action({
  name: 'RotateKeys',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:RotateKeys', target: (_input, _caller, deps) => keyTarget('*', deps) },
  input: {},
  output: { Steps: listOf(record({ Step: text, Purpose: text, Algorithm: text })) },
  run: async (_input, { deps, facts, changeEvent }) => {
    const taken = await rotateKeysNow(facts, deps, changeEvent);
    // Each step has recorded itself; that somebody asked in vain stands in the trail too.
    if (taken.length === 0) await deps.audit.record(changeEvent(), facts.near);
    return {
      Steps: taken.map((step) => {
        const { purpose, algorithm } = step.step === 'create' ? step.kind : step.key;
        return { Step: step.step, Purpose: purpose, Algorithm: algorithm };
      }),
    };
  },
});

export const retireKey = action({
  name: 'RetireKey',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:RetireKey', target: ({ KeyId }, _caller, deps) => keyTarget(KeyId, deps) },
  input: { KeyId: keyIdField(), DestroyStoredSecrets: withDefault(boolean(), false) },
  output: { ReplacementKeyId: maybe(text) },
  run: async (input, { deps, facts, changeEvent }) => {
    const wish = { keyId: input.KeyId, destroyStoredSecrets: input.DestroyStoredSecrets };
    return { ReplacementKeyId: await retire(wish, facts, deps, changeEvent) };
  },
});
