import { Fault } from '../../../core/faults.ts';
import { readBundle } from '../../../core/x509/bundle.ts';
import { action } from '../query/action.ts';
import { optional } from '../query/field.ts';
import { list, oneOf, pattern, string } from '../query/kinds.ts';
import { listOf, maybe, nothing, record, text } from '../query/shape.ts';

const MAX_MODELS = 50;
/** Characters of PEM; of ten certificates at most. */
const MAX_BUNDLE = 40_000;
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
    RootCertificates: optional(string({ min: 1, max: MAX_BUNDLE })),
  },
  output: nothing,
  run: async ({ Attestation, Aaguids, RootCertificates = '' }, { caller, deps, changeEvent }) => {
    if (Attestation === 'none' && (Aaguids !== undefined || RootCertificates !== '')) {
      throw new Fault(
        'invalid_input',
        'Models and root certificates are listed only where attestation is required.',
      );
    }
    const anchors = RootCertificates === '' ? null : readBundle(RootCertificates);
    if (anchors?.ok === false) throw new Fault('invalid_input', anchors.failure);
    const policy = {
      attestation: Attestation,
      aaguids: [...new Set(Aaguids ?? [])],
      rootCertificates: RootCertificates,
    };
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
  output: {
    PasskeyPolicy: record({ Attestation: text, Aaguids: listOf(text), RootCertificates: maybe(text) }),
  },
  run: async (_input, { caller, deps }) => {
    const { attestation, aaguids, rootCertificates } = await deps.passkeys.attestationPolicy(
      caller.accountId,
    );
    const RootCertificates = rootCertificates === '' ? undefined : rootCertificates;
    return { PasskeyPolicy: { Attestation: attestation, Aaguids: aaguids, RootCertificates } };
  },
});
