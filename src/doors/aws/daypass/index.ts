import { queryApi } from '../query/service.ts';
import { crlActions } from './anywhere/crls.ts';
import { profileActions } from './anywhere/profiles.ts';
import { trustAnchorActions } from './anywhere/trust-anchors.ts';
import { deregisterAudience, listAudiences, registerAudience } from './audiences.ts';
import { explainLoginAction } from './explain-login.ts';
import { deleteIdentityLink, listIdentityLinks } from './identity-links.ts';
import {
  associateInstanceProfile,
  describeInstanceProfileAssociations,
  disassociateInstanceProfile,
  replaceInstanceProfileAssociation,
} from './instances/associations.ts';
import { createEnrolmentCode, deleteEnrolmentCode, listEnrolmentCodes } from './instances/enrolment-codes.ts';
import {
  deregisterInstance,
  describeInstances,
  disableInstance,
  enableInstance,
  registerInstance,
  updateInstance,
} from './instances/instances.ts';
import { tagInstance, untagInstance } from './instances/tags.ts';
import { listKeys, retireKey, rotateKeys } from './keys.ts';
import { deleteMappingRules, getMappingRules, putMappingRules } from './mapping-rules.ts';
import { clientGrantActions } from './oauth/client-grants.ts';
import { clientActions } from './oauth/clients.ts';
import { scopeActions } from './oauth/scopes.ts';
import { getOpenIDConnectProviderLogin, updateOpenIDConnectProviderLogin } from './oidc-provider-login.ts';
import { getPasskeyPolicy, putPasskeyPolicy } from './passkey-policy.ts';
import {
  deleteProviderClientSecret,
  listProviderClientSecrets,
  putProviderClientSecret,
} from './provider-clients.ts';
import { getAccountQuotas, updateAccountQuotas } from './quotas.ts';
import { revokeSessions } from './revoke-sessions.ts';
import { getSAMLProviderLogin, updateSAMLProviderLogin } from './saml-providers.ts';
import { getAccountSecurityPreset, updateAccountSecurityPreset } from './security-preset.ts';
import { describeSession, listSessions } from './sessions.ts';
import { deleteTrustPolicyTrial, getTrustPolicyTrial, putTrustPolicyTrial } from './trust-policy-trial.ts';
import { verifyTrail } from './verify-trail.ts';

/** THE LIST of Daypass's own Query actions: what AWS has no name for. */
export const daypass = queryApi({
  service: 'daypass',
  version: '2026-11-01',
  namespace: 'https://daypass.dev/doc/2026-11-01/',
  eventSource: 'daypass.amazonaws.com',
  actions: [
    deregisterAudience,
    listAudiences,
    registerAudience,
    getAccountQuotas,
    updateAccountQuotas,
    listKeys,
    retireKey,
    rotateKeys,
    revokeSessions,
    listSessions,
    describeSession,
    deleteTrustPolicyTrial,
    getTrustPolicyTrial,
    putTrustPolicyTrial,
    deleteMappingRules,
    explainLoginAction,
    getMappingRules,
    putMappingRules,
    deleteProviderClientSecret,
    listProviderClientSecrets,
    putProviderClientSecret,
    registerInstance,
    describeInstances,
    updateInstance,
    enableInstance,
    disableInstance,
    deregisterInstance,
    tagInstance,
    untagInstance,
    associateInstanceProfile,
    replaceInstanceProfileAssociation,
    disassociateInstanceProfile,
    describeInstanceProfileAssociations,
    createEnrolmentCode,
    listEnrolmentCodes,
    deleteEnrolmentCode,
    getPasskeyPolicy,
    putPasskeyPolicy,
    getAccountSecurityPreset,
    updateAccountSecurityPreset,
    verifyTrail,
    ...clientActions,
    ...scopeActions,
    ...clientGrantActions,
    ...trustAnchorActions,
    ...crlActions,
    ...profileActions,
    listIdentityLinks,
    deleteIdentityLink,
    getSAMLProviderLogin,
    updateSAMLProviderLogin,
    getOpenIDConnectProviderLogin,
    updateOpenIDConnectProviderLogin,
  ],
});
