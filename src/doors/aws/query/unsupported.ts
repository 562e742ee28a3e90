/**
 * Actions of AWS that Daypass knows and will not have, each with its reason. They are signed and recorded like any other, and
 * then refused: whoever calls one learns why, instead of looking for a spelling mistake.
 */
import { Fault } from '../../../core/faults.ts';
import { type AnyAction, action, type QueryService } from './action.ts';
import { nothing } from './shape.ts';

const SERVER_CERTIFICATES = 'Daypass terminates no TLS for other servers and keeps no server certificates';
const SIGNING_CERTIFICATES = 'X.509 signing certificates served the retired SOAP interfaces alone';
const SSH_KEYS = 'SSH public keys are for CodeCommit, which is no part of Daypass';
const SERVICE_CREDENTIALS = 'service-specific credentials are for AWS services that are no part of Daypass';
const ORGANIZATIONS = 'accounts of one Daypass form no AWS organization';
const DELEGATION = 'Daypass has no delegation requests; a role with a trust policy delegates';
const SERVICE_LINKED = 'no AWS service acts in a Daypass account, so that no role is linked to one';

const ROLE_TEMPLATES = 'role templates are published by AWS services, and none acts in a Daypass account';
const ROLE_MANAGER = 'account properties switch Role Manager, a feature of the AWS console';

/** Names by reason. */
type Refused = readonly (readonly [reason: string, names: readonly string[]])[];

const REFUSED: Readonly<Record<QueryService, Refused>> = {
  iam: [
    [
      SERVER_CERTIFICATES,
      [
        'DeleteServerCertificate',
        'GetServerCertificate',
        'ListServerCertificateTags',
        'ListServerCertificates',
        'TagServerCertificate',
        'UntagServerCertificate',
        'UpdateServerCertificate',
        'UploadServerCertificate',
      ],
    ],
    [
      SIGNING_CERTIFICATES,
      [
        'DeleteSigningCertificate',
        'ListSigningCertificates',
        'UpdateSigningCertificate',
        'UploadSigningCertificate',
      ],
    ],
    [
      SSH_KEYS,
      [
        'DeleteSSHPublicKey',
        'GetSSHPublicKey',
        'ListSSHPublicKeys',
        'UpdateSSHPublicKey',
        'UploadSSHPublicKey',
      ],
    ],
    [
      SERVICE_CREDENTIALS,
      [
        'CreateServiceSpecificCredential',
        'DeleteServiceSpecificCredential',
        'ListServiceSpecificCredentials',
        'ResetServiceSpecificCredential',
        'UpdateServiceSpecificCredential',
      ],
    ],
    [
      ORGANIZATIONS,
      [
        'DisableOrganizationsRootCredentialsManagement',
        'DisableOrganizationsRootSessions',
        'EnableOrganizationsRootCredentialsManagement',
        'EnableOrganizationsRootSessions',
        'GenerateOrganizationsAccessReport',
        'GetOrganizationsAccessReport',
        'ListOrganizationsFeatures',
      ],
    ],
    [
      DELEGATION,
      [
        'AcceptDelegationRequest',
        'AssociateDelegationRequest',
        'CreateDelegationRequest',
        'GetDelegationRequest',
        'GetHumanReadableSummary',
        'ListDelegationRequests',
        'RejectDelegationRequest',
        'SendDelegationToken',
        'UpdateDelegationRequest',
      ],
    ],
    [
      SERVICE_LINKED,
      ['CreateServiceLinkedRole', 'DeleteServiceLinkedRole', 'GetServiceLinkedRoleDeletionStatus'],
    ],
    [ROLE_TEMPLATES, ['AcquireRole', 'GetRoleTemplateVersion']],
    [ROLE_MANAGER, ['GetAccountProperties', 'PutAccountProperties']],
  ],
  sts: [
    [ORGANIZATIONS, ['AssumeRoot']],
    [DELEGATION, ['GetDelegatedAccessToken']],
  ],
  daypass: [],
};

/** The refusal of such an action: `NotSupportedService` in IAM; STS has no code for it but `InvalidAction`. */
export class UnsupportedAction extends Fault {
  readonly wire: { readonly code: string; readonly status: number; readonly type: 'Sender' };

  constructor(service: QueryService, name: string, reason: string) {
    super('invalid_action', `${name} is not supported: ${reason}`, { action: name });
    this.wire =
      service === 'iam'
        ? { code: 'NotSupportedService', status: 404, type: 'Sender' }
        : { code: 'InvalidAction', status: 400, type: 'Sender' };
  }
}

/** The reasons of an API's unsupported actions, by name. */
export const unsupportedReasons = (service: QueryService): ReadonlyMap<string, string> =>
  new Map(REFUSED[service].flatMap(([reason, names]) => names.map((name) => [name, reason] as const)));

/** Actions that refuse themselves, once a signature has shown who asks. */
export const unsupportedActions = (service: QueryService): readonly AnyAction[] =>
  Array.from(unsupportedReasons(service), ([name, reason]) =>
    action({
      name,
      auth: 'sigv4',
      audit: 'read',
      permission: { exempt: 'nobody can be allowed what does not exist' },
      input: {},
      output: nothing,
      run: () => Promise.reject(new UnsupportedAction(service, name, reason)),
    }),
  );
