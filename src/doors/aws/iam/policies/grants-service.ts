/** Which services a policy could give access to, by its Allow statements alone: conditions and denies are not weighed. */
import { listOf, type PolicyDocument, type PolicyStatement } from '../../../../core/policy/document.ts';

/**
 * Tells whether a statement of the policy allows some action of a service.
 * @param namespace - the service as it stands before an action's colon, `s3`
 * @see IAM API Reference, ListPoliciesGrantingServiceAccess
 */
export const grantsService = ({ Statement }: PolicyDocument, namespace: string): boolean =>
  Statement.some((statement) => statement.Effect === 'Allow' && isAbout(statement, namespace.toLowerCase()));

function isAbout({ Action, NotAction }: PolicyStatement, namespace: string): boolean {
  if (Action !== undefined) return listOf(Action).some((pattern) => serviceOf(pattern, namespace));
  return !listOf(NotAction).some((pattern) => coversService(pattern, namespace));
}

/** `*` alone is every service; a service's name has no wildcards in IAM. */
const serviceOf = (pattern: string, namespace: string): boolean =>
  /^\*+$/.test(pattern) || pattern.toLowerCase().startsWith(`${namespace}:`);

/** Takes in every action of the service. */
const coversService = (pattern: string, namespace: string): boolean =>
  serviceOf(pattern, namespace) && /^\*+$/.test(pattern.slice(pattern.indexOf(':') + 1));
