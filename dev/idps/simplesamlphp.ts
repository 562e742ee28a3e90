/**
 * SimpleSAMLphp as an identity provider in front of the directory, by PHP's own server on loopback. Needs Debian's simplesamlphp, php-cli,
 * php-ldap and php-xml.
 */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SamlSigningKey } from '../peers/saml/signing-key.ts';
import { AWS, CLAIMS, directory, GROUP, groupDn, type Party, type RunningIdp } from './party.ts';
import { run } from './run.ts';

export interface SimpleSamlPhpOptions {
  /** A folder of its own; what is in it goes. */
  readonly folder: string;
  readonly port: number;
  readonly entityId: string;
  readonly key: SamlSigningKey;
  /** Shown beside the key in the metadata, for a certificate that comes next. */
  readonly nextKey?: SamlSigningKey;
  readonly parties: readonly Party[];
}

const HOME = '/usr/share/simplesamlphp';

export async function startSimpleSamlPhp(options: SimpleSamlPhpOptions): Promise<RunningIdp> {
  const { folder, port, key, nextKey } = options;
  rmSync(folder, { recursive: true, force: true });
  for (const name of ['cert', 'log', 'data', 'tmp', 'sessions', 'metadata', 'attributemap']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  cpSync('/etc/simplesamlphp/attributemap', join(folder, 'attributemap'), { recursive: true });
  writeKey(folder, 'idp', key);
  if (nextKey !== undefined) writeKey(folder, 'next', nextKey);
  const url = `http://localhost:${port}`;
  writePhp(folder, 'config.php', 'config', config(folder, url));
  writePhp(folder, 'authsources.php', 'config', { directory: source });
  writePhp(folder, 'metadata/saml20-idp-hosted.php', 'metadata', { [options.entityId]: hosted(options) });
  for (const { name, metadata } of options.parties) {
    writeFileSync(join(folder, `metadata/${name}.xml`), metadata);
  }
  writeFileSync(join(folder, 'metadata/saml20-sp-remote.php'), remote(options.parties));
  return run({
    command: 'php',
    args: [
      '-d',
      `session.save_path=${folder}/sessions`,
      '-d',
      'opcache.enable=0',
      '-S',
      `localhost:${port}`,
      '-t',
      `${HOME}/www`,
    ],
    environment: { ...directory.environment, SIMPLESAMLPHP_CONFIG_DIR: folder },
    logFile: join(folder, 'log/server.log'),
    url,
    ready: '/saml2/idp/metadata.php',
  });
}

function writeKey(folder: string, name: string, { privateKey, certificate }: SamlSigningKey): void {
  writeFileSync(join(folder, `cert/${name}.pem`), privateKey);
  const lines = certificate.match(/.{1,64}/g) ?? [];
  writeFileSync(
    join(folder, `cert/${name}.crt`),
    `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  );
}

/** JSON is nearly PHP: what is read back is an array. */
const phpOf = (value: unknown): string =>
  `json_decode('${JSON.stringify(value).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}', true)`;

const writePhp = (folder: string, name: string, variable: string, value: unknown): void =>
  writeFileSync(join(folder, name), `<?php\n$${variable} = ${phpOf(value)};\n`);

const config = (folder: string, url: string) => ({
  baseurlpath: `${url}/`,
  certdir: `${folder}/cert/`,
  loggingdir: `${folder}/log/`,
  datadir: `${folder}/data/`,
  tempdir: `${folder}/tmp`,
  metadatadir: `${folder}/metadata/`,
  attributenamemapdir: `${folder}/attributemap/`,
  secretsalt: 'only-for-this-machine',
  'auth.adminpassword': 'only-for-this-machine',
  'enable.saml20-idp': true,
  'module.enable': { core: true, saml: true, ldap: true },
  'session.cookie.secure': false,
  'session.cookie.samesite': null,
  'language.cookie.secure': false,
  'language.cookie.samesite': null,
  'logging.handler': 'file',
  'logging.level': 7,
  'store.type': 'sql',
  'store.sql.dsn': `sqlite:${folder}/data/store.sqlite`,
  'metadata.sources': [{ type: 'flatfile' }],
});

const source = {
  0: 'ldap:LDAP',
  hostname: directory.url,
  enable_tls: false,
  referrals: false,
  timeout: 10,
  attributes: [
    'sAMAccountName',
    'userPrincipalName',
    'mail',
    'displayName',
    'department',
    'memberOf',
    'distinguishedName',
  ],
  'search.enable': true,
  'search.base': directory.base,
  'search.attributes': ['sAMAccountName', 'userPrincipalName'],
  'search.username': directory.reader,
  'search.password': directory.password,
};

const hosted = ({ nextKey }: SimpleSamlPhpOptions) => ({
  host: '__DEFAULT__',
  auth: 'directory',
  privatekey: 'idp.pem',
  certificate: 'idp.crt',
  ...(nextKey !== undefined && { new_privatekey: 'next.pem', new_certificate: 'next.crt' }),
  'attributes.NameFormat': 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
  'redirect.sign': true,
});

/** What an administrator writes for one service: the groups, nested ones too, a role for one of them, and the person's own data. */
const filters = ({ role }: Party) => ({
  10: {
    class: 'ldap:AttributeAddUsersGroups',
    authsource: 'directory',
    'ldap.product': 'ActiveDirectory',
    'ldap.basedn': directory.base,
    'attribute.dn': 'distinguishedName',
    'attribute.groups': 'nested',
  },
  20: {
    class: 'saml:AttributeNameID',
    attribute: 'userPrincipalName',
    Format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  },
  ...(role !== null && {
    30: {
      class: 'core:AttributeValueMap',
      sourceattribute: 'nested',
      targetattribute: `${AWS}Role`,
      values: { [role.value]: [groupDn(role.group)] },
      0: '%keep',
    },
    40: {
      class: 'core:AttributeCopy',
      sAMAccountName: `${AWS}RoleSessionName`,
      department: `${AWS}PrincipalTag:Department`,
    },
  }),
  50: {
    class: 'core:AttributeMap',
    userPrincipalName: `${CLAIMS}upn`,
    mail: `${CLAIMS}emailaddress`,
    displayName: `${CLAIMS}name`,
    nested: GROUP,
  },
  60: {
    class: 'core:AttributeLimit',
    0: `${AWS}Role`,
    1: `${AWS}RoleSessionName`,
    2: `${AWS}PrincipalTag:Department`,
    3: `${CLAIMS}upn`,
    4: `${CLAIMS}emailaddress`,
    5: `${CLAIMS}name`,
    6: GROUP,
  },
});

/** The services' own metadata is read as it is, and the options of each are laid over it. */
const remote = (parties: readonly Party[]): string =>
  [
    '<?php',
    `$parties = ${phpOf(parties.map((party) => ({ name: party.name, options: { authproc: filters(party), ...party.simplesamlphp } })))};`,
    'foreach ($parties as $party) {',
    "  $entities = SimpleSAML\\Metadata\\SAMLParser::parseDescriptorsFile(__DIR__ . '/' . $party['name'] . '.xml');",
    '  foreach ($entities as $id => $entity) {',
    "    $metadata[$id] = $party['options'] + $entity->getMetadata20SP();",
    '  }',
    '}',
    '',
  ].join('\n');
