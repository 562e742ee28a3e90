/** What a person let a client have: kept until the client fetches its tokens. It holds no credential. */
import type { Session } from '../credentials/session.ts';
import type { AuthorizationDetails } from './authorization-details.ts';
import type { RecordedSignIn } from './refresh-family.ts';

export interface PersonalGrant {
  /** Begun when the person agreed; tokens are made of it later. */
  readonly session: Session;
  /** ARN of the principal that the session is. */
  readonly arn: string;
  /** Stable id of the person; never caller-chosen. */
  readonly subject: string;
  readonly audience: string;
  /** In the order asked; empty where none was. */
  readonly scope: readonly string[];
  /** What bounds the session beside the scopes; absent where nothing was asked for. @see RFC 9396 section 7 */
  readonly authorizationDetails?: AuthorizationDetails;
  /** How the person signed in. @see RFC 8176, OpenID Connect Core section 2 */
  readonly amr: readonly string[];
  readonly acr: string;
  readonly authAtSeconds: number;
  /** The browser's session in which the person agreed; absent for devices. */
  readonly signInId?: string;
  /** What refresh tokens need; absent where the client is to have none. */
  readonly offline?: OfflineGrant;
}

/** From what a refresh decides anew. */
export interface OfflineGrant {
  readonly roleArn: string;
  readonly signIn: RecordedSignIn;
}
