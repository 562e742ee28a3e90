import { queryApi } from '../query/service.ts';
import { deleteAccessKey, listAccessKeys, updateAccessKey } from './access-keys/access-keys.ts';
import { createAccessKey } from './access-keys/create-access-key.ts';
import { getAccessKeyLastUsed } from './access-keys/get-access-key-last-used.ts';
import { createAccountAlias, deleteAccountAlias, listAccountAliases } from './account/account-alias.ts';
import { generateCredentialReport, getCredentialReport } from './account/credential-report.ts';
import { getAccountAuthorizationDetails } from './account/get-account-authorization-details.ts';
import { getAccountSummary } from './account/get-account-summary.ts';
import {
  disableOutboundWebIdentityFederation,
  enableOutboundWebIdentityFederation,
  getOutboundWebIdentityFederationInfo,
} from './account/outbound-federation.ts';
import {
  deleteAccountPasswordPolicy,
  getAccountPasswordPolicy,
  updateAccountPasswordPolicy,
} from './account/password-policy.ts';
import { setSecurityTokenServicePreferences } from './account/token-service-preferences.ts';
import { attachmentActions } from './attachments/attachments.ts';
import { createGroup, deleteGroup, getGroup, listGroups } from './groups/groups.ts';
import { addUserToGroup, listGroupsForUser, removeUserFromGroup } from './groups/membership.ts';
import { updateGroup } from './groups/update-group.ts';
import { inlinePolicyActions } from './inline-policies/inline-policies.ts';
import {
  createInstanceProfile,
  deleteInstanceProfile,
  getInstanceProfile,
  listInstanceProfiles,
  listInstanceProfilesForRole,
} from './instance-profiles/instance-profiles.ts';
import {
  addRoleToInstanceProfile,
  removeRoleFromInstanceProfile,
} from './instance-profiles/profile-roles.ts';
import {
  listInstanceProfileTags,
  tagInstanceProfile,
  untagInstanceProfile,
} from './instance-profiles/profile-tags.ts';
import {
  generateServiceLastAccessedDetails,
  getServiceLastAccessedDetails,
  getServiceLastAccessedDetailsWithEntities,
} from './last-accessed/service-last-accessed.ts';
import { changePassword } from './login-profiles/change-password.ts';
import {
  createLoginProfile,
  deleteLoginProfile,
  getLoginProfile,
  updateLoginProfile,
} from './login-profiles/login-profiles.ts';
import { createVirtualMFADevice } from './mfa-devices/create-virtual-mfa-device.ts';
import { listMFADeviceTags, tagMFADevice, untagMFADevice } from './mfa-devices/device-tags.ts';
import {
  deactivateMFADevice,
  deleteVirtualMFADevice,
  enableMFADevice,
  resyncMFADevice,
} from './mfa-devices/mfa-devices.ts';
import { getMFADevice, listMFADevices, listVirtualMFADevices } from './mfa-devices/read-mfa-devices.ts';
import {
  addClientIDToOpenIDConnectProvider,
  removeClientIDFromOpenIDConnectProvider,
  updateOpenIDConnectProviderThumbprint,
} from './oidc-providers/client-ids.ts';
import {
  createOpenIDConnectProvider,
  deleteOpenIDConnectProvider,
  getOpenIDConnectProvider,
  listOpenIDConnectProviders,
} from './oidc-providers/oidc-providers.ts';
import {
  listOpenIDConnectProviderTags,
  tagOpenIDConnectProvider,
  untagOpenIDConnectProvider,
} from './oidc-providers/tags.ts';
import { createPolicy } from './policies/create-policy.ts';
import { listEntitiesForPolicy } from './policies/list-entities-for-policy.ts';
import { listPoliciesGrantingServiceAccess } from './policies/list-policies-granting-service-access.ts';
import { deletePolicy, getPolicy, listPolicies } from './policies/policies.ts';
import { listPolicyTags, tagPolicy, untagPolicy } from './policies/policy-tags.ts';
import {
  createPolicyVersion,
  deletePolicyVersion,
  getPolicyVersion,
  listPolicyVersions,
  setDefaultPolicyVersion,
} from './policies/policy-versions.ts';
import { GROUP_KIND, ROLE_KIND, USER_KIND } from './policy-owners.ts';
import {
  deleteRole,
  updateAssumeRolePolicy,
  updateRole,
  updateRoleDescription,
} from './roles/change-role.ts';
import { createRole } from './roles/create-role.ts';
import { getRole, listRoles } from './roles/read-roles.ts';
import { deleteRolePermissionsBoundary, putRolePermissionsBoundary } from './roles/role-boundary.ts';
import { listRoleTags, tagRole, untagRole } from './roles/role-tags.ts';
import { createSAMLProvider } from './saml-providers/create-saml-provider.ts';
import { deleteSAMLProvider, getSAMLProvider, listSAMLProviders } from './saml-providers/saml-providers.ts';
import { listSAMLProviderTags, tagSAMLProvider, untagSAMLProvider } from './saml-providers/tags.ts';
import { updateSAMLProvider } from './saml-providers/update-saml-provider.ts';
import {
  getContextKeysForCustomPolicy,
  getContextKeysForPrincipalPolicy,
} from './simulation/context-keys.ts';
import { simulateCustomPolicy } from './simulation/simulate-custom-policy.ts';
import { simulatePrincipalPolicy } from './simulation/simulate-principal-policy.ts';
import { createUser } from './users/create-user.ts';
import { deleteUser } from './users/delete-user.ts';
import { getUser } from './users/get-user.ts';
import { listUsers } from './users/list-users.ts';
import { updateUser } from './users/update-user.ts';
import { deleteUserPermissionsBoundary, putUserPermissionsBoundary } from './users/user-boundary.ts';
import { listUserTags, tagUser, untagUser } from './users/user-tags.ts';

/** THE LIST of IAM actions. */
export const iam = queryApi({
  service: 'iam',
  version: '2010-05-08',
  namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
  eventSource: 'iam.amazonaws.com',
  actions: [
    createUser,
    getUser,
    listUsers,
    updateUser,
    deleteUser,
    tagUser,
    untagUser,
    listUserTags,
    putUserPermissionsBoundary,
    deleteUserPermissionsBoundary,

    createAccessKey,
    listAccessKeys,
    getAccessKeyLastUsed,
    updateAccessKey,
    deleteAccessKey,

    createLoginProfile,
    getLoginProfile,
    updateLoginProfile,
    deleteLoginProfile,
    changePassword,

    createVirtualMFADevice,
    enableMFADevice,
    resyncMFADevice,
    deactivateMFADevice,
    deleteVirtualMFADevice,
    listMFADevices,
    listVirtualMFADevices,
    getMFADevice,
    tagMFADevice,
    untagMFADevice,
    listMFADeviceTags,

    createRole,
    getRole,
    listRoles,
    updateRole,
    updateRoleDescription,
    updateAssumeRolePolicy,
    deleteRole,
    tagRole,
    untagRole,
    listRoleTags,
    putRolePermissionsBoundary,
    deleteRolePermissionsBoundary,

    createGroup,
    getGroup,
    listGroups,
    updateGroup,
    deleteGroup,
    addUserToGroup,
    removeUserFromGroup,
    listGroupsForUser,

    createPolicy,
    getPolicy,
    listPolicies,
    deletePolicy,
    createPolicyVersion,
    getPolicyVersion,
    listPolicyVersions,
    setDefaultPolicyVersion,
    deletePolicyVersion,
    listEntitiesForPolicy,
    listPoliciesGrantingServiceAccess,
    tagPolicy,
    untagPolicy,
    listPolicyTags,

    ...inlinePolicyActions(USER_KIND),
    ...inlinePolicyActions(GROUP_KIND),
    ...inlinePolicyActions(ROLE_KIND),
    ...attachmentActions(USER_KIND),
    ...attachmentActions(GROUP_KIND),
    ...attachmentActions(ROLE_KIND),

    createInstanceProfile,
    getInstanceProfile,
    listInstanceProfiles,
    listInstanceProfilesForRole,
    deleteInstanceProfile,
    addRoleToInstanceProfile,
    removeRoleFromInstanceProfile,
    tagInstanceProfile,
    untagInstanceProfile,
    listInstanceProfileTags,

    createOpenIDConnectProvider,
    getOpenIDConnectProvider,
    listOpenIDConnectProviders,
    deleteOpenIDConnectProvider,
    addClientIDToOpenIDConnectProvider,
    removeClientIDFromOpenIDConnectProvider,
    updateOpenIDConnectProviderThumbprint,
    tagOpenIDConnectProvider,
    untagOpenIDConnectProvider,
    listOpenIDConnectProviderTags,

    createSAMLProvider,
    getSAMLProvider,
    listSAMLProviders,
    updateSAMLProvider,
    deleteSAMLProvider,
    tagSAMLProvider,
    untagSAMLProvider,
    listSAMLProviderTags,

    createAccountAlias,
    deleteAccountAlias,
    listAccountAliases,
    getAccountSummary,
    generateCredentialReport,
    getCredentialReport,
    generateServiceLastAccessedDetails,
    getServiceLastAccessedDetails,
    getServiceLastAccessedDetailsWithEntities,
    setSecurityTokenServicePreferences,
    getAccountAuthorizationDetails,
    updateAccountPasswordPolicy,
    getAccountPasswordPolicy,
    deleteAccountPasswordPolicy,
    enableOutboundWebIdentityFederation,
    disableOutboundWebIdentityFederation,
    getOutboundWebIdentityFederationInfo,

    getContextKeysForCustomPolicy,
    getContextKeysForPrincipalPolicy,
    simulateCustomPolicy,
    simulatePrincipalPolicy,
  ],
});
