import { Fault } from '../../../core/faults.ts';
import { action } from '../query/action.ts';
import { optional } from '../query/field.ts';
import { list, oneOf, pattern, string } from '../query/kinds.ts';
import { listOf, nothing, record, text } from '../query/shape.ts';

const MAX_MODELS = 50;
const policyArn = (accountId: string): string => `arn:aws:daypass::${accountId}:passkey-policy`;

/** A model of authenticators. @see Web Authentication Level 3, section 6.5.1 */
const aaguid = () =>
  string({ min: 36, max: 36, pattern: pattern('[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}') });

/** Holds for what is registered from now on; passkeys that are there already stay. */
export const putPasskeyPolicy = action({
  name: 'PutPasskeyPolicy',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'daypass:PutPasskeyPolicy',
    resource: (_input, caller) => policyArn(caller.accountId),
  },
  input: {
    Attestation: oneOf(['none', 'required']),
    Aaguids: optional(list(aaguid(), { min: 1, max: MAX_MODELS })),
  },
  output: nothing,
  run: async ({ Attestation, Aaguids }, { caller, deps, changeEvent }) => {
    if (Attestation === 'none' && Aaguids !== undefined) {
      throw new Fault('invalid_input', 'Models are listed only where attestation is required.');
    }
    const policy = { attestation: Attestation, aaguids: [...new Set(Aaguids ?? [])] };
    await deps.passkeys.setAttestationPolicy(caller.accountId, policy, changeEvent);
  },
});

export const getPasskeyPolicy = action({
  name: 'GetPasskeyPolicy',
  auth: 'sigv4',
  audit: 'read',
  permission: {
    action: 'daypass:GetPasskeyPolicy',
    resource: (_input, caller) => policyArn(caller.accountId),
  },
  input: {},
  output: { PasskeyPolicy: record({ Attestation: text, Aaguids: listOf(text) }) },
  run: async (_input, { caller, deps }) => {
    const { attestation, aaguids } = await deps.passkeys.attestationPolicy(caller.accountId);
    return { PasskeyPolicy: { Attestation: attestation, Aaguids: aaguids } };
  },
});
