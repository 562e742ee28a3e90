/** Who signed in with a browser. */
import { rootArn } from '../arn.ts';
import type { AuditIdentity } from '../audit/event.ts';
import type { ContextEntry } from '../context/request-context.ts';
import type { Delegation } from '../credentials/delegation.ts';
import type { Federation, Tag } from '../credentials/session.ts';

/** An IAM user. The unique id decides: a user recreated under the same name does not continue a session. */
export interface UserSignIn {
  readonly type: 'user';
  readonly accountId: string;
  readonly userId: string;
  readonly userName: string;
  /** The outside login that stood in for the password, as sessions bear it: what revokes it ends this sign-in. */
  readonly through?: { readonly provider: string; readonly subject: string };
}

/** The account's root. */
export interface RootSignIn {
  readonly type: 'root';
  readonly accountId: string;
  readonly email: string;
}

/** Somebody whom a provider vouched for. It may take roles whose trust policy says so, and nothing else. */
export interface FederatedSignIn {
  readonly type: 'federated';
  readonly accountId: string;
  /** Stable id of (account, provider, subject); never an e-mail address. */
  readonly subjectId: string;
  /** For people's eyes alone. */
  readonly displayName: string;
  readonly federation: Federation;
  /** Under which trust policies know the provider, beside the name that `federation` has. */
  readonly providerArn: string;
  /** What the login asks a role's session to carry. */
  readonly asked: {
    readonly sessionName: string;
    readonly tags: readonly Tag[];
    readonly transitiveTagKeys: readonly string[];
    readonly sourceIdentity: string | null;
    /** Who alone may begin to act for the person, where the login says so. */
    readonly delegation?: Delegation | undefined;
    /** How long the provider wants it to last, or null; the role's own limit is never passed by it. */
    readonly sessionSeconds?: number | null;
  };
  /** What a role's trust policy must allow. */
  readonly trustAction: 'sts:AssumeRoleWithWebIdentity' | 'sts:AssumeRoleWithSAML';
  /** The login's claims as condition keys, for the trust decision. */
  readonly context: readonly ContextEntry[];
  /** The roles that the assertion names, or that mapping rules gave at the login. */
  readonly roleArns: readonly string[];
  /**
   * What mapping rules see of the login, by name, where they give its roles: each look at the roles asks the rules of then. Absent
   * where the assertion names them.
   */
  readonly mapped?: {
    /** The provider's unique id, under which its rules are kept. */
    readonly providerId: string;
    readonly values: readonly (readonly [name: string, values: readonly string[]])[];
  };
  /** The moment past which the provider's login itself ends, or null. */
  readonly notAfterSeconds: number | null;
}

export type SignInIdentity = UserSignIn | RootSignIn | FederatedSignIn;

/** Whose factors and sessions: the same person under the same key, in every table. */
export interface SignInOwner {
  readonly type: SignInIdentity['type'];
  readonly id: string;
}

export function ownerOf(identity: SignInIdentity): SignInOwner {
  switch (identity.type) {
    case 'user':
      return { type: 'user', id: identity.userId };
    case 'root':
      return { type: 'root', id: identity.accountId };
    case 'federated':
      return { type: 'federated', id: identity.subjectId };
  }
}

/** What the page calls the person. */
export function nameOf(identity: SignInIdentity): string {
  switch (identity.type) {
    case 'user':
      return identity.userName;
    case 'root':
      return identity.email;
    case 'federated':
      return identity.displayName;
  }
}

/** @param arn - of the user; needed for its path */
export function auditIdentityOf(
  identity: SignInIdentity,
  arn: string,
  sessionId: string | null,
): AuditIdentity {
  const session = sessionId === null ? {} : { sessionId };
  const { accountId } = identity;
  switch (identity.type) {
    case 'user':
      return { type: 'IAMUser', principalId: identity.userId, arn, accountId, ...session };
    case 'root':
      return { type: 'Root', principalId: accountId, arn: rootArn(accountId), accountId, ...session };
    case 'federated':
      return {
        type: 'WebIdentityUser',
        identityProvider: identity.federation.provider,
        userName: identity.subjectId,
      };
  }
}
