/** The OAuth door: discovery, keys, tokens. */

import { nowSecondsOf } from '../../core/context/request-context.ts';
import { Fault } from '../../core/faults.ts';
import { isForgotten, type Keyring } from '../../core/keyring/keyring.ts';
import { requireKeyring } from '../../usecases/issue.ts';
import { asFault } from '../../usecases/record.ts';
import { type DoorHandler, type DoorRequest, isRead } from '../http/door.ts';
import { jsonAnswer } from '../http/headers.ts';
import { jsonRefusal } from '../http/json-refusal.ts';
import { preflightAnswer, shareAnswer } from './cors.ts';
import { deviceAuthorizationEndpoint } from './device-authorization.ts';
import { oauthMetadata, openIdMetadata } from './discovery.ts';
import { introspectionEndpoint } from './introspect.ts';
import { pushedRequestEndpoint } from './pushed-request.ts';
import { clientEndpoint } from './refusal.ts';
import { registrationEndpoint } from './register.ts';
import { revocationEndpoint } from './revoke.ts';
import { tokenEndpoint } from './token.ts';
import { userInfoEndpoint } from './user-info.ts';

const PUBLIC_SECONDS = 300;

const ROUTES: ReadonlyMap<string, DoorHandler> = new Map<string, DoorHandler>([
  [
    '/.well-known/openid-configuration',
    async (door) => {
      const { signing } = await requireKeyring(door.deps);
      return published(door, openIdMetadata(door.deps.settings, new Set(signing.keys())));
    },
  ],
  [
    '/.well-known/oauth-authorization-server',
    async (door) => published(door, oauthMetadata(door.deps.settings)),
  ],
  [
    '/.well-known/jwks.json',
    async (door) => published(door, jwks(await requireKeyring(door.deps), nowSecondsOf(door.facts))),
  ],
  ['/oauth/token', tokenEndpoint],
  ['/oauth/device_authorization', clientEndpoint(deviceAuthorizationEndpoint)],
  ['/oauth/par', clientEndpoint(pushedRequestEndpoint)],
  ['/oauth/introspect', clientEndpoint(introspectionEndpoint)],
  ['/oauth/revoke', clientEndpoint(revocationEndpoint)],
  ['/oauth/userinfo', userInfoEndpoint],
  ['/oauth/register', registrationEndpoint],
]);

export async function oauthDoor(door: DoorRequest): Promise<Response> {
  return preflightAnswer(door) ?? shareAnswer(door, await answer(door));
}

async function answer(door: DoorRequest): Promise<Response> {
  try {
    const route = ROUTES.get(door.address.path);
    if (route === undefined) throw new Fault('not_found', 'there is nothing here');
    return await route(door);
  } catch (error) {
    return jsonRefusal(door, asFault(error));
  }
}

function published({ request, facts }: DoorRequest, document: unknown): Response {
  if (!isRead(request)) {
    throw new Fault('method_not_allowed', 'this document is read by GET');
  }
  return jsonAnswer(facts.requestId, 200, document, { 'cache-control': `public, max-age=${PUBLIC_SECONDS}` });
}

/** Pending, active and retired keys: whoever may meet a token of ours finds its key. */
const jwks = (keyring: Keyring, nowSeconds: number) => ({
  keys: keyring.publicKeys
    .filter((key) => !isForgotten(key.forgottenAtSeconds, nowSeconds))
    .map(({ forgottenAtSeconds: _, ...jwk }) => jwk),
});
