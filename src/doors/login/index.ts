/** The pages on the way in. */
import { type PageRoute, pageDoor } from '../http/page/page-door.ts';
import { continuePage } from './continue.tsx';
import { changePassword, showNewPassword } from './new-password.tsx';
import { passkeyOptions, signInWithPasskey } from './passkey.ts';
import { showRootSignIn, signInRoot } from './root.tsx';
import {
  codeAsSecondFactor,
  passkeyAsSecondFactor,
  recoveryCodeAsSecondFactor,
  secondFactorOptions,
  showSecondFactor,
} from './second-factor.tsx';
import { showSignIn, signIn } from './sign-in.tsx';

const ROUTES: ReadonlyMap<string, PageRoute> = new Map<string, PageRoute>([
  ['/login', { GET: showSignIn, POST: signIn }],
  ['/login/root', { GET: showRootSignIn, POST: signInRoot }],
  ['/login/passkey', { POST: signInWithPasskey }],
  ['/login/passkey/options', { POST: passkeyOptions }],
  ['/login/new-password', { GET: showNewPassword, POST: changePassword }],
  ['/login/continue', { GET: continuePage }],
  ['/mfa', { GET: showSecondFactor }],
  ['/mfa/passkey', { POST: passkeyAsSecondFactor }],
  ['/mfa/passkey/options', { POST: secondFactorOptions }],
  ['/mfa/code', { POST: codeAsSecondFactor }],
  ['/mfa/recovery', { POST: recoveryCodeAsSecondFactor }],
]);

export const LOGIN_PATHS: readonly string[] = [...ROUTES.keys()];
export const loginDoor = pageDoor(ROUTES);
