/** Logins at providers that an IAM user has linked to itself: the list, the way to the provider and back, and the last word. */
import { nowSecondsOf } from '../../core/context/request-context.ts';
import { openCandidate } from '../../usecases/link-candidate.ts';
import { beginLink, linkIdentity, providerNameOf, unlinkIdentity } from '../../usecases/link-identity.ts';
import { PROVIDER_LOGIN_SECONDS } from '../../usecases/provider-login.ts';
import { asFault } from '../../usecases/record.ts';
import { SAML_LOGIN_SECONDS } from '../../usecases/saml-login.ts';
import type { DoorRequest } from '../http/door.ts';
import {
  dropCookie,
  LINK_COOKIE,
  PROVIDER_COOKIE,
  readCookie,
  SAML_COOKIE,
  setCookie,
  setCrossSiteCookie,
} from '../http/page/cookies.ts';
import { Layout } from '../http/page/layout.tsx';
import { frameOf, readOwnForm } from '../http/page/own-form.ts';
import { pageAnswer, seeOther } from '../http/page/page-answer.ts';
import { providerName } from '../http/page/provider-name.ts';
import type { Visitor } from '../http/page/visitor.ts';
import { LinkView } from './link-view.tsx';
import { confirmFirst } from './visitor.ts';

/** A form may lead to no other site, so a page of ours comes between. */
export async function startLink(door: DoorRequest, visitor: Visitor): Promise<Response> {
  const form = await readOwnForm(door, visitor);
  const wait = await confirmFirst(door, visitor);
  if (wait !== null) return wait;
  const begun = await beginLink(visitor.session, form.get('provider') ?? '', door.facts, door.deps);
  const cookie =
    begun.kind === 'saml'
      ? setCrossSiteCookie(SAML_COOKIE, begun.cookie, SAML_LOGIN_SECONDS)
      : setCookie(PROVIDER_COOKIE, begun.cookie, PROVIDER_LOGIN_SECONDS);
  return pageAnswer(
    door,
    200,
    <Layout frame={frameOf(door, visitor)} title="Sign in there" goOnTo={begun.location}>
      <div class="card">
        <p>Going on to the provider. Sign in there with the login that you want to link…</p>
        <p>
          <a class="button primary block" href={begun.location}>
            Continue
          </a>
        </p>
      </div>
    </Layout>,
    { cookies: [cookie] },
  );
}

const GONE = '/me?done=link-gone';

const candidateOf = ({ request, facts, deps }: DoorRequest, { session }: Visitor) =>
  openCandidate(readCookie(request, LINK_COOKIE), session, nowSecondsOf(facts), deps);

/** Shows whose login came back: a provider may have signed in somebody else than the person thinks. */
export async function showLink(door: DoorRequest, visitor: Visitor): Promise<Response> {
  const candidate = await candidateOf(door, visitor);
  if (candidate === null) return seeOther(door, GONE, [dropCookie(LINK_COOKIE)]);
  const name = await providerNameOf(candidate.accountId, candidate.providerId, door.deps);
  return pageAnswer(
    door,
    200,
    <LinkView
      frame={frameOf(door, visitor)}
      csrf={visitor.csrf}
      provider={providerName(name)}
      label={candidate.label}
      subject={candidate.subject}
    />,
  );
}

export async function confirmLink(door: DoorRequest, visitor: Visitor): Promise<Response> {
  await readOwnForm(door, visitor);
  const wait = await confirmFirst(door, visitor);
  if (wait !== null) return wait;
  const candidate = await candidateOf(door, visitor);
  const dropped = [dropCookie(LINK_COOKIE)];
  if (candidate === null) return seeOther(door, GONE, dropped);
  try {
    await linkIdentity(visitor.session, candidate, door.facts, door.deps);
    return seeOther(door, '/me?done=linked', dropped);
  } catch (error) {
    const fault = asFault(error);
    if (fault.code === 'entity_already_exists') return seeOther(door, '/me?done=link-taken', dropped);
    throw fault;
  }
}

export async function removeLink(door: DoorRequest, visitor: Visitor): Promise<Response> {
  const form = await readOwnForm(door, visitor);
  const wait = await confirmFirst(door, visitor);
  if (wait !== null) return wait;
  const identity = { providerId: form.get('provider') ?? '', subject: form.get('subject') ?? '' };
  await unlinkIdentity(visitor.session, identity, door.facts, door.deps);
  return seeOther(door, '/me?done=unlinked');
}
