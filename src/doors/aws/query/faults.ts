/** The AWS form of every fault: code, status and who has to change something. */
import type { Fault, FaultCode } from '../../../core/faults.ts';
import { UnsupportedAction } from './unsupported.ts';

export interface WireFault {
  readonly code: string;
  readonly status: number;
  readonly type: 'Sender' | 'Receiver';
}

const sender = (code: string, status: number): WireFault => ({ code, status, type: 'Sender' });
const receiver = (code: string, status: number): WireFault => ({ code, status, type: 'Receiver' });

/**
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
 */
export const WIRE_FAULTS = {
  missing_authentication: sender('MissingAuthenticationToken', 403),
  incomplete_signature: sender('IncompleteSignature', 400),
  invalid_client_token_id: sender('InvalidClientTokenId', 403),
  signature_does_not_match: sender('SignatureDoesNotMatch', 403),
  request_expired: sender('RequestExpired', 400),
  expired_token: sender('ExpiredToken', 403),
  invalid_client: sender('InvalidClientTokenId', 403),
  unauthorized_client: sender('AccessDenied', 403),
  invalid_grant: sender('ValidationError', 400),
  invalid_dpop_proof: sender('ValidationError', 400),
  insufficient_scope: sender('AccessDenied', 403),
  use_dpop_nonce: sender('ValidationError', 400),
  missing_action: sender('MissingAction', 400),
  invalid_action: sender('InvalidAction', 400),
  malformed_query: sender('MalformedQueryString', 400),
  validation_error: sender('ValidationError', 400),
  missing_parameter: sender('MissingParameter', 400),
  invalid_parameter_value: sender('InvalidParameterValue', 400),
  invalid_parameter_combination: sender('InvalidParameterCombination', 400),
  request_too_large: sender('RequestEntityTooLarge', 413),
  unsupported_grant_type: sender('InvalidAction', 400),
  unsupported_media_type: sender('ValidationError', 400),
  invalid_scope: sender('ValidationError', 400),
  invalid_authorization_details: sender('ValidationError', 400),
  invalid_target: sender('ValidationError', 400),
  authorization_pending: sender('ValidationError', 400),
  slow_down: sender('ValidationError', 400),
  device_code_expired: sender('ValidationError', 400),
  authorization_denied: sender('ValidationError', 400),
  not_found: sender('InvalidAction', 404),
  method_not_allowed: sender('InvalidAction', 405),
  already_set_up: sender('EntityAlreadyExists', 409),
  not_set_up: receiver('ServiceUnavailable', 503),
  access_denied: sender('AccessDenied', 403),
  expired_identity_token: sender('ExpiredTokenException', 400),
  invalid_identity_token: sender('InvalidIdentityToken', 400),
  idp_rejected_claim: sender('IDPRejectedClaim', 403),
  idp_communication_error: sender('IDPCommunicationError', 400),
  packed_policy_too_large: sender('PackedPolicyTooLarge', 400),
  outbound_federation_disabled: sender('OutboundWebIdentityFederationDisabledException', 403),
  session_duration_escalation: sender('SessionDurationEscalationException', 403),
  jwt_payload_too_large: sender('JWTPayloadSizeExceededException', 400),
  malformed_policy_document: sender('MalformedPolicyDocument', 400),
  invalid_authorization_message: sender('InvalidAuthorizationMessageException', 400),
  invalid_context_assertion: sender('InvalidContextAssertion', 400),
  invalid_subject_credentials: sender('InvalidSubjectCredentials', 400),
  insufficient_session_lifetime: sender('InsufficientSessionLifetime', 400),
  no_such_entity: sender('NoSuchEntity', 404),
  entity_already_exists: sender('EntityAlreadyExists', 409),
  delete_conflict: sender('DeleteConflict', 409),
  limit_exceeded: sender('LimitExceeded', 409),
  invalid_input: sender('InvalidInput', 400),
  unmodifiable_entity: sender('UnmodifiableEntity', 400),
  concurrent_modification: sender('ConcurrentModification', 409),
  feature_enabled: sender('FeatureEnabled', 409),
  feature_disabled: sender('FeatureDisabled', 404),
  report_not_present: sender('ReportNotPresent', 410),
  report_expired: sender('ReportExpired', 410),
  report_in_progress: sender('ReportInProgress', 404),
  invalid_authentication_code: sender('InvalidAuthenticationCode', 403),
  password_policy_violation: sender('PasswordPolicyViolation', 400),
  throttling: sender('Throttling', 400),
  service_unavailable: receiver('ServiceUnavailable', 503),
  internal_failure: receiver('InternalFailure', 500),
} as const satisfies Record<FaultCode, WireFault>;

/** The AWS form of a fault. An action that is known and refused has its own, which depends on the API. */
export const wireFaultOf = (fault: Fault): WireFault =>
  fault instanceof UnsupportedAction ? fault.wire : WIRE_FAULTS[fault.code];
