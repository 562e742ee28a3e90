/** The shape of a kind of subject token: what token exchange believes, and whose session comes of it. */
import type { Session } from '../../../../core/credentials/session.ts';
import type { AuthorizationDetails } from '../../../../core/oauth/authorization-details.ts';
import type { Caller } from '../../../../usecases/caller.ts';
import type { GrantContext, TokenParameters } from '../grant.ts';

export const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
export const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token';
export const JWT = 'urn:ietf:params:oauth:token-type:jwt';
export const AWS_CREDENTIALS = 'urn:daypass:token-type:aws-credentials';

/** What every exchange asks, read and checked. */
export interface ExchangeWish {
  readonly subjectToken: string;
  /** As sent: what it means, and whether it may be there, is the subject token's question. */
  readonly resource: string | null;
  readonly audience: string | null;
  readonly scope: string | null;
  readonly policy: string | null;
  /** An access token of ours of whoever shall act for the subject, or null. */
  readonly actorToken: string | null;
  readonly tokenType: typeof ACCESS_TOKEN | typeof AWS_CREDENTIALS | typeof ID_TOKEN;
}

/** A subject that was believed. */
export interface ExchangedSubject {
  readonly session: Session;
  /** ARN of the principal, as the answer and the trail name it. */
  readonly arn: string;
  /** Who signed for it; null where an outside login began the session. */
  readonly caller: Caller | null;
  /** The audience of an access token. */
  readonly audience: string;
  /** What the token's claim says; null where no scopes are used. */
  readonly scope: string | null;
  /** Of the token that was shown: they hold on. */
  readonly authorizationDetails?: AuthorizationDetails | null;
  readonly clientId: string;
  /** Stable id of the principal; never caller-chosen. */
  readonly subject: string;
  /** What else the trail shall tell. */
  readonly elements?: Readonly<Record<string, unknown>>;
}

export interface SubjectToken {
  /** The values of `subject_token_type`. */
  readonly types: readonly string[];
  /** Whether the request has to be signed by the subject itself; any other may not be signed at all. */
  readonly signed: boolean;
  /**
   * Believes the token, tells the trail whom it is about, and begins or continues a session.
   * @throws Fault for whatever cannot be believed or is not allowed
   */
  readonly believe: (
    wish: ExchangeWish,
    context: GrantContext,
    parameters: TokenParameters,
  ) => Promise<ExchangedSubject>;
}
