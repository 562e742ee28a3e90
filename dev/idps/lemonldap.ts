/**
 * LemonLDAP::NG as an identity provider (SAML and OpenID Connect) in front of the directory, by Starman on loopback. Needs Debian's
 * liblemonldap-ng-portal-perl with what it recommends for LDAP and SAML (libnet-ldap-perl, libunicode-string-perl, libio-socket-timeout-perl,
 * liblasso-perl, libglib-perl), and starman.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SamlSigningKey } from '../peers/saml/signing-key.ts';
import { type OidcClient, oidcIssuer } from './lemonldap-oidc.ts';
import { AWS, CLAIMS, directory, GROUP, type Party, type RunningIdp } from './party.ts';
import { run } from './run.ts';

export interface LemonLdapOptions {
  /** A folder of its own; what is in it goes. */
  readonly folder: string;
  readonly port: number;
  readonly entityId: string;
  readonly key: SamlSigningKey;
  readonly parties: readonly Party[];
  /** Who signs in by OpenID Connect; nobody unless given. */
  readonly clients?: readonly OidcClient[];
}

const HOME = '/usr/share/lemonldap-ng/portal';
const URI = 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri';

export async function startLemonLdap(options: LemonLdapOptions): Promise<RunningIdp> {
  const { folder, port } = options;
  rmSync(folder, { recursive: true, force: true });
  for (const name of ['conf', 'cache', 'sessions/lock', 'psessions/lock', 'log']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  const url = `http://localhost:${port}`;
  writeFileSync(join(folder, 'conf/lmConf-1.json'), JSON.stringify(configuration(options, url), null, 1));
  writeFileSync(join(folder, 'lemonldap-ng.ini'), ini(folder));
  writeFileSync(join(folder, 'app.psgi'), application);
  return run({
    command: 'starman',
    args: ['--listen', `localhost:${port}`, '--workers', '2', join(folder, 'app.psgi')],
    environment: { LLNG_DEFAULTCONFFILE: join(folder, 'lemonldap-ng.ini') },
    logFile: join(folder, 'log/server.log'),
    url,
    ready: '/saml/metadata',
  });
}

const ini = (folder: string): string => `[all]
logLevel = debug
checkTime = 1
[configuration]
type = File
dirName = ${folder}/conf
localStorage = Cache::FileCache
localStorageOptions = { 'namespace' => 'config', 'default_expires_in' => 600, 'directory_umask' => '007', 'cache_root' => '${folder}/cache', 'cache_depth' => 3 }
[portal]
staticPrefix = /static
templateDir = ${HOME}/templates
languages = en
`;

const application = `use Plack::Builder;
use Lemonldap::NG::Portal::Main;
builder {
  enable 'Static', path => sub { s{^/static/}{} }, root => '${HOME}/htdocs/static/';
  enable 'Static', path => sub { s{^/javascript/}{} }, root => '/usr/share/javascript/';
  Lemonldap::NG::Portal::Main->run({});
};
`;

const configuration = (options: LemonLdapOptions, url: string) => ({
  cfgNum: 1,
  cfgAuthor: 'dev/idps',
  cfgDate: 1,
  cfgVersion: '2.16.1',
  portal: `${url}/`,
  domain: 'localhost',
  cookieName: 'lemonldap',
  securedCookie: 0,
  sameSite: 'Lax',
  key: 'only-for-this-machine',
  globalStorage: 'Apache::Session::File',
  globalStorageOptions: store(options.folder, 'sessions'),
  persistentStorage: 'Apache::Session::File',
  persistentStorageOptions: store(options.folder, 'psessions'),
  localSessionStorage: 'Cache::FileCache',
  localSessionStorageOptions: {
    cache_root: join(options.folder, 'cache'),
    cache_depth: 3,
    namespace: 'sessions',
    default_expires_in: 600,
  },
  locationRules: { [new URL(url).host]: { default: 'accept' } },
  notification: 0,
  whatToTrace: 'uid',
  ...fromDirectory,
  ...samlService(options),
  ...samlParties(options.parties),
  ...oidcIssuer(options.key.privateKey, options.clients ?? []),
});

const store = (folder: string, name: string) => ({
  Directory: join(folder, name),
  LockDirectory: join(folder, name, 'lock'),
  generateModule: 'Lemonldap::NG::Common::Apache::Session::Generate::SHA256',
});

const fromDirectory = {
  authentication: 'AD',
  userDB: 'Same',
  passwordDB: 'Null',
  ldapServer: directory.url,
  ldapVerify: 'none',
  ldapBase: directory.base,
  managerDn: directory.reader,
  managerPassword: directory.password,
  ldapExportedVars: {
    uid: 'sAMAccountName',
    cn: 'displayName',
    mail: 'mail',
    department: 'department',
    upn: 'userPrincipalName',
  },
  ldapGroupBase: directory.base,
  ldapGroupObjectClass: 'group',
  ldapGroupAttributeName: 'member',
  ldapGroupAttributeNameUser: 'dn',
  ldapGroupAttributeNameGroup: 'dn',
  ldapGroupAttributeNameSearch: 'cn',
  ldapGroupRecursive: 1,
};

const pem = (certificate: string): string =>
  `-----BEGIN CERTIFICATE-----\n${(certificate.match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;

const samlService = ({ entityId, key }: LemonLdapOptions) => ({
  issuerDBSAMLActivation: 1,
  samlEntityID: entityId,
  samlServicePrivateKeySig: key.privateKey,
  samlServicePublicKeySig: pem(key.certificate),
  samlServiceUseCertificateInResponse: 0,
  samlServiceSignatureMethod: 'RSA_SHA256',
});

/** What an administrator writes for one service: the groups, nested ones too, a role for one of them, and the person's own data. */
const samlParties = (parties: readonly Party[]) => ({
  samlSPMetaDataXML: byName(parties, ({ metadata }) => ({ samlSPMetaDataXML: metadata })),
  samlSPMetaDataOptions: byName(parties, ({ lemonldap = {} }) =>
    Object.fromEntries(
      Object.entries({ ...DEFAULTS, ...lemonldap }).map(([name, value]) => [
        `samlSPMetaDataOptions${name}`,
        value,
      ]),
    ),
  ),
  samlSPMetaDataMacros: byName(parties, ({ role }) =>
    role === null ? {} : { role: `inGroup("${role.group}") ? "${role.value}" : undef` },
  ),
  samlSPMetaDataExportedAttributes: byName(parties, ({ role }) => ({
    upn: `1;${CLAIMS}upn;${URI};upn`,
    mail: `0;${CLAIMS}emailaddress;${URI};mail`,
    cn: `0;${CLAIMS}name;${URI};name`,
    groups: `0;${GROUP};${URI};groups`,
    ...(role !== null && {
      role: `0;${AWS}Role;${URI};Role`,
      uid: `1;${AWS}RoleSessionName;${URI};RoleSessionName`,
      department: `0;${AWS}PrincipalTag:Department;${URI};Department`,
    }),
  })),
});

const DEFAULTS = {
  NameIDFormat: 'persistent',
  NameIDSessionKey: 'upn',
  SignSSOMessage: 1,
  SignSLOMessage: 1,
  CheckSSOMessageSignature: 1,
  CheckSLOMessageSignature: 1,
};

const byName = <T>(parties: readonly Party[], of: (party: Party) => T): Record<string, T> =>
  Object.fromEntries(parties.map((party) => [party.name, of(party)]));
