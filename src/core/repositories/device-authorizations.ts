import type { AuditEvent } from '../audit/event.ts';
import type { DeviceAuthorization } from '../oauth/device-authorization.ts';
import type { PersonalGrant } from '../oauth/personal-grant.ts';

/** Who types codes, and how many in a window of `GUESS_SECONDS`. An address may be that of a whole office. */
export interface Guesser {
  readonly name: string;
  readonly limit: number;
}

export const GUESS_SECONDS = 300;
export const GUESSES_PER_PERSON = 10;
export const GUESSES_PER_ADDRESS = 60;
/** Devices that may ask for codes in a window, of one IPv6 network: there every one of them can have many addresses. */
export const DEVICES_PER_NETWORK = 50;

/** Devices that wait for a person (RFC 8628). Both codes are kept as hashes. */
export interface DeviceAuthorizations {
  /** @throws Fault `throttling` where the address has too many waiting; `concurrent_modification` for a user code that is taken */
  begin(
    device: DeviceAuthorization,
    hashes: { readonly deviceCode: string; readonly userCode: string },
    event: AuditEvent,
  ): Promise<void>;
  findByDeviceCode(accountId: string, deviceCodeHash: string): Promise<DeviceAuthorization | null>;
  /** @returns null for one that nobody has, and for one that is decided or expired */
  findWaiting(
    accountId: string,
    userCodeHash: string,
    nowSeconds: number,
  ): Promise<DeviceAuthorization | null>;
  /** Keeps when the device asked, and how long it must wait from now on. */
  notePoll(
    accountId: string,
    deviceCodeHash: string,
    poll: { readonly atSeconds: number; readonly intervalSeconds: number },
  ): Promise<void>;
  /**
   * The person's word; a device takes one.
   * @param grant - null where the person refused
   * @throws Fault `concurrent_modification` where it is decided or expired meanwhile
   */
  decide(
    accountId: string,
    userCodeHash: string,
    grant: PersonalGrant | null,
    nowSeconds: number,
    event: AuditEvent,
  ): Promise<void>;
  /** Takes an approval: of many at once, one is told true. */
  redeem(accountId: string, deviceCodeHash: string, nowSeconds: number): Promise<boolean>;
  /**
   * Counts a code that somebody typed, before it is looked up, so that of many at once no more are looked up than may be.
   * @param guesser - a person or an address
   * @returns false where they have typed too many lately: the code must then not be looked up
   */
  countGuess(accountId: string, guesser: Guesser, nowSeconds: number): Promise<boolean>;
  sweep(nowSeconds: number): Promise<void>;
}
