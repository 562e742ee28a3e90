/** The OAuth form of every fault. @see RFC 6749 section 5.2, RFC 8693 section 2.2.2 */
import type { FaultCode } from '../../core/faults.ts';

export interface OAuthFault {
  readonly error: string;
  readonly status: number;
}

const invalidRequest: OAuthFault = { error: 'invalid_request', status: 400 };
const invalidClient: OAuthFault = { error: 'invalid_client', status: 401 };
const unavailable: OAuthFault = { error: 'temporarily_unavailable', status: 503 };

export const OAUTH_FAULTS = {
  missing_authentication: invalidClient,
  incomplete_signature: invalidClient,
  invalid_client_token_id: invalidClient,
  signature_does_not_match: invalidClient,
  request_expired: invalidClient,
  expired_token: invalidClient,
  invalid_client: invalidClient,
  unauthorized_client: { error: 'unauthorized_client', status: 400 },
  invalid_grant: { error: 'invalid_grant', status: 400 },
  // RFC 9449 sections 5 and 8.
  invalid_dpop_proof: { error: 'invalid_dpop_proof', status: 400 },
  // RFC 6750 section 3.1.
  insufficient_scope: { error: 'insufficient_scope', status: 403 },
  use_dpop_nonce: { error: 'use_dpop_nonce', status: 400 },
  missing_action: invalidRequest,
  invalid_action: invalidRequest,
  malformed_query: invalidRequest,
  validation_error: invalidRequest,
  missing_parameter: invalidRequest,
  invalid_parameter_value: invalidRequest,
  invalid_parameter_combination: invalidRequest,
  request_too_large: { error: 'invalid_request', status: 413 },
  unsupported_grant_type: { error: 'unsupported_grant_type', status: 400 },
  unsupported_media_type: invalidRequest,
  invalid_scope: { error: 'invalid_scope', status: 400 },
  invalid_authorization_details: { error: 'invalid_authorization_details', status: 400 },
  invalid_target: { error: 'invalid_target', status: 400 },
  // RFC 8628 section 3.5.
  authorization_pending: { error: 'authorization_pending', status: 400 },
  slow_down: { error: 'slow_down', status: 400 },
  device_code_expired: { error: 'expired_token', status: 400 },
  authorization_denied: { error: 'access_denied', status: 400 },
  not_found: invalidRequest,
  method_not_allowed: { error: 'invalid_request', status: 405 },
  already_set_up: invalidRequest,
  not_set_up: unavailable,
  // A role that its trust policy does not give is a target for which no token is issued.
  access_denied: { error: 'invalid_target', status: 400 },
  // RFC 8693 wants invalid_request for a subject token that is invalid for any reason.
  expired_identity_token: invalidRequest,
  invalid_identity_token: invalidRequest,
  idp_rejected_claim: invalidRequest,
  idp_communication_error: unavailable,
  packed_policy_too_large: invalidRequest,
  outbound_federation_disabled: invalidRequest,
  session_duration_escalation: invalidRequest,
  jwt_payload_too_large: invalidRequest,
  malformed_policy_document: invalidRequest,
  invalid_authorization_message: invalidRequest,
  invalid_context_assertion: invalidRequest,
  invalid_subject_credentials: invalidRequest,
  insufficient_session_lifetime: invalidRequest,
  no_such_entity: invalidRequest,
  entity_already_exists: invalidRequest,
  delete_conflict: invalidRequest,
  limit_exceeded: invalidRequest,
  invalid_input: invalidRequest,
  unmodifiable_entity: invalidRequest,
  concurrent_modification: unavailable,
  report_not_present: unavailable,
  report_expired: unavailable,
  report_in_progress: unavailable,
  feature_enabled: invalidRequest,
  feature_disabled: invalidRequest,
  invalid_authentication_code: invalidRequest,
  password_policy_violation: invalidRequest,
  throttling: { error: 'temporarily_unavailable', status: 429 },
  service_unavailable: unavailable,
  internal_failure: { error: 'server_error', status: 500 },
} as const satisfies Record<FaultCode, OAuthFault>;
