import { describe, expect, test } from 'vitest';
import { Fault } from '../../src/core/faults.ts';
import type { SamlFailure } from '../../src/core/saml/failure.ts';
import { inVain } from '../../src/usecases/lookups.ts';
import { decodeSaml, samlFault } from '../../src/usecases/prove-saml.ts';

const provider = { arn: 'arn:aws:iam::123456789012:saml-provider/idp' };

describe('an address is charged', () => {
  test.for<SamlFailure>([
    { why: 'malformed', what: 'x' },
    { why: 'signature', what: 'x' },
    { why: 'encryption', what: 'x' },
  ])('for a response that no provider has signed: $why', (failure) => {
    expect(samlFault(failure, provider)).toMatchObject({
      code: 'invalid_identity_token',
      message: 'the SAML response could not be verified',
      detail: inVain,
    });
  });

  test.for(['%', 'A', Buffer.from([0xff]).toString('base64')])('for what is no text: %s', (encoded) => {
    const decode = () => decodeSaml(encoded);
    expect(decode).toThrow(Fault);
    expect(decode).toThrow(expect.objectContaining({ detail: expect.objectContaining(inVain) }));
  });
});

test.for<SamlFailure>([
  { why: 'audience' },
  { why: 'request' },
  { why: 'expired' },
  { why: 'not_yet_valid' },
  { why: 'status', status: 'urn:oasis:names:tc:SAML:2.0:status:Requester' },
])('an address is not charged for what a provider did sign: $why', (failure) => {
  expect(samlFault(failure, provider).detail).not.toMatchObject(inVain);
});
