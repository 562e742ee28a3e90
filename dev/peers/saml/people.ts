import { accounts } from '../oidc/accounts.ts';

const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';
const AWS = 'https://aws.amazon.com/SAML/Attributes/';

/**
 * What Active Directory's federation server would say about a person: the made-up people of the OpenID provider, with their groups.
 * @param roles - values of AWS's Role attribute: `ROLE_ARN,PROVIDER_ARN`
 * @returns null where it knows nobody of that name
 */
export function attributesOf(
  sub: string,
  roles: readonly string[],
): Readonly<Record<string, readonly string[]>> | null {
  const account = accounts.find((each) => each.sub === sub);
  if (account === undefined) return null;
  return {
    [`${CLAIMS}upn`]: [`${sub}@corp.example.com`],
    [`${CLAIMS}emailaddress`]: [`${sub}@example.com`],
    [`${CLAIMS}name`]: [account.name],
    'http://schemas.xmlsoap.org/claims/Group': account.groups,
    [`${AWS}RoleSessionName`]: [sub],
    ...(roles.length > 0 && { [`${AWS}Role`]: roles }),
  };
}
