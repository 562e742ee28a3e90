import { action } from '../../query/action.ts';
import { oneOf } from '../../query/kinds.ts';
import { nothing } from '../../query/shape.ts';

/** Kept and shown by GetAccountSummary; every session token of Daypass has the same form, whatever is set. */
export const setSecurityTokenServicePreferences = action({
  name: 'SetSecurityTokenServicePreferences',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'iam:SetSecurityTokenServicePreferences', resource: () => '*' },
  input: { GlobalEndpointTokenVersion: oneOf(['v1Token', 'v2Token']) },
  output: nothing,
  run: ({ GlobalEndpointTokenVersion }, { caller, deps, changeEvent }) =>
    deps.accountSettings.setTokenVersion(
      caller.accountId,
      GlobalEndpointTokenVersion === 'v2Token' ? 2 : 1,
      changeEvent,
    ),
});
