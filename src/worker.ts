/** The entry: the table of doors with the steps they share, and the cron trigger. Nothing else. */
import type { Env } from './config.ts';
import { formatTimedUuid } from './core/ids.ts';
import { anywhereDoor } from './doors/anywhere/index.ts';
import { ASSET_PATHS, assetsDoor } from './doors/assets/index.ts';
import { AUTHORIZE_PATHS, authorizeDoor } from './doors/authorize/index.ts';
import { authzenDoor, authzenMetadataDoor } from './doors/authzen/index.ts';
import { queryDoor } from './doors/aws/index.ts';
import { credentialsDoor, enrolDoor, nonceDoor, tokenDoor } from './doors/credentials/index.ts';
import { DEVICE_PATHS, deviceDoor } from './doors/device/index.ts';
import { eventsDoor } from './doors/events/index.ts';
import { healthDoor } from './doors/health/index.ts';
import { arrive, type DoorHandler } from './doors/http/door.ts';
import { jsonAnswer } from './doors/http/headers.ts';
import { leadingVisitors, nowhereDoor } from './doors/http/page/visit.ts';
import { requestFacts } from './doors/http/request-facts.ts';
import { LOGIN_PATHS, loginDoor } from './doors/login/index.ts';
import { LOGOUT_PATHS, logoutDoor } from './doors/logout/index.ts';
import { ME_PATHS, meDoor } from './doors/me/index.ts';
import { oauthDoor } from './doors/oauth/index.ts';
import { PROVIDER_LOGIN_PREFIX, providerLoginDoor } from './doors/provider-login/index.ts';
import { samlDoor } from './doors/saml/index.ts';
import { revocationFeedDoor } from './doors/sessions/feed.ts';
import { sessionsDoor } from './doors/sessions/index.ts';
import { setupDoor } from './doors/setup/index.ts';
import { recoverRootDoor } from './doors/setup/recover-root.ts';
import { systemClock } from './platform/clock.ts';
import { log } from './platform/log.ts';
import { systemRandom } from './platform/random.ts';
import { createServices, type Services, type World } from './services.ts';
import { asFault } from './usecases/record.ts';
import { runChores } from './usecases/run-chores.ts';

export { AuditBuffer } from './audit-buffer.ts';

/** Exact paths; a path that is not here is no door. A Map, so that no odd path finds an inherited member. */
const DOORS: ReadonlyMap<string, DoorHandler> = new Map<string, DoorHandler>([
  ['/', leadingVisitors(queryDoor)],
  ['/sts/', queryDoor],
  ['/iam/', queryDoor],
  ['/sts', queryDoor],
  ['/iam', queryDoor],
  ['/.well-known/openid-configuration', oauthDoor],
  ['/.well-known/oauth-authorization-server', oauthDoor],
  ['/.well-known/jwks.json', oauthDoor],
  ['/oauth/token', oauthDoor],
  ['/oauth/device_authorization', oauthDoor],
  ['/oauth/par', oauthDoor],
  ['/oauth/register', oauthDoor],
  ['/oauth/introspect', oauthDoor],
  ['/oauth/revoke', oauthDoor],
  ['/oauth/userinfo', oauthDoor],
  ...AUTHORIZE_PATHS.map((path): [string, DoorHandler] => [path, authorizeDoor]),
  ...LOGOUT_PATHS.map((path): [string, DoorHandler] => [path, logoutDoor]),
  ...DEVICE_PATHS.map((path): [string, DoorHandler] => [path, deviceDoor]),
  ['/.well-known/authzen-configuration', authzenMetadataDoor],
  ['/access/v1/evaluation', authzenDoor],
  ['/access/v1/evaluations', authzenDoor],
  ['/credentials', credentialsDoor],
  ['/credentials/nonce', nonceDoor],
  ['/credentials/token', tokenDoor],
  ['/credentials/enrol', enrolDoor],
  ['/sessions', anywhereDoor],
  ['/v1/events', eventsDoor],
  ['/v1/sessions', sessionsDoor],
  ['/.well-known/daypass-revocations', revocationFeedDoor],
  ...ASSET_PATHS.map((path): [string, DoorHandler] => [path, assetsDoor]),
  ...LOGIN_PATHS.map((path): [string, DoorHandler] => [path, loginDoor]),
  ...ME_PATHS.map((path): [string, DoorHandler] => [path, meDoor]),
  ['/setup', setupDoor],
  ['/setup/recover-root', recoverRootDoor],
  ['/healthz', healthDoor],
  ['/readyz', healthDoor],
]);

/** Doors whose paths have parameters, by what these begin with, as it stands in the request: an encoded spelling is another path. */
const PREFIXES: readonly (readonly [prefix: string, handler: DoorHandler])[] = [
  ['/v1/sessions/', sessionsDoor],
  ['/saml/', samlDoor],
  [PROVIDER_LOGIN_PREFIX, providerLoginDoor],
];

const doorAt = (path: string): DoorHandler | undefined =>
  DOORS.get(path) ?? PREFIXES.find(([prefix]) => path.startsWith(prefix))?.[1];

const REQUEST_ID_BYTES = 16;

export interface DaypassWorker {
  fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response>;
  scheduled(controller: ScheduledController, env: Env, ctx: ExecutionContext): Promise<void>;
}

/** Makes the worker in a given world: tests bring their own clock. */
export function createWorker(world: World): DaypassWorker {
  const built = new WeakMap<object, Services>();
  const servicesOf = (env: Env): Services => {
    const held = built.get(env.DB);
    if (held !== undefined) return held;
    const services = createServices(env, world);
    built.set(env.DB, services);
    return services;
  };
  return {
    async fetch(request, env) {
      const requestId = formatTimedUuid(world.clock.nowMilliseconds(), world.random.bytes(REQUEST_ID_BYTES));
      try {
        const { config, deps } = servicesOf(env);
        const { url: text } = request; // made anew each time it is asked for
        const facts = requestFacts(request, text, config, world.clock, requestId);
        const door = arrive(request, text, deps, facts);
        return await (doorAt(door.address.path) ?? nowhereDoor)(door);
      } catch (error) {
        return lastAnswer(error, requestId);
      }
    },
    async scheduled(_controller, env) {
      await runChores(servicesOf(env).deps);
    },
  };
}

/** For what no door has turned into its own protocol: a path that is none, a setting that is wrong, a defect. */
function lastAnswer(error: unknown, requestId: string): Response {
  const fault = asFault(error);
  if (fault.code === 'not_found') return jsonAnswer(requestId, 404, { error: 'not_found' });
  log('error', 'request.failed', { requestId, ...fault.detail });
  return jsonAnswer(requestId, 500, { error: 'internal_failure', request_id: requestId });
}

export default createWorker({ clock: systemClock, random: systemRandom });
