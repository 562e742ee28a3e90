import './reflect.ts';
import { X509Crl } from '@peculiar/x509';
import type { Bytes } from '../bytes.ts';
import { type Certificate, normalSerial } from './certificate.ts';

/** Of more, the list is refused. */
const MAX_REVOKED = 5000;

/** What a list of revoked certificates says. */
export interface RevokedList {
  readonly issuer: string;
  /** As `normalSerial` writes them. */
  readonly serials: readonly string[];
}

/**
 * Reads a list of revoked certificates that one of the authorities signed.
 * @param crl - DER or PEM
 * @returns null for one that cannot be read, is too long, or is of no such authority
 * @see RFC 5280 section 5
 */
export async function readRevokedList(
  crl: Bytes | string,
  authorities: readonly Certificate[],
): Promise<RevokedList | null> {
  try {
    const list = new X509Crl(crl);
    // Without it the parser overlooks the entries; RFC 5280 section 5.1.2.5 demands it.
    if (list.nextUpdate === undefined) return null;
    if (list.entries.length > MAX_REVOKED || list.extensions.some(({ critical }) => critical)) return null;
    for (const { subject, x509 } of authorities) {
      if (subject !== list.issuer || !(await list.verify({ publicKey: x509.publicKey }))) continue;
      return { issuer: subject, serials: list.entries.map(({ serialNumber }) => normalSerial(serialNumber)) };
    }
    return null;
  } catch {
    return null; // whatever the parser stumbles over
  }
}
