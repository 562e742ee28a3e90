/**
 * What an assertion asks an AWS-style session to be.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
 */
import { parseIamArn } from '../arn.ts';
import type { Tag } from '../credentials/session.ts';
import { failure, type Result, success } from '../result.ts';
import type { SamlAttributes } from './assertion.ts';

const PREFIX = 'https://aws.amazon.com/SAML/Attributes/';
const TAG_PREFIX = `${PREFIX}PrincipalTag:`;
/** Entra ID sends this instead of the groups of somebody who is in more than 150. */
const OVERAGE = [
  'http://schemas.microsoft.com/claims/groups.link',
  'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups.link',
];
const NAME = /^[\w+=,.@-]{2,64}$/;
const TAG_KEY = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;
const SECONDS = /^[1-9][0-9]{2,4}$/;
const MIN_SECONDS = 900;
const MAX_SECONDS = 43_200;

/** A role that the identity provider grants, with the provider that it names for it. */
export interface GrantedRole {
  readonly roleArn: string;
  readonly providerArn: string;
}

export interface AwsAttributes {
  readonly roles: readonly GrantedRole[];
  readonly sessionName: string | null;
  /** Between 15 minutes and 12 hours, or null. */
  readonly sessionSeconds: number | null;
  readonly sourceIdentity: string | null;
  readonly tags: readonly Tag[];
  readonly transitiveTagKeys: readonly string[];
}

/** @returns what is asked, or a sentence saying what is wrong with it: an attribute of another form is never left out */
export function readAwsAttributes(attributes: SamlAttributes): Result<AwsAttributes, string> {
  if (OVERAGE.some((name) => attributes.has(name))) {
    return failure(
      'the identity provider left the groups out because there are too many: let it send only the groups that are assigned to this application',
    );
  }
  const roles = (attributes.get(`${PREFIX}Role`) ?? []).map(readRole);
  if (roles.includes(null))
    return failure('a Role attribute is not the ARN of a role and the ARN of a SAML provider');
  const sessionName = oneOf(attributes, 'RoleSessionName', (text) => NAME.test(text));
  if (!sessionName.ok) return sessionName;
  const seconds = oneOf(attributes, 'SessionDuration', isDuration);
  if (!seconds.ok) return seconds;
  const source = oneOf(attributes, 'SourceIdentity', (text) => NAME.test(text) && !/^aws:/i.test(text));
  if (!source.ok) return source;
  const tags = readTags(attributes);
  if (!tags.ok) return tags;
  return success({
    roles: roles.filter((role) => role !== null),
    sessionName: sessionName.value,
    sessionSeconds: seconds.value === null ? null : Number(seconds.value),
    sourceIdentity: source.value,
    tags: tags.value,
    transitiveTagKeys: attributes.get(`${PREFIX}TransitiveTagKeys`) ?? [],
  });
}

/** AWS's guides for different products write the two ARNs in different orders. */
function readRole(value: string): GrantedRole | null {
  const [first = '', second = '', ...more] = value.split(',').map((part) => part.trim());
  if (more.length > 0) return null;
  const [firstKind, secondKind] = [first, second].map((arn) => parseIamArn(arn)?.kind);
  if (firstKind === 'role' && secondKind === 'saml-provider') return { roleArn: first, providerArn: second };
  return firstKind === 'saml-provider' && secondKind === 'role'
    ? { roleArn: second, providerArn: first }
    : null;
}

function isDuration(text: string): boolean {
  const seconds = SECONDS.test(text) ? Number(text) : 0;
  return seconds >= MIN_SECONDS && seconds <= MAX_SECONDS;
}

/** An attribute that has one value, if it is there. */
function oneOf(
  attributes: SamlAttributes,
  name: string,
  isValid: (text: string) => boolean,
): Result<string | null, string> {
  const values = attributes.get(`${PREFIX}${name}`);
  if (values === undefined) return success(null);
  const [value, ...more] = values;
  return value !== undefined && more.length === 0 && isValid(value)
    ? success(value)
    : failure(`the ${name} attribute is not valid`);
}

function readTags(attributes: SamlAttributes): Result<readonly Tag[], string> {
  const tags: Tag[] = [];
  for (const [name, [Value, ...more]] of attributes) {
    if (!name.startsWith(TAG_PREFIX)) continue;
    const Key = name.slice(TAG_PREFIX.length);
    if (Value === undefined || more.length > 0 || !TAG_KEY.test(Key) || !TAG_VALUE.test(Value)) {
      return failure('a PrincipalTag attribute is not valid');
    }
    tags.push({ Key, Value });
  }
  return success(tags);
}
