/**
 * Keycloak as an identity provider in front of the directory, in its development mode with nothing kept. Needs Java 17 and an unpacked
 * distribution (Maven has it: `org.keycloak:keycloak-quarkus-dist:24.0.5:zip`), whose folder is `KEYCLOAK_HOME`.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Admin, signInAsAdmin } from './keycloak-admin.ts';
import type { OidcClient } from './lemonldap-oidc.ts';
import { AWS, CLAIMS, directory, GROUP, type Party, type RunningIdp } from './party.ts';
import { run } from './run.ts';

export interface KeycloakOptions {
  /** An unpacked distribution. */
  readonly home: string;
  /** The folder of `directory.sh`. */
  readonly stateDir: string;
  readonly port: number;
  readonly parties: readonly Party[];
  /** Who signs in by OpenID Connect; nobody unless given. */
  readonly clients?: readonly OidcClient[];
}

export const REALM = 'company';
const ADMIN = { KEYCLOAK_ADMIN: 'admin', KEYCLOAK_ADMIN_PASSWORD: 'only-for-this-machine' };
const STORAGE = 'org.keycloak.storage.UserStorageProvider';
const MAPPER = 'org.keycloak.storage.ldap.mappers.LDAPStorageMapper';

export async function startKeycloak(options: KeycloakOptions): Promise<RunningIdp> {
  const { home, stateDir, port } = options;
  const log = join(stateDir, 'keycloak');
  mkdirSync(log, { recursive: true });
  const trusted = join(stateDir, 'samba/private/tls/ca.pem');
  const idp = await run({
    command: join(home, 'bin/kc.sh'),
    args: [
      'start-dev',
      '--db=dev-mem',
      `--http-port=${port}`,
      '--http-host=127.0.0.1',
      '--hostname=localhost',
      `--truststore-paths=${trusted}`,
    ],
    // the directory's certificate has another name than the address of this machine
    environment: {
      ...ADMIN,
      JAVA_OPTS_APPEND: '-Xmx768m -Dcom.sun.jndi.ldap.object.disableEndpointIdentification=true',
    },
    logFile: join(log, 'server.log'),
    url: `http://localhost:${port}`,
    ready: '/realms/master',
  });
  const admin = await signInAsAdmin(idp.url, ADMIN.KEYCLOAK_ADMIN, ADMIN.KEYCLOAK_ADMIN_PASSWORD);
  await admin.post('', { realm: REALM, enabled: true, sslRequired: 'none' });
  // It takes an ampersand in a name for a mistake of the person's.
  const verifyProfile = { alias: 'VERIFY_PROFILE', providerId: 'VERIFY_PROFILE', name: 'Verify Profile' };
  await admin.put(`/${REALM}/authentication/required-actions/VERIFY_PROFILE`, {
    ...verifyProfile,
    enabled: false,
  });
  await federate(admin);
  for (const party of options.parties) await register(admin, party);
  for (const client of options.clients ?? []) await admin.post(`/${REALM}/clients`, oidcClient(client));
  return idp;
}

const values = (config: Readonly<Record<string, string>>): Record<string, readonly string[]> =>
  Object.fromEntries(Object.entries(config).map(([name, value]) => [name, [value]]));

/** People and their groups come from the directory, those in groups too. */
async function federate(admin: Admin): Promise<void> {
  const { id } = await admin.get<{ readonly id: string }>(`/${REALM}`);
  const storage = await admin.post(`/${REALM}/components`, {
    name: 'directory',
    providerId: 'ldap',
    providerType: STORAGE,
    parentId: id,
    config: values({
      vendor: 'ad',
      connectionUrl: directory.url,
      usersDn: directory.base,
      bindDn: directory.reader,
      bindCredential: directory.password,
      usernameLDAPAttribute: 'sAMAccountName',
      rdnLDAPAttribute: 'cn',
      uuidLDAPAttribute: 'objectGUID',
      userObjectClasses: 'person, organizationalPerson, user',
      // it keeps the persistent name that it makes up with the person, and cannot where the directory is READ_ONLY
      editMode: 'UNSYNCED',
      authType: 'simple',
      enabled: 'true',
      importEnabled: 'true',
      trustEmail: 'true',
    }),
  });
  await admin.post(`/${REALM}/components`, {
    name: 'groups',
    providerId: 'group-ldap-mapper',
    providerType: MAPPER,
    parentId: storage,
    config: values({
      'groups.dn': directory.base,
      'group.name.ldap.attribute': 'cn',
      'group.object.classes': 'group',
      'membership.ldap.attribute': 'member',
      'membership.attribute.type': 'DN',
      'membership.user.ldap.attribute': 'sAMAccountName',
      mode: 'READ_ONLY',
      'user.roles.retrieve.strategy': 'LOAD_GROUPS_BY_MEMBER_ATTRIBUTE_RECURSIVELY',
      'preserve.group.inheritance': 'false',
    }),
  });
}

/** The service's own metadata becomes a client, as in *Import client*; options of each are laid over it. */
async function register(admin: Admin, { metadata, role, keycloak, name }: Party): Promise<void> {
  const client = await admin.convert(REALM, metadata);
  await admin.post(`/${REALM}/clients`, {
    ...client,
    attributes: { ...client.attributes, saml_idp_initiated_sso_url_name: name, ...keycloak },
    protocolMappers: [
      mapper('group-membership', GROUP, { single: 'true', 'full.path': 'false' }),
      mapper('user-property', `${CLAIMS}emailaddress`, { 'user.attribute': 'email' }),
      ...(role === null
        ? []
        : [
            mapper('hardcode-attribute', `${AWS}Role`, { 'attribute.value': role.value }),
            mapper('user-property', `${AWS}RoleSessionName`, { 'user.attribute': 'username' }),
          ]),
    ],
  });
}

const mapper = (kind: string, attribute: string, config: Readonly<Record<string, string>>) => ({
  name: attribute,
  protocol: 'saml',
  protocolMapper: `saml-${kind}-mapper`,
  config: { 'attribute.name': attribute, 'attribute.nameformat': 'URI Reference', ...config },
});

const TAGS = { principal_tags: { team: ['red'] }, transitive_tag_keys: ['team'] };

const oidcClient = ({ clientId, clientSecret, redirectUri }: OidcClient) => ({
  clientId,
  protocol: 'openid-connect',
  secret: clientSecret,
  publicClient: false,
  standardFlowEnabled: true,
  redirectUris: [redirectUri],
  protocolMappers: [
    oidcMapper('oidc-group-membership-mapper', { 'claim.name': 'groups', 'full.path': 'true' }),
    oidcMapper('oidc-hardcoded-claim-mapper', {
      'claim.name': 'https://aws\\.amazon\\.com/tags',
      'claim.value': JSON.stringify(TAGS),
      'jsonType.label': 'JSON',
    }),
  ],
});

const oidcMapper = (protocolMapper: string, config: Readonly<Record<string, string>>) => ({
  name: protocolMapper,
  protocol: 'openid-connect',
  protocolMapper,
  config: { ...config, 'id.token.claim': 'true', 'access.token.claim': 'true' },
});
