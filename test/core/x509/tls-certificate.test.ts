/** What is read of Cloudflare's word on a certificate; the rest of it is tried over HTTP in test/conformance/rfc8705. */
import 'reflect-metadata';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { readTlsCertificate, thumbprintOf } from '../../../src/core/x509/tls-certificate.ts';
import { authority, derOf, type Issued } from '../../helpers/certificates.ts';

let own: Issued;
let told: Readonly<Record<string, unknown>>;
beforeAll(async () => {
  own = await authority({ subject: 'CN=self' });
  const certRFC9440 = `:${Buffer.from(derOf(own)).toString('base64')}:`;
  told = {
    ...{ certPresented: '1', certVerified: 'SUCCESS', certRevoked: '0' },
    ...{ certRFC9440, certChainRFC9440: '' },
  };
});

describe('the certificate of a connection', () => {
  test('is read whole, and known by SHA-256', async () => {
    const read = readTlsCertificate(told);
    expect([read?.certificate.subject, read?.sent]).toEqual(['CN=self', []]);
    if (read === null) throw new Error('not read');
    const digest = createHash('sha256').update(derOf(own)).digest('base64url');
    expect(await thumbprintOf(read.certificate)).toBe(digest);
  });

  test.each([
    'SUCCESS',
    'FAILED:self signed certificate',
    'FAILED:self-signed certificate',
    'FAILED:self signed certificate in certificate chain',
    'FAILED:unable to verify the first certificate',
    'FAILED:unable to get local issuer certificate',
    'FAILED:unable to get issuer certificate',
  ])('is read where Cloudflare says `%s`: who vouches for it is judged here', (certVerified) => {
    expect(readTlsCertificate({ ...told, certVerified })).not.toBeNull();
  });

  test.each([
    '',
    'NONE',
    'success',
    'SUCCESS ',
    'FAILED',
    'FAILED:',
    'FAILED:certificate has expired',
    'FAILED:certificate is not yet valid',
    'FAILED:certificate revoked',
    'FAILED:self signed certificate, and more',
    true,
    undefined,
  ])('is not read where Cloudflare says %j', (certVerified) => {
    expect(readTlsCertificate({ ...told, certVerified })).toBeNull();
  });

  test('brings what came with it, in order', () => {
    const { certRFC9440 } = told;
    const sent = String(certRFC9440).slice(1, -1);
    const certChainRFC9440 = `${certRFC9440}, ${certRFC9440},${certRFC9440}`;
    expect(readTlsCertificate({ ...told, certChainRFC9440 })?.sent).toEqual([sent, sent, sent]);
  });

  test('of anything at all is an answer, never an exception', () => {
    const fields = fc.record({
      certPresented: fc.constantFrom('1', 1, true),
      certVerified: fc.constantFrom('SUCCESS', 'FAILED'),
      certRevoked: fc.constantFrom('0', 0),
      certRFC9440: fc.oneof(
        fc.string(),
        fc.base64String().map((text) => `:${text}:`),
      ),
      certChainRFC9440: fc.anything(),
    });
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fields), (any) => {
        expect(readTlsCertificate(any)).toBeNull();
      }),
    );
  });
});
