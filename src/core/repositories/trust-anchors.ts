import type { RevokedList } from '../x509/revoked.ts';
import type { MakeEvent } from './change.ts';
import type { Page, PageRequest } from './page.ts';

interface Dated {
  readonly createdAtSeconds: number;
  readonly updatedAtSeconds: number;
}

export interface TrustAnchorRecord extends Dated {
  readonly anchorId: string;
  readonly arn: string;
  readonly name: string;
  readonly enabled: boolean;
  /** The certificates of its authorities, as PEM. */
  readonly bundle: string;
}

export interface CrlRecord extends Dated, RevokedList {
  readonly crlId: string;
  readonly arn: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly anchorId: string;
}

export interface AnywhereProfileRecord extends Dated {
  readonly profileId: string;
  readonly arn: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly roleArns: readonly string[];
  readonly managedPolicyArns: readonly string[];
  readonly sessionPolicy: string | null;
  readonly durationSeconds: number;
  readonly requireInstanceProperties: boolean;
}

type Made<R> = Omit<R, keyof Dated | 'arn'>;

/** Rows of one kind, by their id; the quota is fifty of each. */
export interface AnywhereRows<R, Id extends keyof R> {
  /** @throws Fault `limit_exceeded` */
  create(accountId: string, made: Omit<Made<R>, Id>, event: MakeEvent): Promise<R>;
  /** @throws Fault `no_such_entity` */
  require(accountId: string, id: string): Promise<R>;
  list(accountId: string, page: PageRequest): Promise<Page<R>>;
  /** @throws Fault `no_such_entity` */
  update(accountId: string, id: string, change: Partial<Omit<Made<R>, Id>>, event: MakeEvent): Promise<R>;
  /** @returns what is gone. @throws Fault `no_such_entity` */
  remove(accountId: string, id: string, event: MakeEvent): Promise<R>;
}

/** What proves instances by certificates, as IAM Roles Anywhere has it. */
export interface Anywhere {
  readonly trustAnchors: AnywhereRows<TrustAnchorRecord, 'anchorId'>;
  readonly crls: AnywhereRows<CrlRecord, 'crlId'>;
  readonly profiles: AnywhereRows<AnywhereProfileRecord, 'profileId'>;
}

/** A trust anchor as decisions need it. */
export interface TrustAnchor {
  readonly arn: string;
  readonly enabled: boolean;
  readonly bundle: string;
  /** What its lists that are enabled say. */
  readonly revoked: readonly RevokedList[];
}
