/** Attributes under the names that AWS's policies know them by. One entry: the attribute's Name and its condition key. */
/** The groups of Active Directory and of others that send them. */
export const GROUPS_KEY = 'SAML:groups';

/**
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html, "Available keys for
 * SAML-based AWS STS federation"; `SAML:groups` and `SAML:upn` are Daypass's own
 */
export const ATTRIBUTE_KEYS: ReadonlyMap<string, string> = new Map([
  ['urn:oid:1.3.6.1.4.1.5923.1.1.1.1', 'SAML:edupersonaffiliation'],
  ['urn:oid:1.3.6.1.4.1.5923.1.1.1.2', 'SAML:edupersonnickname'],
  ['urn:oid:1.3.6.1.4.1.5923.1.1.1.3', 'SAML:edupersonorgdn'],
  ['urn:oid:1.3.6.1.4.1.5923.1.1.1.4', 'SAML:edupersonorgunitdn'],
  ['urn:oid:1.3.6.1.4.1.5923.1.1.1.5', 'SAML:edupersonprimaryaffiliation'],
  ['urn:oid:1.3.6.1.4.1.5923.1.1.1.6', 'SAML:edupersonprincipalname'],
  ['urn:oid:1.3.6.1.4.1.5923.1.1.1.7', 'SAML:edupersonentitlement'],
  ['urn:oid:1.3.6.1.4.1.5923.1.1.1.8', 'SAML:edupersonprimaryorgunitdn'],
  ['urn:oid:1.3.6.1.4.1.5923.1.1.1.9', 'SAML:edupersonscopedaffiliation'],
  ['urn:oid:1.3.6.1.4.1.5923.1.1.1.10', 'SAML:edupersontargetedid'],
  ['urn:oid:1.3.6.1.4.1.5923.1.1.1.11', 'SAML:edupersonassurance'],
  ['urn:oid:1.3.6.1.4.1.5923.1.2.1.2', 'SAML:eduorghomepageuri'],
  ['urn:oid:1.3.6.1.4.1.5923.1.2.1.3', 'SAML:eduorgidentityauthnpolicyuri'],
  ['urn:oid:1.3.6.1.4.1.5923.1.2.1.4', 'SAML:eduorglegalname'],
  ['urn:oid:1.3.6.1.4.1.5923.1.2.1.5', 'SAML:eduorgsuperioruri'],
  ['urn:oid:1.3.6.1.4.1.5923.1.2.1.6', 'SAML:eduorgwhitepagesuri'],
  ['urn:oid:2.5.4.3', 'SAML:cn'],
  ['urn:oid:2.5.4.4', 'SAML:surname'],
  ['urn:oid:2.5.4.42', 'SAML:givenname'],
  ['urn:oid:2.5.4.45', 'SAML:x500uniqueidentifier'],
  ['urn:oid:0.9.2342.19200300.100.1.1', 'SAML:uid'],
  ['urn:oid:0.9.2342.19200300.100.1.3', 'SAML:mail'],
  ['urn:oid:0.9.2342.19200300.100.1.45', 'SAML:organizationstatus'],
  ['http://schemas.xmlsoap.org/claims/CommonName', 'SAML:commonname'],
  ['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname', 'SAML:givenname'],
  ['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname', 'SAML:surname'],
  ['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress', 'SAML:mail'],
  ['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name', 'SAML:name'],
  ['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn', 'SAML:upn'],
  ['http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid', 'SAML:primarygroupsid'],
  ['http://schemas.xmlsoap.org/claims/Group', GROUPS_KEY],
  ['http://schemas.microsoft.com/ws/2008/06/identity/claims/groups', GROUPS_KEY],
  ['urn:oid:1.3.6.1.4.1.5923.1.5.1.1', GROUPS_KEY],
  ['groups', GROUPS_KEY],
  ['memberOf', GROUPS_KEY],
]);
