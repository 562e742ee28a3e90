/** LemonLDAP::NG's OpenID Connect side. Its issuer is the portal's address with the slash at its end. */
import { createPrivateKey, createPublicKey } from 'node:crypto';

/** A web application that LemonLDAP::NG signs people in to. */
export interface OidcClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
}

const CLAIMS = {
  email: 'mail;string;auto',
  name: 'cn;string;auto',
  department: 'department;string;auto',
  groups: 'groups;string;always',
  preferred_username: 'uid;string;auto',
};

/** @param privateKey - PKCS#8 in PEM */
export const oidcIssuer = (privateKey: string, clients: readonly OidcClient[]) => ({
  issuerDBOpenIDConnectActivation: 1,
  oidcServicePrivateKeySig: privateKey,
  oidcServicePublicKeySig: createPublicKey(createPrivateKey(privateKey))
    .export({ type: 'spki', format: 'pem' })
    .toString(),
  oidcServiceKeyIdSig: 'directory-1',
  oidcServiceAllowAuthorizationCodeFlow: 1,
  oidcRPMetaDataOptions: byClient(clients, ({ clientId, clientSecret, redirectUri }) => ({
    oidcRPMetaDataOptionsClientID: clientId,
    oidcRPMetaDataOptionsClientSecret: clientSecret,
    oidcRPMetaDataOptionsRedirectUris: redirectUri,
    oidcRPMetaDataOptionsIDTokenSignAlg: 'RS256',
    oidcRPMetaDataOptionsUserIDAttr: 'uid',
    oidcRPMetaDataOptionsBypassConsent: 1,
    // into the ID token itself, not only into what userinfo answers
    oidcRPMetaDataOptionsIDTokenForceClaims: 1,
  })),
  oidcRPMetaDataExportedVars: byClient(clients, () => CLAIMS),
  // Daypass asks for `openid email profile`, so what it shall see of a person belongs to one of these.
  oidcRPMetaDataOptionsExtraClaims: byClient(clients, () => ({
    profile: 'name preferred_username department groups',
  })),
});

const byClient = <T>(clients: readonly OidcClient[], of: (client: OidcClient) => T): Record<string, T> =>
  Object.fromEntries(clients.map((client) => [client.clientId, of(client)]));
