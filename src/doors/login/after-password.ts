import { nowSecondsOf } from '../../core/context/request-context.ts';
import { factorsOf, hasSecondFactor } from '../../usecases/factors.ts';
import type { PassedPassword } from '../../usecases/login-transaction.ts';
import { asFault } from '../../usecases/record.ts';
import { recordRefusedSignIn } from '../../usecases/record-sign-in.ts';
import type { PasswordSignIn } from '../../usecases/sign-in-with-password.ts';
import type { DoorRequest } from '../http/door.ts';
import { seeOther } from '../http/page/page-answer.ts';
import { finish, pass, type UnderWay } from './under-way.ts';

/** After the right password: the second factor where there is one, then a new password where one is due, then the session. */
export async function afterPassword(
  door: DoorRequest,
  underWay: UnderWay,
  { identity, changeRequired }: PasswordSignIn,
): Promise<Response> {
  const factors = await factorsOf(identity, door.deps);
  return goOn(door, underWay, {
    identity,
    changeRequired,
    atSeconds: nowSecondsOf(door.facts),
    secondFactor: hasSecondFactor(factors) ? 'owed' : 'none',
    amr: ['pwd'],
  });
}

/** The next page of a sign-in, or its end. */
export async function goOn(door: DoorRequest, underWay: UnderWay, passed: PassedPassword): Promise<Response> {
  const { identity, secondFactor, changeRequired, atSeconds: _, ...shown } = passed;
  if (secondFactor !== 'owed' && !changeRequired) {
    return finish(door, underWay, identity, { ...shown, mfa: secondFactor === 'proved' }).catch(
      (error: unknown) => recordAndThrow(door, passed, error),
    );
  }
  const { cookie } = await pass(door, underWay, passed);
  return seeOther(door, secondFactor === 'owed' ? '/mfa' : '/login/new-password', [cookie]);
}

/** Whoever is disabled has proved who they are, and gets no session all the same. */
async function recordAndThrow(
  door: DoorRequest,
  { identity }: PassedPassword,
  error: unknown,
): Promise<never> {
  const fault = asFault(error);
  if (fault.code === 'access_denied')
    await recordRefusedSignIn(identity, 'password', fault, door.facts, door.deps);
  throw fault;
}
