/** The pages of a signed-in person: security, roles, credentials for the command line. */
import { type PageRoute, pageDoor } from '../http/page/page-door.ts';
import { makeKey, removeKey, setKey } from './access-keys.tsx';
import { addApp, dropApp, makeApp, showNewApp } from './app.tsx';
import { removeApplication } from './applications.tsx';
import { makeCliCredentials, showCli } from './cli.tsx';
import { confirmByPasskey, confirmByPassword, confirmOptions, showConfirm } from './confirm.tsx';
import { showFirstFactor } from './first-factor.tsx';
import { confirmLink, removeLink, showLink, startLink } from './links.tsx';
import {
  addPasskey,
  registrationOptions,
  removePasskey,
  renamePasskey,
  showAddPasskey,
} from './passkeys.tsx';
import { newRecoveryCodes } from './recovery-codes.tsx';
import { chooseRole, showRoles } from './roles.tsx';
import { securityPage } from './security-page.tsx';
import { endAll, endOne, signOut } from './sessions.ts';
import { signedIn, signedInAtAll } from './visitor.ts';

const ROUTES: ReadonlyMap<string, PageRoute> = new Map<string, PageRoute>([
  ['/me', { GET: signedIn(securityPage) }],
  ['/me/first-factor', { GET: signedInAtAll(showFirstFactor) }],
  ['/me/confirm', { GET: signedInAtAll(showConfirm), POST: signedInAtAll(confirmByPassword) }],
  ['/me/confirm/options', { POST: confirmOptions }],
  ['/me/confirm/passkey', { POST: signedInAtAll(confirmByPasskey) }],
  ['/me/passkeys/add', { GET: signedInAtAll(showAddPasskey) }],
  ['/me/passkeys/options', { POST: registrationOptions }],
  ['/me/passkeys', { POST: signedInAtAll(addPasskey) }],
  ['/me/passkeys/rename', { POST: signedIn(renamePasskey) }],
  ['/me/passkeys/remove', { POST: signedIn(removePasskey) }],
  ['/me/app', { GET: signedInAtAll(showNewApp), POST: signedInAtAll(makeApp) }],
  ['/me/app/confirm', { POST: signedInAtAll(addApp) }],
  ['/me/app/remove', { POST: signedIn(dropApp) }],
  ['/me/recovery-codes', { POST: signedIn(newRecoveryCodes) }],
  ['/me/access-keys', { POST: signedIn(makeKey) }],
  ['/me/access-keys/status', { POST: signedIn(setKey) }],
  ['/me/access-keys/remove', { POST: signedIn(removeKey) }],
  ['/me/applications/remove', { POST: signedIn(removeApplication) }],
  ['/me/links', { POST: signedIn(startLink) }],
  ['/me/links/confirm', { GET: signedIn(showLink), POST: signedIn(confirmLink) }],
  ['/me/links/remove', { POST: signedIn(removeLink) }],
  ['/me/sessions/end', { POST: signedIn(endOne) }],
  ['/me/sessions/end-all', { POST: signedIn(endAll) }],
  ['/me/roles', { GET: signedIn(showRoles, { kind: 'roles', id: '' }), POST: signedIn(chooseRole) }],
  ['/me/cli', { GET: signedIn(showCli, { kind: 'cli', id: '' }), POST: signedIn(makeCliCredentials) }],
  ['/logout', { POST: signedInAtAll(signOut) }],
]);

export const ME_PATHS: readonly string[] = [...ROUTES.keys()];
export const meDoor = pageDoor(ROUTES);
