/** Shapes that several STS answers share. */
import type { AwsCredentials } from '../../../core/credentials/mint.ts';
import type { Session } from '../../../core/credentials/session.ts';
import type { Caller } from '../../../usecases/caller.ts';
import { sessionElements } from '../../../usecases/session-elements.ts';
import { maybe, moment, record, text, wholeNumber } from '../query/shape.ts';

export const credentialsShape = record({
  AccessKeyId: text,
  SecretAccessKey: text,
  SessionToken: text,
  Expiration: moment,
});

export const assumedRoleUserShape = record({ AssumedRoleId: text, Arn: text });

/** Members about the size of the session token. */
export const sessionTokenSizeMembers = {
  SessionTokenUtilization: maybe(wholeNumber),
  SessionTokenSize: maybe(wholeNumber),
};

/** The same with `PackedPolicySize`, the deprecated name of the share. */
export const tokenSizeMembers = { PackedPolicySize: maybe(wholeNumber), ...sessionTokenSizeMembers };

/** What the trail tells of credentials that a signed call was given. @param arn - of the principal that the session is */
export const issuedElements = (
  session: Session,
  arn: string,
  { accessKeyId }: AwsCredentials,
  caller: Caller,
): Readonly<Record<string, unknown>> =>
  sessionElements(session, { arn, credential: { accessKeyId, tokenId: null }, caller });

/** @returns credentials as the answers carry them */
export const credentialsOf = (credentials: AwsCredentials) => ({
  AccessKeyId: credentials.accessKeyId,
  SecretAccessKey: credentials.secretAccessKey,
  SessionToken: credentials.sessionToken,
  Expiration: credentials.expiresAtSeconds,
});

/** @returns the size of the session token, as the answers carry it */
export const sessionTokenSizesOf = ({ tokenPercent, tokenBytes }: AwsCredentials) => ({
  SessionTokenUtilization: tokenPercent,
  SessionTokenSize: tokenBytes,
});

/** @param packed - whether policies or tags were passed: only then AWS speaks of a packed size */
export const tokenSizesOf = (credentials: AwsCredentials, packed: boolean) => ({
  ...(packed && { PackedPolicySize: credentials.tokenPercent }),
  ...sessionTokenSizesOf(credentials),
});
