/** The certificate that a session was given for, and whether it still stands. */
import { parseIamArn } from '../arn.ts';
import type { Session } from '../credentials/session.ts';
import type { AnywhereProfileRecord, TrustAnchor } from '../repositories/trust-anchors.ts';
import type { CertificateName } from './chain.ts';

/** What a session carries of the certificate that proved who began it: as much as can end it early. */
export interface SessionCertificate {
  readonly trustAnchorId: string;
  /** The profile that CreateSession named; null where an instance or a client showed its certificate. */
  readonly profileId: string | null;
  /** The certificate and the authorities between it and the anchor. */
  readonly path: readonly CertificateName[];
}

/**
 * Whether what proved a session is still believed: its anchor is there and enabled, no list of it revokes a certificate of the
 * path, and the profile is enabled and has the role.
 * @param anchor - the one that the session names, as it is now; null where it is gone
 * @param profile - likewise
 */
export function isStillCertified(
  { certificate, identity, chained }: Session,
  anchor: TrustAnchor | null,
  profile: AnywhereProfileRecord | null,
): boolean {
  if (certificate === undefined) return true;
  if (anchor?.enabled !== true || certificate.path.some((name) => isRevoked(name, anchor))) return false;
  if (certificate.profileId === null) return true;
  if (profile?.enabled !== true) return false;
  // A session further down a chain has another role; the first one's was checked when it was taken.
  if (chained) return true;
  return (
    identity.type === 'role' && profile.roleArns.some((arn) => parseIamArn(arn)?.name === identity.roleName)
  );
}

const isRevoked = ({ issuer, serial }: CertificateName, { revoked }: TrustAnchor): boolean =>
  revoked.some((list) => list.issuer === issuer && list.serials.includes(serial));
