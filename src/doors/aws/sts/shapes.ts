/** Shapes that several STS answers share. */
import type { AwsCredentials } from '../../../core/credentials/mint.ts';
import { maybe, moment, record, text, wholeNumber } from '../query/shape.ts';

export const credentialsShape = record({
  AccessKeyId: text,
  SecretAccessKey: text,
  SessionToken: text,
  Expiration: moment,
});

export const assumedRoleUserShape = record({ AssumedRoleId: text, Arn: text });

/** Members about the size of the session token; `PackedPolicySize` is the deprecated name of its share. */
export const tokenSizeMembers = {
  PackedPolicySize: maybe(wholeNumber),
  SessionTokenUtilization: maybe(wholeNumber),
  SessionTokenSize: maybe(wholeNumber),
};

/** @returns credentials as the answers carry them */
export const credentialsOf = (credentials: AwsCredentials) => ({
  AccessKeyId: credentials.accessKeyId,
  SecretAccessKey: credentials.secretAccessKey,
  SessionToken: credentials.sessionToken,
  Expiration: credentials.expiresAtSeconds,
});

/** @param packed - whether policies or tags were passed: only then AWS speaks of a packed size */
export const tokenSizesOf = (credentials: AwsCredentials, packed: boolean) => ({
  ...(packed && { PackedPolicySize: credentials.tokenPercent }),
  SessionTokenUtilization: credentials.tokenPercent,
  SessionTokenSize: credentials.tokenBytes,
});
