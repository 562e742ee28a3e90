import type { Consent } from '../oauth/consent.ts';
import type { SignInOwner } from '../sign-in/identity.ts';
import type { MakeEvent } from './change.ts';

/** What people let applications have. It goes with the client, the person, or their word; kept with the code that it lets (`AuthorizationCodes`). */
export interface Consents {
  find(accountId: string, owner: SignInOwner, clientId: string): Promise<Consent | null>;
  /** Of one person, the latest first. */
  list(accountId: string, owner: SignInOwner, nowSeconds: number): Promise<readonly Consent[]>;
  /** Whether there was one or not: afterwards there is none. */
  remove(accountId: string, owner: SignInOwner, clientId: string, event: MakeEvent): Promise<void>;
  sweep(nowSeconds: number): Promise<void>;
}
