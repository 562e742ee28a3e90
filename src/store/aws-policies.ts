/** AWS's own managed policies, as IAM shows them. They live in the code and are the same in every account. */
import { utf8 } from '../core/bytes.ts';
import { UNIQUE_ID_RANDOM_BYTES, uniqueId } from '../core/ids.ts';
import type { ManagedPolicy } from '../core/policy/managed/managed-policy.ts';

/** 2026-11-01: none of them is older than Daypass. */
const SINCE_SECONDS = 1_793_491_200;

/** @returns the members that do not depend on an account; the id is made of the name, so that it is always the same */
export const awsPolicyOf = ({ name, path, arn, description }: ManagedPolicy) => ({
  ...{ name, path, arn, description },
  policyId: uniqueId('ANPA', utf8(name.padEnd(UNIQUE_ID_RANDOM_BYTES))),
  defaultVersion: 1,
  createdAtSeconds: SINCE_SECONDS,
  updatedAtSeconds: SINCE_SECONDS,
  tags: [],
});

/** Its only version. */
export const awsPolicyVersionOf = ({ text }: ManagedPolicy) => ({
  version: 1,
  isDefault: true,
  createdAtSeconds: SINCE_SECONDS,
  document: text,
});
