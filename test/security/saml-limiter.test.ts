/** SAML's door and the limiter together, with a clock of the test: whoever sends what no provider signed is slowed down, nobody else. */
import { beforeEach, expect, test } from 'vitest';
import type { SamlProvider } from '../../src/core/saml/provider.ts';
import { samlProviderId } from '../../src/core/saml/provider.ts';
import { arrive } from '../../src/doors/http/door.ts';
import { samlDoor } from '../../src/doors/saml/index.ts';
import { createLookupLimiter } from '../../src/platform/limiter.ts';
import type { Deps } from '../../src/usecases/deps.ts';
import { fakeClock, fakeRandom } from '../helpers/fake-world.ts';
import { IDP_ENTITY_ID, makeSamlIdp } from '../helpers/saml-idp.ts';

const ISSUER = 'https://daypass.example';
const ACCOUNT = '111122223333';
const ID = samlProviderId(ACCOUNT, new Uint8Array(10));
const ACS = `${ISSUER}/saml/${ID}/acs`;
const BURST = 3000;

const clock = fakeClock();
let deps: Deps;
let unsigned: string;
let unknown: string;

beforeEach(async () => {
  const idp = await makeSamlIdp();
  const nowSeconds = Math.floor(clock.nowMilliseconds() / 1000);
  const xml = await idp.say(
    { entityId: `${ISSUER}/saml/${ID}/metadata`, assertionConsumerUrl: ACS, nowSeconds },
    { signed: 'nothing' },
  );
  unsigned = Buffer.from(xml).toString('base64');
  unknown = `${ISSUER}/saml/SAMLSP${'A'.repeat(24)}/acs`;
  const provider: SamlProvider = {
    accountId: ACCOUNT,
    providerId: ID,
    name: 'idp',
    arn: `arn:aws:iam::${ACCOUNT}:saml-provider/idp`,
    entityId: IDP_ENTITY_ID,
    certificates: [{ der: idp.key.certificate, notBeforeSeconds: 0, notAfterSeconds: 9_999_999_999 }],
    signOnEndpoints: [],
    logoutEndpoints: [],
    wantsSignedRequests: false,
    validUntilSeconds: null,
    requiresEncryption: false,
    admitsUnsolicited: true,
    mfaContextClasses: [],
    privateKeys: [],
  };
  deps = {
    clock,
    random: fakeRandom(),
    settings: { issuer: ISSUER, mode: 'production' },
    directory: { samlProvider: async (_: string, id: string) => (id === ID ? provider : null) },
    lookups: createLookupLimiter(clock),
    audit: { note: () => undefined },
    log: () => undefined,
  } as unknown as Deps; // all that a response which nobody signed meets
});

/** @returns the status of one response sent from an address */
async function send(sourceIp: string, SAMLResponse = unsigned, at = ACS): Promise<number> {
  const url = new URL(at);
  const request = new Request(url, { method: 'POST', body: new URLSearchParams({ SAMLResponse }) });
  const facts = {
    ...{ requestId: 'r', nowMilliseconds: clock.nowMilliseconds(), sourceIp, userAgent: null },
    ...{ secureTransport: true, near: null },
  };
  return (await samlDoor(arrive(request, request.url, deps, facts))).status;
}

test('an address that sends much of it waits; another is served, and so is it a while later', async () => {
  const seen = new Map<number, number>();
  for (let sent = 0; sent < BURST; sent += 1) {
    // Not base64, no signature, no such provider: all of it costs.
    const kinds = [['%'], [unsigned], [unsigned, unknown]] as const;
    const [response = '%', at] = kinds[sent % kinds.length] ?? [];
    const status = await send('192.0.2.1', response, at);
    seen.set(status, (seen.get(status) ?? 0) + 1);
  }
  expect([...seen]).toEqual([
    [400, 2000],
    [404, 1000],
  ]);
  expect([await send('192.0.2.1'), await send('192.0.2.1', unsigned, unknown)]).toEqual([429, 429]);
  expect(await send('192.0.2.2')).toBe(400);
  clock.advance(1000);
  expect(await send('192.0.2.1')).toBe(400);
}, 60_000);
