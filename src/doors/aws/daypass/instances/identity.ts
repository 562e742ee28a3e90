/** How a request says by what an instance is recognised. */
import { Fault } from '../../../../core/faults.ts';
import { type InstanceIdentity, readKeyIdentity } from '../../../../core/instances/identity.ts';
import type { Deps } from '../../../../usecases/deps.ts';
import { optional } from '../../query/field.ts';
import { arn } from '../../query/fields.ts';
import { string, structure } from '../../query/kinds.ts';

/** Exactly one of them. */
export const identityFields = {
  /** A public JWK, as JSON. */
  PublicKey: optional(string({ min: 2, max: 4096 })),
  Workload: optional(structure({ OpenIDConnectProviderArn: arn(), Subject: string({ min: 1, max: 255 }) })),
};

export interface IdentityInput {
  readonly PublicKey?: string;
  readonly Workload?: { readonly OpenIDConnectProviderArn: string; readonly Subject: string };
}

/**
 * @returns null where the request says nothing of an identity
 * @throws Fault `invalid_parameter_combination` for more than one, `validation_error` for a key that cannot be used,
 * `no_such_entity` for a provider that is not registered
 */
export async function readIdentity(
  { PublicKey, Workload }: IdentityInput,
  accountId: string,
  { oidcProviders }: Deps,
): Promise<InstanceIdentity | null> {
  if (PublicKey !== undefined && Workload !== undefined) {
    throw new Fault('invalid_parameter_combination', 'an instance has one identity: give one of them');
  }
  if (PublicKey !== undefined) return readKey(PublicKey);
  if (Workload === undefined) return null;
  const provider = await oidcProviders.require(accountId, Workload.OpenIDConnectProviderArn);
  return { type: 'workload', providerUrl: provider.url, subject: Workload.Subject };
}

async function readKey(text: string): Promise<InstanceIdentity> {
  const identity = await readKeyIdentity(parseJson(text));
  if (!identity.ok) throw new Fault('validation_error', `PublicKey: ${identity.failure}`);
  return identity.value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault('validation_error', 'PublicKey: the key must be a JWK, as JSON');
  }
}
