/** What a login of a web identity asks its session to carry. */
import { toBase64Url, utf8 } from '../core/bytes.ts';
import type { Federation } from '../core/credentials/session.ts';
import { joinSessionTags } from '../core/credentials/session-tags.ts';
import { Fault } from '../core/faults.ts';
import type { ProvedIdentity } from '../core/federation/provider-kind.ts';
import { readDelegation } from '../core/oidc/act-claims.ts';
import { readAwsClaims } from '../core/oidc/aws-claims.ts';
import { authTimeOf } from '../core/oidc/second-factor.ts';
import type { SessionWish } from './begin-session.ts';
import type { ProvedLogin } from './prove-identity.ts';

/** What the caller says beside the proof. */
export interface CallerWish {
  /** Null lets the verified subject name the session. */
  readonly sessionName: string | null;
  readonly durationSeconds: number | null;
}

/**
 * What is asked, apart from session policies: trust never looks at those.
 * @throws Fault `invalid_identity_token` for tags or a source identity that no session can carry
 */
export async function wishOf(
  { sessionName, durationSeconds }: CallerWish,
  identity: ProvedIdentity,
): Promise<SessionWish> {
  const asked = readAwsClaims(identity.claims);
  if (!asked.ok) throw new Fault('invalid_identity_token', asked.failure);
  const { transitiveTagKeys, sourceIdentity } = asked.value;
  const tags = joinSessionTags({ tags: asked.value.tags, transitiveKeys: transitiveTagKeys, inherited: [] });
  if (!tags.ok) throw new Fault('invalid_identity_token', tags.failure);
  const delegation = readDelegation(identity.claims);
  if (!delegation.ok) throw new Fault('invalid_identity_token', delegation.failure);
  return {
    sessionName: sessionName ?? (await sessionNameOf(identity.subject)),
    durationSeconds,
    ...tags.value,
    sourceIdentity,
    policies: null,
    ...(delegation.value !== null && { delegation: delegation.value }),
  };
}

/** Subjects that can name a session as they are: no equals sign, which marks a name that was made. */
const NAMES_ITSELF = /^[\w+,.@-]{2,64}$/;
const READABLE_CHARACTERS = 41;
const DIGEST_CHARACTERS = 22;

/**
 * A session name made of a subject. Another subject never gets the same name, for policies tell sessions apart by it: what does
 * not fit a name is followed by a digest of the whole.
 */
export async function sessionNameOf(subject: string): Promise<string> {
  if (NAMES_ITSELF.test(subject)) return subject;
  const digest = toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(subject))));
  const readable = subject.replace(/[^\w+,.@-]/g, '-').slice(0, READABLE_CHARACTERS);
  return `${readable}=${digest.slice(0, DIGEST_CHARACTERS)}`;
}

/** What the session remembers of its login. */
export function federationOf({
  name,
  kind,
  identity: { subject, audience, claims },
}: ProvedLogin): Federation {
  const authTimeSeconds = authTimeOf(claims.auth_time);
  const amr = Array.isArray(claims.amr) ? claims.amr.filter((entry) => typeof entry === 'string') : [];
  return {
    provider: name,
    keyPrefix: kind.url,
    audience,
    subject,
    ...(amr.length > 0 && { amr }),
    ...(authTimeSeconds !== null && { authTimeSeconds }),
  };
}
