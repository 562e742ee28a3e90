/** A device enrols itself: with a code that an administrator gave it, and a key that it shows to hold. */
import { instanceArn } from '../core/arn.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import { accountOfEnrolmentCode, hashEnrolmentCode } from '../core/instances/enrolment-code.ts';
import { type KeyIdentity, readKeyIdentity } from '../core/instances/identity.ts';
import { parseProof, provesKey } from '../core/instances/proof.ts';
import type { InstanceRecord } from '../core/repositories/instances.ts';
import type { OneTimeValue } from '../core/repositories/one-time.ts';
import { proofAudience } from './authenticate-instance.ts';
import type { Deps } from './deps.ts';
import { asInVain, inVain } from './lookups.ts';
import { readNonce } from './proof-nonce.ts';
import { eventOf } from './record.ts';

export interface EnrolmentInput {
  readonly code: string;
  /** Signed with the device's new key, which stands in its header; made for this code. */
  readonly proof: string;
}

export interface Enrolment {
  readonly accountId: string;
  readonly instance: InstanceRecord;
}

/**
 * @returns the instance, registered and with its profile
 * @throws Fault `access_denied` for a code or proof that is not valid; `entity_already_exists` for a key that is registered;
 * `limit_exceeded`
 */
export async function enrolInstance(
  { code, proof }: EnrolmentInput,
  facts: RequestFacts,
  deps: Deps,
): Promise<Enrolment> {
  const accountId = accountOfEnrolmentCode(code);
  // A code of another account than any here is looked up all the same: what it finds is nothing.
  if (accountId === null) throw notValid('form of the code');
  const codeHash = await hashEnrolmentCode(code);
  const { identity, use } = await readEnrolmentProof(proof, codeHash, nowSecondsOf(facts), deps);
  const makeEvent = (instanceId: string) =>
    eventOf(
      {
        accountId,
        source: 'daypass.amazonaws.com',
        name: 'EnrolInstance',
        identity: {
          ...{ type: 'Instance', principalId: instanceId, accountId },
          arn: instanceArn(accountId, instanceId),
        },
        readOnly: false,
        parameters: { keyThumbprint: identity.thumbprint },
      },
      { elements: { instanceId, arn: instanceArn(accountId, instanceId) } },
      facts,
      deps.random,
    );
  try {
    const instance = await deps.enrolmentCodes.redeem(
      accountId,
      { codeHash, proof: use },
      identity,
      makeEvent,
    );
    return { accountId, instance };
  } catch (error) {
    throw error instanceof Fault && error.code === 'access_denied' ? asInVain(error) : error;
  }
}

async function readEnrolmentProof(
  text: string,
  codeHash: string,
  nowSeconds: number,
  deps: Deps,
): Promise<{ readonly identity: KeyIdentity; readonly use: OneTimeValue }> {
  const proof = parseProof(text);
  if (proof?.type !== 'daypass-enrolment+jwt' || proof.audience !== proofAudience(deps))
    throw notValid('proof');
  // Made for this very code: another one cannot be redeemed with it.
  if (proof.subject !== codeHash) throw notValid('code of the proof');
  const use = await readNonce('instance-proof', proof.nonce, nowSeconds, deps);
  if (use === null) throw notValid('nonce');
  const identity = await readKeyIdentity(proof.header.jwk);
  if (!identity.ok) throw new Fault('validation_error', identity.failure);
  if (!(await provesKey(proof, identity.value))) throw notValid('signature');
  return { identity: identity.value, use };
}

const notValid = (reason: string): Fault =>
  new Fault('access_denied', 'the enrolment code is not valid', { reason, ...inVain });
