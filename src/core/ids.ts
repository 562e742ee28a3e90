/**
 * Identifiers in AWS's forms. Randomness is an argument, so that the caller owns its source and tests own its value.
 * @see IAM User Guide, "IAM identifiers", section "Unique identifiers"
 */
import { isAccountId } from './arn.ts';
import { parseBase32, toBase32, toHex } from './bytes.ts';

/** What the first four characters of a unique id say about its owner. */
export type UniqueIdPrefix =
  | 'AIDA' // user
  | 'AROA' // role
  | 'AGPA' // group
  | 'ANPA' // managed policy
  | 'ANVA' // managed policy version
  | 'AIPA' // instance profile
  | 'ASCA' // certificate
  | 'APKA' // public key
  | 'ABIA' // bearer token
  | 'ACCA'; // context-specific credential

/** What the first four characters of an access key id say: `AKIA` is long-term, `ASIA` belongs to a session. */
export type AccessKeyIdPrefix = 'AKIA' | 'ASIA';

/** Random bytes that `uniqueId` consumes. */
export const UNIQUE_ID_RANDOM_BYTES = 11;
/** Random bytes that `accessKeyId` consumes. */
export const ACCESS_KEY_ID_RANDOM_BYTES = 5;

const UNIQUE_ID_LENGTH = 21;
const ACCESS_KEY_ID = /^A[KS]IA[A-Z2-7]{16}$/;
const TOP_BIT = 2 ** 47;
const LARGEST_ACCOUNT = 999_999_999_999;

/**
 * Makes a unique id: the prefix and 17 base32 characters (85 random bits), 21 in all.
 * @param random - at least `UNIQUE_ID_RANDOM_BYTES` random bytes
 * @throws RangeError when there are fewer
 */
export function uniqueId(prefix: UniqueIdPrefix, random: Uint8Array): string {
  requireLength(random, UNIQUE_ID_RANDOM_BYTES);
  const text = prefix + toBase32(random.subarray(0, UNIQUE_ID_RANDOM_BYTES));
  return text.slice(0, UNIQUE_ID_LENGTH);
}

/**
 * Makes an access key id: the prefix and 16 base32 characters, ten bytes that carry the account as AWS's ids do:
 * a set top bit, 40 bits of account, 39 random bits.
 * @param accountId - twelve digits
 * @param random - at least `ACCESS_KEY_ID_RANDOM_BYTES` random bytes
 * @throws RangeError when there are fewer, or when the account id is none
 */
export function accessKeyId(prefix: AccessKeyIdPrefix, accountId: string, random: Uint8Array): string {
  requireLength(random, ACCESS_KEY_ID_RANDOM_BYTES);
  if (!isAccountId(accountId)) throw new RangeError('an account id has twelve digits');
  const [sevenBits = 0, ...tail] = random.subarray(0, ACCESS_KEY_ID_RANDOM_BYTES);
  // 48 bits: exact in a double, but too wide for the bitwise operators
  const head = TOP_BIT + Number(accountId) * 128 + (sevenBits & 127);
  const bytes = new Uint8Array(10);
  new DataView(bytes.buffer).setUint16(0, Math.floor(head / 2 ** 32));
  new DataView(bytes.buffer).setUint32(2, head % 2 ** 32);
  bytes.set(tail, 6);
  return prefix + toBase32(bytes);
}

/**
 * Reads the account out of an access key id, without any lookup. It proves nothing: anybody can compose such an id.
 * @returns twelve digits, or null for another form or an older id that carries no account
 */
export function accountOfAccessKeyId(id: string): string | null {
  if (!ACCESS_KEY_ID.test(id)) return null;
  const bytes = parseBase32(id.slice(4));
  if (!bytes) return null;
  const view = new DataView(bytes.buffer);
  const head = view.getUint16(0) * 2 ** 32 + view.getUint32(2);
  if (head < TOP_BIT) return null;
  const account = Math.floor((head - TOP_BIT) / 128);
  return account > LARGEST_ACCOUNT ? null : String(account).padStart(12, '0');
}

function requireLength(random: Uint8Array, bytes: number): void {
  if (random.length < bytes) throw new RangeError(`needs ${bytes} random bytes, got ${random.length}`);
}

/**
 * Writes 16 random bytes as a UUID of version 4.
 * @see RFC 9562 section 5.4
 */
export const formatUuid = (random: Uint8Array): string => uuidOf(random.slice(0, 16), 4);

/**
 * Writes a moment and ten of 16 random bytes as a UUID of version 7. For what is stored in numbers and is no secret: ids that
 * are made one after the other stand beside each other in an index, which a database then writes much more cheaply.
 * @see RFC 9562 section 5.7
 */
export const formatTimedUuid = (atMilliseconds: number, random: Uint8Array): string =>
  uuidOf(timedBytes(atMilliseconds, random), 7);

const TIMED_BYTES = 16;

/**
 * @param atMilliseconds - since 1970
 * @param random - at least 16 random bytes
 * @returns the moment in six bytes, most significant first, and ten random ones
 * @throws RangeError when there are fewer
 */
export function timedBytes(atMilliseconds: number, random: Uint8Array): Uint8Array {
  requireLength(random, TIMED_BYTES);
  const bytes = random.slice(0, TIMED_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(atMilliseconds / 2 ** 32));
  view.setUint32(2, atMilliseconds % 2 ** 32);
  return bytes;
}

function uuidOf(bytes: Uint8Array, version: 4 | 7): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = toHex(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** What the beginning of a resource id says: an instance, its association with a profile, an enrolment code. */
export type ResourceIdPrefix = 'i' | 'iip-assoc' | 'ec';

/** Random bytes that `resourceId` consumes. */
export const RESOURCE_ID_RANDOM_BYTES = 9;

/** Makes an id in EC2's form: the prefix, a dash and 17 hexadecimal digits (68 random bits). */
export function resourceId(prefix: ResourceIdPrefix, random: Uint8Array): string {
  requireLength(random, RESOURCE_ID_RANDOM_BYTES);
  return `${prefix}-${toHex(random).slice(0, 17)}`;
}
