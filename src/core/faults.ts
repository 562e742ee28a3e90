/**
 * The closed list of reasons for which Daypass refuses, and the exception that carries one out of a use-case.
 * Each door has one total table from these codes to its own wire form, so a new code without a wire form does not compile.
 */
export const FAULT_CODES = [
  // who asks
  'missing_authentication',
  'incomplete_signature',
  'invalid_client_token_id',
  'signature_does_not_match',
  'request_expired',
  'expired_token',
  'invalid_client',
  'unauthorized_client',
  'invalid_grant',
  'invalid_dpop_proof',
  'use_dpop_nonce',
  'insufficient_scope',
  // what is asked
  'missing_action',
  'invalid_action',
  'malformed_query',
  'validation_error',
  'missing_parameter',
  'invalid_parameter_value',
  'invalid_parameter_combination',
  'request_too_large',
  'unsupported_grant_type',
  'unsupported_media_type',
  'invalid_scope',
  'invalid_authorization_details',
  'invalid_target',
  'authorization_pending',
  'slow_down',
  'device_code_expired',
  'authorization_denied',
  'not_found',
  'method_not_allowed',
  'already_set_up',
  'not_set_up',
  // what policy and trust say
  'access_denied',
  'expired_identity_token',
  'invalid_identity_token',
  'idp_rejected_claim',
  'idp_communication_error',
  'packed_policy_too_large',
  'outbound_federation_disabled',
  'session_duration_escalation',
  'jwt_payload_too_large',
  'malformed_policy_document',
  'invalid_authorization_message',
  'invalid_context_assertion',
  'invalid_subject_credentials',
  'insufficient_session_lifetime',
  // the state of the account
  'no_such_entity',
  'entity_already_exists',
  'delete_conflict',
  'limit_exceeded',
  'invalid_input',
  'unmodifiable_entity',
  'concurrent_modification',
  'report_not_present',
  'report_expired',
  'report_in_progress',
  'feature_enabled',
  'feature_disabled',
  'invalid_authentication_code',
  'password_policy_violation',
  // the state of the broker
  'throttling',
  'service_unavailable',
  'internal_failure',
] as const;

export type FaultCode = (typeof FAULT_CODES)[number];

/** What only the log and the audit trail may see: names, ids and reasons, never a secret or a token. */
export type FaultDetail = Readonly<Record<string, unknown>>;

/**
 * A refusal on its way to a door.
 * `message` is for the caller: lower case first, no full stop, user input in backticks, nothing that tells which check
 * of a secret failed. `detail` is for the log and the audit event alone.
 */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly detail: FaultDetail;

  constructor(code: FaultCode, message: string, detail: FaultDetail = {}) {
    super(message);
    this.name = 'Fault';
    this.code = code;
    this.detail = detail;
  }
}
