import { action } from '../query/action.ts';
import { oneOf } from '../query/kinds.ts';
import { nothing, text } from '../query/shape.ts';

const presetArn = (accountId: string): string => `arn:aws:daypass::${accountId}:security-preset`;

/**
 * `NIST` (the default) or `PCI`: whose numbers hold for passwords and for idle sign-in sessions. It binds what is asked from now
 * on; passwords that are too short for it stay until they are changed.
 * @see docs/decisions/0008-password-rules.md
 */
export const updateAccountSecurityPreset = action({
  name: 'UpdateAccountSecurityPreset',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'daypass:UpdateAccountSecurityPreset',
    resource: (_input, caller) => presetArn(caller.accountId),
  },
  input: { SecurityPreset: oneOf(['NIST', 'PCI']) },
  output: nothing,
  run: ({ SecurityPreset }, { caller, deps, changeEvent }) =>
    deps.accountSettings.setSecurityPreset(
      caller.accountId,
      SecurityPreset === 'PCI' ? 'PCI' : null,
      changeEvent,
    ),
});

export const getAccountSecurityPreset = action({
  name: 'GetAccountSecurityPreset',
  auth: 'sigv4',
  audit: 'read',
  permission: {
    action: 'daypass:GetAccountSecurityPreset',
    resource: (_input, caller) => presetArn(caller.accountId),
  },
  input: {},
  output: { SecurityPreset: text },
  run: async (_input, { caller, deps }) => ({
    SecurityPreset: (await deps.accountSettings.securityPreset(caller.accountId)) ?? 'NIST',
  }),
});
