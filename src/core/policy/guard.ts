/**
 * The multi-tenant web-identity guard. Anybody can get a token of Google, Facebook or GitHub; a role that trusts such
 * an issuer without saying whose tokens it means is open to the world. Many real roles were taken over that way
 * (a GitHub role that checks `aud` alone), so such a trust policy is refused when it is saved.
 */
import { parseOperator } from './conditions/operator-name.ts';
import { listOf, type PolicyDocument, type PolicyStatement } from './document.ts';
import type { PolicyFault } from './fault.ts';
import { globMatches } from './match/glob.ts';
import { plainPattern } from './match/template.ts';

/** An issuer that serves everybody, and which claims tell one of its tenants from another. */
interface MultiTenantIssuer {
  readonly host: string;
  readonly claims: readonly string[];
}

const REPOSITORY_CLAIMS = [
  'sub',
  'repository',
  'repository_id',
  'repository_owner',
  'repository_owner_id',
  'job_workflow_ref',
  'enterprise_id',
  'project_path',
  'project_id',
  'namespace_path',
  'namespace_id',
];

const ISSUERS: readonly MultiTenantIssuer[] = [
  { host: 'accounts.google.com', claims: ['aud', 'sub', 'oaud', 'azp'] },
  { host: 'graph.facebook.com', claims: ['app_id', 'id', 'sub', 'aud'] },
  { host: 'www.facebook.com', claims: ['app_id', 'id', 'sub', 'aud'] },
  { host: 'limited.facebook.com', claims: ['app_id', 'id', 'sub', 'aud'] },
  { host: 'api.x.com', claims: ['client_id', 'id', 'sub', 'aud'] },
  { host: 'www.amazon.com', claims: ['app_id', 'user_id', 'sub', 'aud'] },
  { host: 'appleid.apple.com', claims: ['aud', 'sub'] },
  { host: 'cognito-identity.amazonaws.com', claims: ['aud', 'sub'] },
  { host: 'token.actions.githubusercontent.com', claims: REPOSITORY_CLAIMS },
  { host: 'gitlab.com', claims: REPOSITORY_CLAIMS },
  { host: 'app.terraform.io', claims: ['sub'] },
  { host: 'agent.buildkite.com', claims: ['sub'] },
  { host: 'oidc.fly.io', claims: ['sub'] },
  { host: 'oidc.vercel.com', claims: ['sub'] },
];

/** An Allow that lets tokens of every tenant in. */
export interface OpenStatement {
  /** Zero-based place in the document. */
  readonly index: number;
  readonly message: string;
  readonly problem: string;
}

/**
 * Finds the first statement that opens a role to every tenant of a shared issuer.
 * @returns null when there is none
 */
export function openWebIdentityStatement({ Statement }: PolicyDocument): OpenStatement | null {
  for (const [index, statement] of Statement.entries()) {
    const issuers = issuersTrustedBy(statement);
    const [first] = issuers;
    // A condition on one issuer's claim also keeps out the tokens of every other: they do not have that claim.
    if (first === undefined || issuers.some((issuer) => isNarrowed(statement, issuer))) continue;
    const wanted = first.claims.map((claim) => `${first.host}:${claim}`).join(', ');
    return {
      index,
      message: `Web identity provider ${first.host} is shared by many tenants: the statement must have a condition on one of ${wanted}.`,
      problem: `everybody can get a token of \`${first.host}\`: add a condition with StringEquals or StringLike on one of ${wanted}, without a wildcard before the part that only you own`,
    };
  }
  return null;
}

/**
 * Checks a trust policy that was not read by `parsePolicy` (which does this itself).
 * @returns the fault, or null when the policy opens the role to nobody unnamed
 */
export function guardTrustPolicy(document: PolicyDocument): PolicyFault | null {
  const open = openWebIdentityStatement(document);
  if (open === null) return null;
  const { index, message, problem } = open;
  return {
    code: 'MalformedPolicyDocument',
    message,
    problem,
    line: 0,
    column: 0,
    path: `Statement[${index}]`,
  };
}

function issuersTrustedBy(statement: PolicyStatement): readonly MultiTenantIssuer[] {
  const { Effect, Principal, Action } = statement;
  if (Effect !== 'Allow' || Principal === undefined || Principal === '*') return [];
  const action = 'sts:assumerolewithwebidentity';
  if (!listOf(Action).some((entry) => globMatches(plainPattern(entry.toLowerCase()), action))) return [];
  const names = listOf(Principal.Federated).map(hostOf);
  return ISSUERS.filter(({ host }) => names.includes(host));
}

/** `arn:aws:iam::ACCOUNT:oidc-provider/HOST` and the bare name mean the same issuer. */
function hostOf(provider: string): string {
  const lower = provider.toLowerCase();
  const marker = ':oidc-provider/';
  const at = lower.indexOf(marker);
  return (at === -1 ? lower : lower.slice(at + marker.length)).replace(/\/+$/, '');
}

function isNarrowed({ Condition }: PolicyStatement, { host, claims }: MultiTenantIssuer): boolean {
  const keys = new Set(claims.map((claim) => `${host}:${claim}`));
  const isTenants = (key: string, value: string, isPattern: boolean): boolean =>
    key === GITHUB_SUBJECT ? isOwnGitHubSubject(value, isPattern) : isOwn(value, isPattern);
  return Object.entries(Condition ?? {}).some(
    ([name, byKey]) =>
      requiresPresence(name) &&
      Object.entries(byKey).some(([key, values]) => {
        const wanted = listOf(values);
        const isPattern = name.includes('Like');
        return (
          keys.has(key.toLowerCase()) &&
          wanted.length > 0 &&
          wanted.every((value) => isTenants(key.toLowerCase(), value, isPattern))
        );
      }),
  );
}

/** Whether an operator holds only for a token that has the claim: not negated, not IfExists, not ForAllValues. */
function requiresPresence(name: string): boolean {
  const qualified = parseOperator(name);
  if (qualified === null || qualified.quantifier === 'all' || qualified.ifExists) return false;
  const { type, negated } = qualified.operator;
  return type === 'string' && !negated;
}

/**
 * Whether a wanted value is one tenant's. `repo:*` is anybody's, and so is `repo:octo*`, since anybody may register
 * `octo-2`: before a wildcard the owner's name must have ended.
 */
function isOwn(value: string, isPattern: boolean): boolean {
  if (value === '' || value.includes('${')) return false;
  const wildcard = isPattern ? value.search(/[*?]/) : -1;
  if (wildcard === -1) return true;
  const owner = value.slice(0, wildcard).replace(/^[a-z_]+:/, '');
  return /[^/:][/:]/.test(owner);
}

const GITHUB_SUBJECT = 'token.actions.githubusercontent.com:sub';
const BEFORE_SLASH = /(?:^|:)(?:repo|repository|job_workflow_ref|workflow_ref):[^/:]+\//;
const WHOLE_PART =
  /(?:^|:)(?:repository_owner|repository_owner_id|repository_id|enterprise|enterprise_id):[^:]+(?::|$)/;

/**
 * Whether a GitHub subject names an owner. Repositories write their subject by a template of their own choice, so that
 * everybody can have `environment:production` or `ref:refs/heads/main`, word for word.
 * @see GitHub documentation, "Customizing the token claims"
 */
function isOwnGitHubSubject(value: string, isPattern: boolean): boolean {
  if (!isOwn(value, isPattern)) return false;
  const wildcard = isPattern ? value.search(/[*?]/) : -1;
  const fixed = wildcard === -1 ? value : value.slice(0, wildcard);
  if (BEFORE_SLASH.test(fixed)) return true;
  // The end of the fixed part is the end of a name only where nothing follows it.
  return WHOLE_PART.test(wildcard === -1 ? fixed : fixed.slice(0, fixed.lastIndexOf(':') + 1));
}
