/** What a real identity provider is told of a service. */
export interface Party {
  /** Letters, digits and hyphens. */
  readonly name: string;
  readonly entityId: string;
  /** The metadata that the service publishes. */
  readonly metadata: string;
  /** Whom the service may grant what: the value of AWS's Role attribute for members of the directory's group; null sends none. */
  readonly role: { readonly group: string; readonly value: string } | null;
  /** Options in SimpleSAMLphp's own words, as in `saml20-sp-remote.php`. */
  readonly simplesamlphp?: Readonly<Record<string, unknown>>;
  /** Options in LemonLDAP::NG's own words, without their prefix `samlSPMetaDataOptions`. */
  readonly lemonldap?: Readonly<Record<string, unknown>>;
  /** Attributes of a client in Keycloak's own words. */
  readonly keycloak?: Readonly<Record<string, string>>;
}

/** A real identity provider that runs. */
export interface RunningIdp {
  readonly url: string;
  stop(): Promise<void>;
}

export const AWS = 'https://aws.amazon.com/SAML/Attributes/';
export const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';
export const GROUP = 'http://schemas.xmlsoap.org/claims/Group';

/** The directory that `directory.sh` makes. Its certificate is its own, so nobody checks it: it is on this machine. */
export const directory = {
  url: 'ldaps://127.0.0.1:636',
  host: '127.0.0.1',
  base: 'CN=Users,DC=corp,DC=example,DC=com',
  reader: 'CN=Administrator,CN=Users,DC=corp,DC=example,DC=com',
  /** Of every person in it. */
  password: 'Passw0rd-of-the-directory',
  environment: { LDAPTLS_REQCERT: 'never' },
} as const;

/** The distinguished name of one of its groups. */
export const groupDn = (name: string): string => `CN=${name},${directory.base}`;
