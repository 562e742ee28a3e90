import type { MakeEvent } from './change.ts';

/** The account's switch for tokens to outside services. */
export interface OutboundFederation {
  /** @throws Fault `feature_enabled` or `feature_disabled` where it stands so already: of many at once one succeeds */
  setOutboundFederation(accountId: string, enabled: boolean, event: MakeEvent): Promise<void>;
}
