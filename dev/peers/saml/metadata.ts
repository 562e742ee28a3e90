import { BINDING, writeIdpMetadata } from '../../../src/core/saml/metadata-document.ts';

/** The metadata of a stand-in identity provider. @param url - its origin */
export const standInMetadata = (
  entityId: string,
  url: string,
  certificates: readonly string[],
  wantsSignedRequests = false,
): string =>
  writeIdpMetadata({
    entityId,
    certificates,
    signOnEndpoints: [{ binding: BINDING.redirect, location: `${url}/sso` }],
    logoutEndpoints: [{ binding: BINDING.redirect, location: `${url}/slo` }],
    wantsSignedRequests,
    validUntilSeconds: null,
  });
