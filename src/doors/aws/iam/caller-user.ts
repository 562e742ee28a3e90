import { parseIamArn } from '../../../core/arn.ts';
import { Fault } from '../../../core/faults.ts';
import type { Caller } from '../../../usecases/caller.ts';

/**
 * The user that signed, for actions whose UserName may be left out.
 * @throws Fault `validation_error` where a role's session signed
 */
export function callerUserName({ principal, arn }: Caller): string {
  const name = principal.type === 'user' ? parseIamArn(arn)?.name : undefined;
  if (name !== undefined) return name;
  throw new Fault('validation_error', 'Must specify userName when calling with non-User credentials');
}
