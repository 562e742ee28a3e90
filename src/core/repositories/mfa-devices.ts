import type { FactorOwner } from '../mfa/device.ts';
import type { MakeEvent, TagRecord } from './change.ts';
import type { Page, PageRequest } from './page.ts';
import type { UserRecord } from './users.ts';

export interface MfaDeviceRecord {
  /** The device's ARN. */
  readonly serialNumber: string;
  readonly kind: 'virtual' | 'webauthn';
  /** Null while it is assigned to nobody. */
  readonly owner: { readonly type: 'user'; readonly user: UserRecord } | { readonly type: 'root' } | null;
  readonly tags: readonly TagRecord[];
  readonly createdAtSeconds: number;
  /** Since when it is assigned; null while it is not. */
  readonly enabledAtSeconds: number | null;
}

/** A virtual device that is to be made. */
export interface NewVirtualDevice {
  readonly name: string;
  readonly path: string;
  readonly tags: readonly TagRecord[];
  /** Base32; sealed before it is stored. */
  readonly seedText: string;
}

/** What checking a code of a virtual device needs. */
export interface CodeState {
  readonly serialNumber: string;
  /** Sealed; see core/mfa/device.ts for where it stands. */
  readonly sealedSeed: string;
  readonly lastStep: number | null;
  readonly driftSteps: number;
}

/** The step that a device has shown to be in, and how far that is from the clock. */
export interface ShownStep {
  readonly step: number;
  readonly driftSteps: number;
}

/** Which virtual devices a list shows. */
export type Assignment = 'Assigned' | 'Unassigned' | 'Any';

/** MFA devices of users and root. Quotas, uniqueness and the single use of a code are the database's, under any concurrency. */
export interface MfaDevices {
  /** @throws Fault `entity_already_exists`, `limit_exceeded`, `invalid_input` (tags) */
  createVirtual(accountId: string, device: NewVirtualDevice, event: MakeEvent): Promise<MfaDeviceRecord>;
  /** @throws Fault `no_such_entity` */
  require(accountId: string, serialNumber: string): Promise<MfaDeviceRecord>;
  find(accountId: string, serialNumber: string): Promise<MfaDeviceRecord | null>;
  /** In order of their serial numbers in lower case. */
  listVirtual(accountId: string, assignment: Assignment, page: PageRequest): Promise<Page<MfaDeviceRecord>>;
  /** Of every kind: eight at most. */
  listOf(accountId: string, owner: FactorOwner): Promise<readonly MfaDeviceRecord[]>;
  /** For the account's summary; nothing is scanned. */
  usage(accountId: string): Promise<{ readonly inUse: number; readonly rootHasDevice: boolean }>;
  /** @param owner - whom it must be assigned to; null for nobody. @returns null where there is no such virtual device */
  codeState(accountId: string, serialNumber: string, owner: FactorOwner | null): Promise<CodeState | null>;
  /**
   * Assigns a virtual device.
   * @throws Fault `no_such_entity` for device or user; `entity_already_exists` while it is assigned; `limit_exceeded`
   */
  enable(
    accountId: string,
    serialNumber: string,
    owner: FactorOwner,
    shown: ShownStep,
    event: MakeEvent,
  ): Promise<void>;
  /** @throws Fault `no_such_entity` where the owner has no such device, `concurrent_modification` */
  resync(
    accountId: string,
    serialNumber: string,
    owner: FactorOwner,
    shown: ShownStep,
    event: MakeEvent,
  ): Promise<void>;
  /** A virtual device stays, assigned to nobody; a security key goes. @throws Fault `no_such_entity` */
  deactivate(accountId: string, serialNumber: string, owner: FactorOwner, event: MakeEvent): Promise<void>;
  /** @throws Fault `no_such_entity`; `delete_conflict` while it is assigned */
  removeVirtual(accountId: string, serialNumber: string, event: MakeEvent): Promise<void>;
  /**
   * Uses a code up and forgets the owner's wrong ones.
   * @returns false where the step, or a later one, was used before, or the device is no longer the owner's
   */
  redeemStep(accountId: string, serialNumber: string, owner: FactorOwner, step: number): Promise<boolean>;
  /** @throws Fault `no_such_entity`, `invalid_input`, `limit_exceeded`, `concurrent_modification` */
  tag(accountId: string, serialNumber: string, tags: readonly TagRecord[], event: MakeEvent): Promise<void>;
  /** Keys that it does not have are no error. @throws Fault `no_such_entity`, `concurrent_modification` */
  untag(accountId: string, serialNumber: string, keys: readonly string[], event: MakeEvent): Promise<void>;
}
