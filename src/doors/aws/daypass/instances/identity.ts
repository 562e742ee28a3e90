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
  /** The subject of a certificate under a trust anchor, written as `O=Example, CN=sensor-7` in the certificate's own order. */
  Certificate: optional(
    structure({ TrustAnchorId: string({ min: 36, max: 36 }), Subject: string({ min: 3, max: 1024 }) }),
  ),
  Workload: optional(structure({ OpenIDConnectProviderArn: arn(), Subject: string({ min: 1, max: 255 }) })),
};

export interface IdentityInput {
  readonly PublicKey?: string;
  readonly Certificate?: { readonly TrustAnchorId: string; readonly Subject: string };
  readonly Workload?: { readonly OpenIDConnectProviderArn: string; readonly Subject: string };
}

/**
 * @returns null where the request says nothing of an identity
 * @throws Fault `invalid_parameter_combination` for more than one, `validation_error` for a key that cannot be used,
 * `no_such_entity` for a trust anchor or provider that is not registered
 */
export async function readIdentity(
  { PublicKey, Certificate, Workload }: IdentityInput,
  accountId: string,
  { oidcProviders, anywhere }: Deps,
): Promise<InstanceIdentity | null> {
  if ([PublicKey, Certificate, Workload].filter((each) => each !== undefined).length > 1) {
    throw new Fault('invalid_parameter_combination', 'an instance has one identity: give one of them');
  }
  if (PublicKey !== undefined) return readKey(PublicKey);
  if (Certificate !== undefined) {
    const { anchorId } = await anywhere.trustAnchors.require(accountId, Certificate.TrustAnchorId);
    return { type: 'certificate', trustAnchorId: anchorId, subject: Certificate.Subject };
  }
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
