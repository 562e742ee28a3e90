import { Fault } from '../core/faults.ts';
import type { Deps } from './deps.ts';

/**
 * The unique id of a provider that mapping rules can belong to.
 * @throws Fault `no_such_entity` when the account has no such provider
 */
export async function requireMappedProvider(accountId: string, arn: string, deps: Deps): Promise<string> {
  if (arn.includes(':oidc-provider/')) {
    const { providerId } = await deps.oidcProviders.require(accountId, arn);
    return providerId;
  }
  if (arn.includes(':saml-provider/')) {
    const { providerId } = await deps.samlProviders.require(accountId, arn);
    return providerId;
  }
  throw new Fault('no_such_entity', `provider ${arn} cannot be found`);
}
