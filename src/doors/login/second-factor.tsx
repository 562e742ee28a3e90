/** The second factor of a sign-in: a passkey or security key, an authenticator app, or a recovery code. */
import { nowSecondsOf } from '../../core/context/request-context.ts';
import { Fault } from '../../core/faults.ts';
import { ownerOf } from '../../core/sign-in/identity.ts';
import { passkeyAmr } from '../../core/sign-in/passkey.ts';
import { beginAuthentication } from '../../usecases/begin-passkey.ts';
import { CEREMONY_SECONDS } from '../../usecases/ceremony.ts';
import { type Factors, factorOwnerOf, factorsOf } from '../../usecases/factors.ts';
import { finishAuthentication } from '../../usecases/finish-passkey.ts';
import type { PassedPassword } from '../../usecases/login-transaction.ts';
import { asFault } from '../../usecases/record.ts';
import { recordRefusedSignIn } from '../../usecases/record-sign-in.ts';
import { useRecoveryCode } from '../../usecases/recovery-codes.ts';
import { verifyMfaCode } from '../../usecases/verify-mfa-code.ts';
import type { DoorRequest } from '../http/door.ts';
import { CEREMONY_COOKIE, readCookie, setCookie } from '../http/page/cookies.ts';
import type { FieldError } from '../http/page/form.tsx';
import { pageAnswer, seeOther } from '../http/page/page-answer.ts';
import { scripted } from '../http/page/page-door.ts';
import { goOn } from './after-password.ts';
import { SecondFactorView } from './second-factor-view.tsx';
import { passedOf, readOrBegin, readStep, type UnderWay } from './under-way.ts';

type Factor = 'passkey' | 'mfa-code' | 'recovery-code';

export async function showSecondFactor(door: DoorRequest): Promise<Response> {
  const underWay = await readOrBegin(door);
  const passed = passedOf(underWay);
  if (passed?.secondFactor !== 'owed') return seeOther(door, '/login');
  return secondFactorPage(door, underWay, await factorsOf(passed.identity, door.deps), []);
}

/** The person's own keys, and none else. */
export const secondFactorOptions = scripted(async (door) => {
  const underWay = await readStep(door);
  const { identity } = requireOwed(underWay);
  const { passkeys } = await factorsOf(identity, door.deps);
  const nowSeconds = nowSecondsOf(door.facts);
  const { options, cookie } = await beginAuthentication(
    'second-factor',
    passkeys,
    underWay.csrf,
    nowSeconds,
    door.deps,
  );
  return { body: options, cookies: [setCookie(CEREMONY_COOKIE, cookie, CEREMONY_SECONDS)] };
});

export const passkeyAsSecondFactor = (door: DoorRequest): Promise<Response> =>
  proveBy(door, 'passkey', async ({ form, csrf: holder }, { identity }) => {
    const whose = { accountId: identity.accountId, owner: ownerOf(identity) };
    const cookie = readCookie(door.request, CEREMONY_COOKIE);
    const answer = { response: form.get('response') ?? '', cookie, holder };
    const nowSeconds = nowSecondsOf(door.facts);
    const { passkey } = await finishAuthentication('second-factor', whose, answer, nowSeconds, door.deps);
    return [...passkeyAmr(passkey, false), 'mfa'];
  });

export const codeAsSecondFactor = (door: DoorRequest): Promise<Response> =>
  proveBy(door, 'mfa-code', async ({ form }, { identity }) => {
    const owner = factorOwnerOf(identity);
    if (owner === null) throw refused('no such factor');
    const { virtualDevices } = await factorsOf(identity, door.deps);
    const serialNumber = form.get('device') ?? virtualDevices[0] ?? '';
    const code = (form.get('code') ?? '').replaceAll(/\s/g, '');
    const input = { accountId: identity.accountId, owner, serialNumber, code };
    await verifyMfaCode(input, nowSecondsOf(door.facts), door.deps);
    return ['otp', 'mfa'];
  });

export const recoveryCodeAsSecondFactor = (door: DoorRequest): Promise<Response> =>
  proveBy(door, 'recovery-code', async ({ form }, { identity }) => {
    const typed = form.get('recovery') ?? '';
    const good = await useRecoveryCode(identity, typed, nowSecondsOf(door.facts), door.deps);
    if (!good) throw refused('recovery code is wrong or used');
    return ['otp', 'mfa'];
  });

type Step = Awaited<ReturnType<typeof readStep>>;

async function proveBy(
  door: DoorRequest,
  factor: Factor,
  prove: (step: Step, passed: PassedPassword) => Promise<readonly string[]>,
): Promise<Response> {
  const step = await readStep(door);
  const passed = requireOwed(step);
  try {
    const amr = await prove(step, passed);
    return await goOn(door, step, {
      ...passed,
      secondFactor: 'proved',
      amr: [...new Set([...passed.amr, ...amr])],
    });
  } catch (error) {
    const fault = asFault(error);
    if (fault.code !== 'access_denied') throw fault;
    await recordRefusedSignIn(passed.identity, factor, fault, door.facts, door.deps);
    const factors = await factorsOf(passed.identity, door.deps);
    return secondFactorPage(door, step, factors, [refusalOf(factor)]);
  }
}

/** @throws Fault `access_denied` where no right password came before */
function requireOwed(underWay: UnderWay): PassedPassword {
  const passed = passedOf(underWay);
  if (passed?.secondFactor === 'owed') return passed;
  throw new Fault('access_denied', 'this sign-in took too long; begin again');
}

const refused = (reason: string): Fault => new Fault('access_denied', 'not accepted', { reason });

const REFUSALS: Readonly<Record<Factor, FieldError>> = {
  passkey: { field: null, message: 'The passkey was not accepted. Try again, or use another way.' },
  'mfa-code': {
    field: 'code',
    message:
      'This code was not accepted. Wait for the next one and try again. After ten wrong codes, none is accepted for 30 minutes.',
  },
  'recovery-code': { field: 'recovery', message: 'This recovery code is wrong, or was used before' },
};
const refusalOf = (factor: Factor): FieldError => REFUSALS[factor];

function secondFactorPage(
  door: DoorRequest,
  { csrf, cookie }: UnderWay,
  factors: Factors,
  errors: readonly FieldError[],
): Promise<Response> {
  return pageAnswer(
    door,
    errors.length === 0 ? 200 : 400,
    <SecondFactorView frame={door.deps.settings} csrf={csrf} factors={factors} errors={errors} />,
    { cookies: [cookie] },
  );
}
