/**
 * ARNs: reading, writing, and one builder for each kind that Daypass names. The partition is always `aws`, so that
 * policies written for AWS keep their meaning.
 * @see IAM User Guide, "IAM identifiers"
 */

/** An ARN taken apart. `region` and `accountId` may be empty; `resource` is everything after the fifth colon. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  readonly resource: string;
}

/** An IAM resource's ARN taken apart: `arn:aws:iam::123456789012:role/team/Deploy` is a `role` `Deploy` under `/team/`. */
export interface IamArn {
  readonly accountId: string;
  readonly kind: string;
  readonly path: string;
  readonly name: string;
}

const ACCOUNT_ID = /^[0-9]{12}$/;

/** Tells whether a text is an account id: exactly twelve ASCII digits. */
export const isAccountId = (text: string): boolean => ACCOUNT_ID.test(text);

/** Takes an ARN apart. @returns its parts, or null where there are fewer than six or a fixed one is empty */
export function parseArn(text: string): Arn | null {
  const [prefix, partition, service, region, accountId, ...rest] = text.split(':');
  const resource = rest.join(':');
  if (prefix !== 'arn' || !partition || !service || region === undefined || accountId === undefined)
    return null;
  return resource === '' ? null : { partition, service, region, accountId, resource };
}

/** Puts an ARN together; the inverse of `parseArn`. */
export const formatArn = ({ partition, service, region, accountId, resource }: Arn): string =>
  `arn:${partition}:${service}:${region}:${accountId}:${resource}`;

/**
 * Takes the ARN of an IAM resource with a path and a name apart.
 * @returns its parts, or null where it is no `arn:aws:iam::ACCOUNT:kind/[path/]name`; an AWS managed policy has the
 * account id `aws`
 */
export function parseIamArn(text: string): IamArn | null {
  const arn = parseArn(text);
  if (arn?.partition !== 'aws' || arn.service !== 'iam' || arn.region !== '') return null;
  if (!isAccountId(arn.accountId) && arn.accountId !== 'aws') return null;
  const first = arn.resource.indexOf('/');
  const last = arn.resource.lastIndexOf('/');
  const name = arn.resource.slice(last + 1);
  if (first < 1 || name === '') return null;
  return {
    accountId: arn.accountId,
    kind: arn.resource.slice(0, first),
    path: arn.resource.slice(first, last + 1),
    name,
  };
}

const iam = (accountId: string, resource: string): string => `arn:aws:iam::${accountId}:${resource}`;
const sts = (accountId: string, resource: string): string => `arn:aws:sts::${accountId}:${resource}`;

/** The account's root: also what a policy means by the whole account. */
export const rootArn = (accountId: string): string => iam(accountId, 'root');

/** A user. @param path - begins and ends with `/` */
export const userArn = (accountId: string, path: string, name: string): string =>
  iam(accountId, `user${path}${name}`);

/** A role. @param path - begins and ends with `/` */
export const roleArn = (accountId: string, path: string, name: string): string =>
  iam(accountId, `role${path}${name}`);

/** A group. @param path - begins and ends with `/` */
export const groupArn = (accountId: string, path: string, name: string): string =>
  iam(accountId, `group${path}${name}`);

/** A managed policy. @param accountId - `aws` for a predefined one. @param path - begins and ends with `/` */
export const policyArn = (accountId: string, path: string, name: string): string =>
  iam(accountId, `policy${path}${name}`);

/** An instance profile. @param path - begins and ends with `/` */
export const instanceProfileArn = (accountId: string, path: string, name: string): string =>
  iam(accountId, `instance-profile${path}${name}`);

/** A virtual MFA device. @param path - begins and ends with `/` */
export const mfaDeviceArn = (accountId: string, path: string, name: string): string =>
  iam(accountId, `mfa${path}${name}`);

/** The serial number of a user's passkey or security key. @param keyId - unique within the account */
export const userSecurityKeyArn = (accountId: string, userName: string, keyId: string): string =>
  iam(accountId, `u2f/user/${userName}/${keyId}`);

/** The serial number of root's passkey or security key. @param keyId - unique within the account */
export const rootSecurityKeyArn = (accountId: string, keyId: string): string =>
  iam(accountId, `u2f/root-account/${keyId}`);

/** An OIDC provider. @param issuerWithoutScheme - the issuer URL after `https://`, its path included */
export const oidcProviderArn = (accountId: string, issuerWithoutScheme: string): string =>
  iam(accountId, `oidc-provider/${issuerWithoutScheme}`);

/** A SAML provider. */
export const samlProviderArn = (accountId: string, name: string): string =>
  iam(accountId, `saml-provider/${name}`);

/** A role session. The role's path is not part of it: AWS drops it. */
export const assumedRoleArn = (accountId: string, roleName: string, sessionName: string): string =>
  sts(accountId, `assumed-role/${roleName}/${sessionName}`);

/** A federated user, as GetFederationToken makes it. */
export const federatedUserArn = (accountId: string, name: string): string =>
  sts(accountId, `federated-user/${name}`);

const daypass = (accountId: string, resource: string): string => `arn:aws:daypass::${accountId}:${resource}`;

/** A registered instance: a device, a service, a container, a VM. */
export const instanceArn = (accountId: string, instanceId: string): string =>
  daypass(accountId, `instance/${instanceId}`);

/** A code with which a device enrols itself. */
export const enrolmentCodeArn = (accountId: string, codeId: string): string =>
  daypass(accountId, `enrolment-code/${codeId}`);

/** What Roles Anywhere names. Its ARNs have a region, which its clients read; here there is but one. */
export const anywhereArn = (
  accountId: string,
  kind: 'trust-anchor' | 'profile' | 'crl',
  id: string,
): string => `arn:aws:rolesanywhere:us-east-1:${accountId}:${kind}/${id}`;
