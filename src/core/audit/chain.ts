/**
 * The chain over the audit trail. Each checkpoint seals the events of its positions and the checkpoint before, and is signed: who
 * changes, removes, adds or reorders what is sealed needs the trail key, which D1 holds sealed alone.
 */
import { jwtVerify, SignJWT } from 'jose';
import { toBase64Url, utf8 } from '../bytes.ts';
import type { SigningKey, VerificationKey } from '../keyring/keyring.ts';

/** Keeps statements about the trail apart from tokens. */
const STATEMENT_TYPE = 'daypass-trail+jwt';

/** A sealed event: every column of its row. */
export interface ChainedEvent {
  readonly accountId: string;
  readonly eventId: string;
  readonly atMilliseconds: number;
  readonly eventSource: string;
  readonly eventName: string;
  readonly outcome: string;
  readonly principalArn: string | null;
  readonly requestId: string;
  readonly shard: string | null;
  readonly shardSequence: number | null;
  readonly body: string;
}

/** What a checkpoint says. */
export interface Checkpoint {
  /** Counted from one without a gap. */
  readonly number: number;
  readonly firstPosition: number;
  readonly lastPosition: number;
  /** The head of the checkpoint before; empty for the first. */
  readonly previous: string;
  readonly head: string;
}

/**
 * @param previous - the head before, empty for none
 * @param events - in the order of their positions
 * @returns SHA-256 over the head before, the first position and every column of the events, base64url
 */
export async function chainHead(
  previous: string,
  firstPosition: number,
  events: readonly ChainedEvent[],
): Promise<string> {
  const text = JSON.stringify([previous, firstPosition, events.map(columnsOf)]);
  return toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text))));
}

const columnsOf = (event: ChainedEvent): readonly unknown[] => [
  event.accountId,
  event.eventId,
  event.atMilliseconds,
  event.eventSource,
  event.eventName,
  event.outcome,
  event.principalArn,
  event.requestId,
  event.shard,
  event.shardSequence,
  event.body,
];

/** Signs a checkpoint. @returns a compact JWS that anybody with the public key can check */
export const signCheckpoint = (
  key: SigningKey,
  issuer: string,
  checkpoint: Checkpoint,
  nowSeconds: number,
): Promise<string> =>
  new SignJWT({ iss: issuer, iat: nowSeconds, ...checkpoint })
    .setProtectedHeader({ alg: key.algorithm, typ: STATEMENT_TYPE, kid: key.kid })
    .sign(key.privateKey);

/** @returns the checkpoint of a signed statement, or null for one that cannot be believed */
export async function readStatement(
  statement: string,
  keys: ReadonlyMap<string, VerificationKey>,
): Promise<Checkpoint | null> {
  try {
    const { payload } = await jwtVerify(
      statement,
      ({ kid }) => {
        const key = keys.get(kid ?? '');
        if (key === undefined) throw new Error('unknown key');
        return key.publicKey;
      },
      { algorithms: ['ES256'], typ: STATEMENT_TYPE },
    );
    const { number, firstPosition, lastPosition, previous, head } = payload;
    if (typeof number !== 'number' || typeof firstPosition !== 'number' || typeof lastPosition !== 'number')
      return null;
    if (typeof previous !== 'string' || typeof head !== 'string') return null;
    return { number, firstPosition, lastPosition, previous, head };
  } catch {
    return null; // jose says why; whatever it is, this is no statement of ours
  }
}
