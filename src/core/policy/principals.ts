/** The principals that a document names, for pinning them when it is saved and for showing it later. */
import {
  listOf,
  type OneOrMany,
  type PolicyDocument,
  type PolicyStatement,
  type PrincipalElement,
} from './document.ts';

/** `role/aws-service-role/…` and paths included; wildcards never. */
const USER_OR_ROLE = /^arn:aws:iam::[0-9]{12}:(?:user|role)\/[^*?]+$/;
const ROLE_SESSION = /^arn:aws:sts::([0-9]{12}):assumed-role\/([^/*?]+)\/[^/*?]+$/;

/**
 * Lists the ARNs of users, roles and role sessions in Principal and NotPrincipal: these are pinned to unique ids (a session to
 * its role's) when the document is saved, so that whoever has the ARN later inherits nothing.
 * @returns each ARN once, in order of its first use
 */
export function pinnablePrincipals({ Statement }: PolicyDocument): readonly string[] {
  const named = Statement.flatMap(({ Principal, NotPrincipal }) => [
    ...awsNames(Principal),
    ...awsNames(NotPrincipal),
  ]);
  return [...new Set(named.filter((name) => USER_OR_ROLE.test(name) || ROLE_SESSION.test(name)))];
}

/** The role of a session's ARN, which has no path. @returns null for any other ARN */
export function roleOfSessionArn(arn: string): { readonly accountId: string; readonly name: string } | null {
  const [, accountId, name] = ROLE_SESSION.exec(arn) ?? [];
  return accountId === undefined || name === undefined ? null : { accountId, name };
}

function awsNames(element: PrincipalElement | undefined): readonly string[] {
  return element === undefined || element === '*' ? [] : listOf(element.AWS);
}

/**
 * Rewrites the AWS principals of a document, as AWS shows the unique id of a principal that is gone.
 * @param names - what to write instead of a name; names that are not in it stay
 * @returns a new document; everything else in it is as it was
 */
export function renamePrincipals(
  document: PolicyDocument,
  names: ReadonlyMap<string, string>,
): PolicyDocument {
  return { ...document, Statement: document.Statement.map((statement) => renameIn(statement, names)) };
}

function renameIn(statement: PolicyStatement, names: ReadonlyMap<string, string>): PolicyStatement {
  const { Principal, NotPrincipal } = statement;
  return {
    ...statement,
    ...(Principal === undefined ? {} : { Principal: renameElement(Principal, names) }),
    ...(NotPrincipal === undefined ? {} : { NotPrincipal: renameElement(NotPrincipal, names) }),
  };
}

function renameElement(element: PrincipalElement, names: ReadonlyMap<string, string>): PrincipalElement {
  if (element === '*' || element.AWS === undefined) return element;
  return { ...element, AWS: renameNames(element.AWS, names) };
}

function renameNames(values: OneOrMany, names: ReadonlyMap<string, string>): OneOrMany {
  const renamed = (name: string): string => names.get(name) ?? name;
  return typeof values === 'string' ? renamed(values) : values.map(renamed);
}
