import type { AuditEvent } from '../audit/event.ts';
import type { InstanceIdentity } from '../instances/identity.ts';
import type { MakeEvent, TagRecord } from './change.ts';
import type { OneTimeValue } from './one-time.ts';
import type { Page, PageRequest } from './page.ts';

/** Which instance profile an instance has. */
export interface AssociationRecord {
  readonly associationId: string;
  readonly instanceId: string;
  readonly profileId: string;
  readonly profileName: string;
  readonly profileArn: string;
  readonly associatedAtSeconds: number;
}

export interface InstanceRecord {
  readonly instanceId: string;
  readonly arn: string;
  readonly enabled: boolean;
  readonly description: string;
  readonly identity: InstanceIdentity;
  readonly tags: readonly TagRecord[];
  readonly createdAtSeconds: number;
  readonly association: AssociationRecord | null;
}

export interface NewInstance {
  readonly identity: InstanceIdentity;
  readonly description: string;
  readonly tags: readonly TagRecord[];
}

/** What can be changed of an instance; what is absent stays. */
export type InstanceChange = Partial<Pick<InstanceRecord, 'identity' | 'description' | 'enabled'>>;

/** Which instances a list shows; null shows all. */
export interface InstanceFilter {
  readonly instanceIds: readonly string[] | null;
  readonly enabled: boolean | null;
  readonly identityType: InstanceIdentity['type'] | null;
  readonly profileName: string | null;
  readonly tag: TagRecord | null;
}

export interface AssociationFilter {
  readonly associationIds: readonly string[] | null;
  readonly instanceIds: readonly string[] | null;
  readonly profileName: string | null;
}

/** How an association ends. */
export interface Detachment {
  /** The one that ends; another one by then is not touched. */
  readonly associationId: string;
  /** Whether credentials that it gave may be used to their end. */
  readonly credentialsLiveOn: boolean;
}

/** What becomes of an enrolment. */
export interface EnrolmentCodeRecord {
  readonly codeId: string;
  readonly arn: string;
  readonly profileId: string;
  readonly profileName: string | null;
  readonly tags: readonly TagRecord[];
  readonly createdAtSeconds: number;
  readonly expiresAtSeconds: number;
  readonly redeemedAtSeconds: number | null;
  /** Who was enrolled with it. */
  readonly instanceId: string | null;
}

/** Registered devices and workloads, and the instance profiles that they have. */
export interface Instances {
  /** @throws Fault `entity_already_exists` (the identity), `limit_exceeded`, `invalid_input` (tags) */
  register(accountId: string, instance: NewInstance, event: MakeEvent): Promise<InstanceRecord>;
  /** @throws Fault `no_such_entity` */
  require(accountId: string, instanceId: string): Promise<InstanceRecord>;
  find(accountId: string, instanceId: string): Promise<InstanceRecord | null>;
  /** @returns the instance that an association belongs to; null where the association has ended */
  findByAssociation(accountId: string, associationId: string): Promise<InstanceRecord | null>;
  /** In order of their ids. */
  list(accountId: string, filter: InstanceFilter, page: PageRequest): Promise<Page<InstanceRecord>>;
  listAssociations(
    accountId: string,
    filter: AssociationFilter,
    page: PageRequest,
  ): Promise<Page<AssociationRecord>>;
  /** @throws Fault `no_such_entity`; `entity_already_exists` where another instance has the new identity */
  update(
    accountId: string,
    instanceId: string,
    change: InstanceChange,
    event: MakeEvent,
  ): Promise<InstanceRecord>;
  /** Its credentials stop. @throws Fault `no_such_entity` */
  deregister(accountId: string, instanceId: string, event: MakeEvent): Promise<void>;
  /** @throws Fault `no_such_entity`, `invalid_input`, `limit_exceeded`, `concurrent_modification` */
  tag(accountId: string, instanceId: string, tags: readonly TagRecord[], event: MakeEvent): Promise<void>;
  /** Keys that it does not have are no error. @throws Fault `no_such_entity`, `concurrent_modification` */
  untag(accountId: string, instanceId: string, keys: readonly string[], event: MakeEvent): Promise<void>;
  /** @throws Fault `no_such_entity` for either; `entity_already_exists` where it has a profile */
  associate(
    accountId: string,
    instanceId: string,
    profileName: string,
    event: MakeEvent,
  ): Promise<AssociationRecord>;
  /** @throws Fault `no_such_entity` for the association, ended meanwhile too, or the profile */
  replace(
    accountId: string,
    ended: Detachment,
    profileName: string,
    event: MakeEvent,
  ): Promise<AssociationRecord>;
  /** @returns the association that has ended. @throws Fault `no_such_entity` */
  disassociate(accountId: string, ended: Detachment, event: MakeEvent): Promise<AssociationRecord>;
}

/** Codes for devices that enrol themselves. */
export interface EnrolmentCodes {
  /** @throws Fault `no_such_entity` (the profile), `limit_exceeded`, `invalid_input` (tags) */
  create(
    accountId: string,
    code: {
      readonly codeHash: string;
      readonly profileName: string;
      readonly tags: readonly TagRecord[];
      readonly expiresAtSeconds: number;
    },
    event: MakeEvent,
  ): Promise<EnrolmentCodeRecord>;
  /** Those not yet swept, in order of their ids. */
  list(accountId: string, page: PageRequest): Promise<Page<EnrolmentCodeRecord>>;
  /** @throws Fault `no_such_entity` */
  remove(accountId: string, codeId: string, event: MakeEvent): Promise<void>;
  /**
   * Redeems a code: the instance is registered and has its profile, in one batch. Of many at once exactly one succeeds.
   * @param code - its hash, and the one-time value of the proof that came with it
   * @throws Fault `access_denied` for a code that is unknown, expired or redeemed; `entity_already_exists` for a key that is
   * registered; `limit_exceeded`
   */
  redeem(
    accountId: string,
    code: { readonly codeHash: string; readonly proof: OneTimeValue },
    identity: InstanceIdentity,
    event: (instanceId: string) => AuditEvent,
  ): Promise<InstanceRecord>;
  /** Removes what nobody can redeem any more. */
  sweep(nowSeconds: number): Promise<void>;
}
