/**
 * One audit event: who did what, when, from where, with which outcome. Kept in CloudTrail's shape.
 * An event never holds a secret, a token, an assertion or a password: only what `AuditEvent` names.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
import type { Actor } from '../credentials/delegation.ts';
import type { FaultCode } from '../faults.ts';

/** Who acted, as far as it was proved. */
export type AuditIdentity =
  | { readonly type: 'Anonymous' }
  | { readonly type: 'Deployment' }
  | {
      readonly type: 'Root' | 'IAMUser' | 'AssumedRole' | 'FederatedUser' | 'Instance' | 'OAuthClient';
      readonly principalId: string;
      readonly arn: string;
      readonly accountId: string;
      readonly accessKeyId?: string;
      readonly sessionId?: string;
      readonly sourceIdentity?: string;
      /** Who acted in the session, for whose it is; then who acted before. */
      readonly actors?: readonly Actor[];
      /** That the session had proved a second factor. */
      readonly mfaAuthenticated?: true;
    }
  | {
      readonly type: 'WebIdentityUser' | 'SAMLUser';
      readonly identityProvider: string;
      readonly userName: string;
    };

/** `success`, or the code of the fault that refused. */
export type AuditOutcome = 'success' | FaultCode;

export interface AuditEvent {
  readonly eventId: string;
  readonly accountId: string;
  readonly atMilliseconds: number;
  /** Such as `sts.amazonaws.com`: what CloudTrail calls the event source. */
  readonly eventSource: string;
  readonly eventName: string;
  readonly identity: AuditIdentity;
  readonly outcome: AuditOutcome;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  readonly requestId: string;
  /** As the signature names it; absent where nobody signed. */
  readonly region?: string;
  /** A read changes nothing; everything else does or issues something. */
  readonly readOnly: boolean;
  /** What was asked for, without secrets. */
  readonly requestParameters: Readonly<Record<string, unknown>> | null;
  /** What came of it, without secrets: ids of what was made or issued. */
  readonly responseElements: Readonly<Record<string, unknown>> | null;
  /** Why it was refused, for the administrator. */
  readonly errorMessage: string | null;
  readonly detail?: Readonly<Record<string, unknown>>;
}

const MAX_TEXT = 1024;
const cut = (text: string | null): string | null => text?.slice(0, MAX_TEXT) ?? null;

/** @returns the event as CloudTrail writes it, plus Daypass's own `outcome` and `detail` */
export function toCloudTrail(event: AuditEvent): Record<string, unknown> {
  return {
    eventVersion: '1.11',
    userIdentity: event.identity,
    eventTime: new Date(event.atMilliseconds).toISOString(),
    eventSource: event.eventSource,
    eventName: event.eventName,
    ...(event.region !== undefined && { awsRegion: event.region }),
    sourceIPAddress: event.sourceIp,
    userAgent: cut(event.userAgent),
    ...(event.outcome !== 'success' && {
      errorCode: errorCodeOf(event.outcome),
      errorMessage: cut(event.errorMessage),
    }),
    requestParameters: event.requestParameters,
    responseElements: event.responseElements,
    requestID: event.requestId,
    eventID: event.eventId,
    readOnly: event.readOnly,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: event.accountId,
    ...(event.detail !== undefined && { additionalEventData: event.detail }),
  };
}

/** AWS's spelling of a fault's code: `access_denied` is `AccessDenied`. */
const errorCodeOf = (code: string): string =>
  code.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** @returns the ARN an event is searched by, or null for an anonymous one */
export function principalArnOf(identity: AuditIdentity): string | null {
  return 'arn' in identity ? identity.arn : null;
}
