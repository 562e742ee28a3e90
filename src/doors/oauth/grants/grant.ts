/** The shape of a grant of the token endpoint. */
import type { AuditIdentity } from '../../../core/audit/event.ts';
import type { RequestFacts } from '../../../core/context/request-context.ts';
import { Fault } from '../../../core/faults.ts';
import type { AuthenticatedRequest } from '../../../usecases/authenticate-caller.ts';
import type { Deps } from '../../../usecases/deps.ts';
import type { ProvedClient } from '../../../usecases/oauth/authenticate-client.ts';

/** Form parameters by name; each stands once. */
export type TokenParameters = ReadonlyMap<string, string>;

/** Who signed, and the session token that the signature covers; null for a long-term key. */
export type SignedCaller = AuthenticatedRequest & { readonly sessionToken: string | null };

export interface GrantContext {
  readonly deps: Deps;
  readonly facts: RequestFacts;
  /** Proves who signed the request; null where it is not signed. A grant that `takesSignature` must ask. */
  readonly signature: (() => Promise<SignedCaller>) | null;
  /** The client, proved as it is registered; null where the request names none. */
  readonly client: ProvedClient | null;
  /** The key that the sender proved to hold, to which every token of the answer is bound, as `sender-key.ts` writes it; null without. */
  readonly keyThumbprint: string | null;
  /** Says as soon as it is known whom and which account the exchange is about, for the trail. */
  readonly tell: (facts: {
    readonly accountId?: string;
    readonly identity?: AuditIdentity;
    readonly parameters?: Readonly<Record<string, unknown>>;
    readonly elements?: Readonly<Record<string, unknown>>;
  }) => void;
}

export interface Grant {
  /** The value of `grant_type`. */
  readonly type: string;
  /** What the trail calls it. */
  readonly eventName: string;
  /** Whether a client must prove itself; `none` spells why it need not. */
  readonly clientAuthentication: 'required' | { readonly none: string };
  /** Whether such a request may be signed; any other that is signed is refused, for nobody would look at the signature. */
  readonly takesSignature?: (parameters: TokenParameters) => boolean;
  /** Whether it reads `authorization_details`; any other grant refuses them, for nobody would look at them. @see RFC 9396 section 6 */
  readonly takesDetails?: true;
  /** @returns the members of the token answer */
  readonly run: (
    parameters: TokenParameters,
    context: GrantContext,
  ) => Promise<Readonly<Record<string, unknown>>>;
}

/** The client of a grant that requires one. */
export function clientOf({ client }: GrantContext): ProvedClient {
  if (client !== null) return client;
  throw new Fault('invalid_client', 'client authentication failed');
}

/**
 * The resource server that a token is for: `resource` of RFC 8707, or `audience` as RFC 8693 has it.
 * @throws Fault `invalid_target` where both are given and differ
 */
export function resourceOf(parameters: TokenParameters): string | null {
  const [resource, audience] = [parameters.get('resource'), parameters.get('audience')];
  if (resource !== undefined && audience !== undefined && resource !== audience)
    throw new Fault('invalid_target', 'one token has one audience');
  return resource ?? audience ?? null;
}
