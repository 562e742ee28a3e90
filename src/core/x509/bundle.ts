import { failure, type Result, success } from '../result.ts';
import { type Certificate, fingerprintOf, readCertificate } from './certificate.ts';

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const MAX_CERTIFICATES = 10;

/** Reads the PEM bundle of a trust anchor: authorities that may sign certificates. @returns them, or a sentence saying what is wrong */
export function readBundle(text: string): Result<readonly Certificate[], string> {
  const blocks = text.match(BLOCK) ?? [];
  if (blocks.length === 0) return failure('the bundle holds no PEM certificate');
  if (blocks.length > MAX_CERTIFICATES)
    return failure(`the bundle holds more than ${MAX_CERTIFICATES} certificates`);
  const certificates = blocks.map(readCertificate);
  const read = certificates.filter((certificate) => certificate !== null);
  if (read.length < blocks.length)
    return failure('a certificate of the bundle cannot be read, or is too weak');
  if (!read.every(({ authority, maySign }) => authority !== null && maySign.certificates))
    return failure('a certificate of the bundle is no authority: it needs CA and keyCertSign');
  if (new Set(read.map(fingerprintOf)).size < read.length)
    return failure('a certificate stands in the bundle twice');
  return success(read);
}
