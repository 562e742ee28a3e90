/** Which services users and roles used last, from the drained trail. */

/** A question that was asked, to be answered when its answer is fetched. */
export interface AccessJob {
  readonly jobId: string;
  readonly entityArn: string;
  readonly granularity: 'SERVICE_LEVEL' | 'ACTION_LEVEL';
  readonly createdAtSeconds: number;
}

/** A user or role whose uses count for the entity that was asked about. */
export interface AccessingEntity {
  readonly type: 'user' | 'role';
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly arn: string;
}

/** One action's last use by one user or role. */
export interface AccessUse {
  readonly entity: AccessingEntity;
  readonly service: string;
  readonly action: string;
  readonly atSeconds: number;
  readonly region: string | null;
}

export interface AccessDetails {
  createJob(accountId: string, job: AccessJob): Promise<void>;
  findJob(accountId: string, jobId: string): Promise<AccessJob | null>;
  /**
   * @param entityArn - of a user or role (itself), a group (its members), or a policy (whoever has it, groups' members too)
   * @param service - one namespace, or null for all
   */
  usesOf(accountId: string, entityArn: string, service: string | null): Promise<readonly AccessUse[]>;
  /** Removes old questions. */
  sweep(nowSeconds: number): Promise<void>;
}
