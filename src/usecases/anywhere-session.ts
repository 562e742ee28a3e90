/** CreateSession of IAM Roles Anywhere: a certificate under a trust anchor takes a role that a profile allows. */
import type { Role } from '../core/account.ts';
import { assumedRoleArn, parseArn, parseIamArn } from '../core/arn.ts';
import type { AuditIdentity } from '../core/audit/event.ts';
import type { Bytes } from '../core/bytes.ts';
import { tagContext } from '../core/context/identity-context.ts';
import { nowSecondsOf, type RequestFacts, requestContext } from '../core/context/request-context.ts';
import type { AwsCredentials } from '../core/credentials/mint.ts';
import type { RoleIdentity, Session } from '../core/credentials/session.ts';
import { joinSessionTags } from '../core/credentials/session-tags.ts';
import { Fault } from '../core/faults.ts';
import { contextOf } from '../core/policy/context.ts';
import { decide } from '../core/policy/decide.ts';
import type { AnywhereProfileRecord, TrustAnchor } from '../core/repositories/trust-anchors.ts';
import type { RequestHead } from '../core/sigv4/signed-request.ts';
import { parseX509Request, verifyX509Signature } from '../core/sigv4/x509.ts';
import type { Certificate } from '../core/x509/certificate.ts';
import { certificateTags, sourceIdentityOf } from '../core/x509/certificate-tags.ts';
import type { CertificatePath } from '../core/x509/chain.ts';
import { pathToAnchor, readSentCertificate } from '../core/x509/sent-chain.ts';
import { actionsOfWish, beginRoleSession, type SessionWish, wishContext } from './begin-session.ts';
import type { Deps } from './deps.ts';
import { issueAwsCredentials } from './issue.ts';
import { inVain } from './lookups.ts';
import { sessionElements } from './session-elements.ts';
import { checkSessionPolicies } from './session-policies.ts';

/** Whom a role's trust policy must name. */
export const ANYWHERE_SERVICE = 'rolesanywhere.amazonaws.com';

export interface AnywhereInput {
  readonly trustAnchorArn: string;
  readonly profileArn: string;
  readonly roleArn: string;
  readonly durationSeconds: number | null;
  readonly hasInstanceProperties: boolean;
}

export interface ProvedCertificate {
  readonly accountId: string;
  readonly certificate: Certificate;
  readonly anchor: TrustAnchor;
  readonly anchorId: string;
  readonly path: CertificatePath;
}

export interface AnywhereSession {
  readonly role: Role;
  readonly session: Session<RoleIdentity>;
  readonly credentials: AwsCredentials;
}

/** Who asks, for the trail. */
export const certificateIdentity = ({
  accountId,
  certificate,
  anchor,
}: ProvedCertificate): AuditIdentity => ({
  type: 'Instance',
  principalId: certificate.subject.slice(0, 256),
  arn: anchor.arn,
  accountId,
});

/**
 * Proves the certificate that signed a request: its signature, then its chain to the anchor that the request names.
 * @throws Fault `invalid_client` for everything that cannot be believed, which tells not why
 */
export async function proveCertificate(
  head: RequestHead,
  payload: Bytes,
  trustAnchorArn: string,
  nowSeconds: number,
  deps: Deps,
): Promise<ProvedCertificate> {
  const parsed = parseX509Request(head, nowSeconds);
  if (!parsed.ok) throw notBelieved(parsed.failure);
  const named = anywhereResource(trustAnchorArn, 'trust-anchor');
  const certificate = readSentCertificate(parsed.value.certificate);
  if (named === null || certificate === null) throw notBelieved('the certificate cannot be read');
  // The serial is the name that the request signs with: another certificate's is no other's.
  if (BigInt(parsed.value.serial) !== BigInt(`0x${certificate.serial}`)) throw notBelieved('serial');
  if (!(await verifyX509Signature(parsed.value, payload, certificate.key))) throw notBelieved('signature');
  const anchor = await deps.directory.trustAnchor(named.accountId, named.id);
  if (anchor?.arn !== trustAnchorArn || !anchor.enabled) throw notBelieved('trust anchor');
  const path = await pathToAnchor(certificate, parsed.value.chain, anchor, nowSeconds);
  if (!path.ok) throw notBelieved('chain', { ...path.failure });
  return { accountId: named.accountId, certificate, anchor, anchorId: named.id, path: path.value };
}

function anywhereResource(
  text: string,
  kind: string,
): { readonly accountId: string; readonly id: string } | null {
  const arn = parseArn(text);
  const [type, id = ''] = arn?.resource.split('/') ?? [];
  if (arn?.service !== 'rolesanywhere' || type !== kind || !/^[0-9a-f-]{36}$/.test(id)) return null;
  return { accountId: arn.accountId, id };
}

/**
 * @returns credentials of the role, which end with the certificate at the latest
 * @throws Fault `access_denied`, `validation_error`, `packed_policy_too_large`
 */
export async function anywhereSession(
  proved: ProvedCertificate,
  input: AnywhereInput,
  facts: RequestFacts,
  deps: Deps,
): Promise<AnywhereSession> {
  const profile = await requireProfile(proved, input, deps);
  const named = parseIamArn(input.roleArn);
  const role = named === null ? null : await deps.directory.role(proved.accountId, named.name);
  if (role?.arn !== input.roleArn) throw new Fault('access_denied', NOT_AUTHORIZED, { ...inVain });
  const wish = await wishOf(proved, profile, input, deps);
  requireTrust(role, proved, wish, facts);
  const origin = {
    ...{ federation: null, chained: false, mfaAtSeconds: null },
    notAfterSeconds: proved.path.notAfterSeconds,
    certificate: { trustAnchorId: proved.anchorId, profileId: profile.profileId, path: proved.path.path },
  };
  const session = beginRoleSession(role, wish, origin, nowSecondsOf(facts), deps);
  return { role, session, credentials: await issueAwsCredentials(session, deps) };
}

const NOT_AUTHORIZED = 'Not authorized to perform sts:AssumeRole';

async function requireProfile(
  { accountId }: ProvedCertificate,
  { profileArn, roleArn, hasInstanceProperties }: AnywhereInput,
  deps: Deps,
): Promise<AnywhereProfileRecord> {
  const named = anywhereResource(profileArn, 'profile');
  const profile =
    named?.accountId === accountId ? await deps.directory.anywhereProfile(accountId, named.id) : null;
  if (profile?.arn !== profileArn || !profile.enabled || !profile.roleArns.includes(roleArn))
    throw new Fault('access_denied', NOT_AUTHORIZED, { profileArn, roleArn, ...inVain });
  if (profile.requireInstanceProperties && !hasInstanceProperties)
    throw new Fault('validation_error', 'the profile requires instanceProperties');
  return profile;
}

/** Named by the certificate's serial number, with its fields as tags and its common name as source identity. */
async function wishOf(
  { certificate, accountId }: ProvedCertificate,
  profile: AnywhereProfileRecord,
  { durationSeconds }: AnywhereInput,
  deps: Deps,
): Promise<SessionWish> {
  const fields = certificateTags(certificate);
  const tags = fields.ok
    ? joinSessionTags({ tags: fields.value, transitiveKeys: [], inherited: [] })
    : fields;
  if (!tags.ok) throw new Fault('access_denied', 'the fields of the certificate cannot be session tags');
  if (durationSeconds !== null && durationSeconds > profile.durationSeconds)
    throw new Fault('validation_error', 'durationSeconds is longer than the profile allows');
  return {
    sessionName: certificate.serial.padStart(2, '0').slice(-64),
    durationSeconds: durationSeconds ?? profile.durationSeconds,
    ...tags.value,
    sourceIdentity: sourceIdentityOf(certificate),
    policies: await checkSessionPolicies(
      deps.directory,
      accountId,
      profile.sessionPolicy,
      profile.managedPolicyArns,
    ),
  };
}

/** The role's trust policy decides, on the fields of the certificate and the anchor (`aws:SourceArn`). */
function requireTrust(
  role: Role,
  { anchor, accountId }: ProvedCertificate,
  wish: SessionWish,
  facts: RequestFacts,
) {
  const context = contextOf([
    ...requestContext(facts),
    ...wishContext(wish),
    ...tagContext('aws:ResourceTag/', role.tags),
    ...tagContext('aws:PrincipalTag/', wish.tags),
    ['aws:ResourceAccount', role.accountId],
    ['aws:SourceArn', anchor.arn],
    ['aws:SourceAccount', accountId],
    ['aws:PrincipalIsAWSService', 'true'],
    ['aws:PrincipalServiceName', ANYWHERE_SERVICE],
  ]);
  for (const action of actionsOfWish('sts:AssumeRole', wish)) {
    const request = {
      principal: { type: 'service', name: ANYWHERE_SERVICE } as const,
      ...{ action, resource: role.arn, resourceAccount: role.accountId, context },
      resourcePolicyIsMandatory: true,
    };
    const { effect } = decide(request, { resource: role.trust });
    if (effect !== 'Allow')
      throw new Fault('access_denied', NOT_AUTHORIZED, { action, role: role.arn, effect });
  }
}

/** What the trail keeps of an issuance. */
export function issuanceElements({ role, session, credentials }: AnywhereSession) {
  const arn = assumedRoleArn(role.accountId, role.name, session.identity.sessionName);
  const credential = { accessKeyId: credentials.accessKeyId, tokenId: null };
  return { ...sessionElements(session, { arn, credential, caller: null }), assumedRole: arn };
}

const notBelieved = (reason: string, detail: Readonly<Record<string, unknown>> = {}): Fault =>
  new Fault('invalid_client', 'the signature or the certificate is not valid', {
    reason,
    ...detail,
    ...inVain,
  });
