/**
 * The encoded message of a refusal: the whole explanation, sealed, so that who is refused can hand it to who may read it.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
 */
import { utf8 } from '../core/bytes.ts';
import { deflate, inflate } from '../core/credentials/deflate.ts';
import { Fault } from '../core/faults.ts';
import { findKept } from '../core/keyring/keyring.ts';
import type { Explanation } from '../core/policy/explain.ts';
import { SEAL_NONCE_BYTES, seal, sealKeyId, unseal } from '../core/sealing.ts';
import type { AccessDenied } from './authorize.ts';
import type { Deps } from './deps.ts';
import { requireKeyring } from './issue.ts';

/** What DecodeAuthorizationMessage takes at most. */
export const MAX_ENCODED_CHARACTERS = 10_240;

const bindingOf = (accountId: string) => ({
  table: 'authorization-message',
  account: accountId,
  row: 'v1',
  purpose: 'explanation',
});

/**
 * Seals what led to a refusal, for the refused caller's account.
 * @returns the message; null when it would be longer than a decoder takes
 */
export async function encodeAuthorizationMessage(denied: AccessDenied, deps: Deps): Promise<string | null> {
  const { storageSealing } = await requireKeyring(deps);
  if (storageSealing === null) return null;
  const whole = messageOf(denied, denied.explain());
  // What did not match can be long; the decision and the request stay.
  for (const message of [whole, { ...whole, explanation: { ...whole.explanation, policies: [] } }]) {
    const packed = await deflate(utf8(JSON.stringify(message)));
    const sealed = await seal(
      storageSealing,
      bindingOf(denied.caller.accountId),
      packed,
      deps.random.bytes(SEAL_NONCE_BYTES),
    );
    if (sealed.length <= MAX_ENCODED_CHARACTERS) return sealed;
  }
  return null;
}

/** The message in AWS's shape, and beside it the explanation that AWS does not give. */
function messageOf({ caller, request }: AccessDenied, explanation: Explanation) {
  const { decision } = explanation;
  return {
    allowed: false,
    explicitDeny: decision.effect === 'ExplicitDeny',
    matchedStatements: { items: decision.deciders },
    failures: { items: [] as const },
    context: {
      principal: { id: caller.userId, arn: caller.arn },
      action: request.action,
      resource: request.resource,
      conditions: {
        items: [...request.context].map(([key, value]) => ({
          key,
          values: { items: (typeof value === 'string' ? [value] : value).map((text) => ({ value: text })) },
        })),
      },
    },
    explanation,
  };
}

/**
 * Opens an encoded message of the caller's own account.
 * @returns the message as JSON text
 * @throws Fault `invalid_authorization_message`
 */
export async function decodeAuthorizationMessage(
  encoded: string,
  accountId: string,
  nowSeconds: number,
  deps: Deps,
): Promise<string> {
  const { storageOpening } = await requireKeyring(deps);
  const key = findKept(storageOpening, sealKeyId(encoded), nowSeconds);
  const packed = key === null ? null : await unseal(key.key, bindingOf(accountId), encoded);
  if (packed === null) throw new Fault('invalid_authorization_message', 'the encoded message is not valid');
  return new TextDecoder().decode(await inflate(packed));
}
