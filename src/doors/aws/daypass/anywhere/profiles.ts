/** Profiles: which roles a certificate may ask for, and what narrows its sessions. */
import { anywhereArn, parseIamArn } from '../../../../core/arn.ts';
import { Fault } from '../../../../core/faults.ts';
import type { AnywhereProfileRecord } from '../../../../core/repositories/trust-anchors.ts';
import { ANYWHERE_SERVICE } from '../../../../usecases/anywhere-session.ts';
import type { Caller } from '../../../../usecases/caller.ts';
import { requirePassRole } from '../../../../usecases/pass-role.ts';
import { checkSessionPolicies } from '../../../../usecases/session-policies.ts';
import { type ActionContext, action } from '../../query/action.ts';
import { optional, withDefault } from '../../query/field.ts';
import { arn, boundedSessionPolicy, roleDurationSeconds } from '../../query/fields.ts';
import { boolean, list } from '../../query/kinds.ts';
import { flag, listOf, maybe, moment, policyText, record, text, wholeNumber } from '../../query/shape.ts';
import { anywhereName, familyActions, permissionOf, uuid } from './family.ts';

const shape = {
  ProfileId: text,
  ProfileArn: text,
  Name: text,
  Enabled: flag,
  RoleArns: listOf(text),
  ManagedPolicyArns: listOf(text),
  SessionPolicy: maybe(policyText),
  DurationSeconds: wholeNumber,
  RequireInstanceProperties: flag,
  CreatedAt: moment,
  UpdatedAt: moment,
};
const show = (profile: AnywhereProfileRecord) => ({
  ProfileId: profile.profileId,
  ProfileArn: profile.arn,
  Name: profile.name,
  Enabled: profile.enabled,
  RoleArns: profile.roleArns,
  ManagedPolicyArns: profile.managedPolicyArns,
  SessionPolicy: profile.sessionPolicy,
  DurationSeconds: profile.durationSeconds,
  RequireInstanceProperties: profile.requireInstanceProperties,
  CreatedAt: profile.createdAtSeconds,
  UpdatedAt: profile.updatedAtSeconds,
});

const fields = {
  RoleArns: list(arn(), { min: 1, max: 250 }),
  ManagedPolicyArns: list(arn(), { max: 10 }),
  SessionPolicy: boundedSessionPolicy(),
  DurationSeconds: roleDurationSeconds(),
};

/** Whoever lets a profile give roles must be allowed to pass each of them on. */
async function requireRoles(
  arns: readonly string[],
  { caller, deps, facts }: ActionContext<Caller>,
): Promise<void> {
  for (const roleArn of arns) {
    const named = parseIamArn(roleArn);
    const own = named?.kind === 'role' && named.accountId === caller.accountId;
    const role = own ? await deps.directory.role(named.accountId, named.name) : null;
    if (role?.arn !== roleArn)
      throw new Fault('validation_error', `\`${roleArn}\` is no role of this account`);
    requirePassRole(caller, role, anywhereArn(caller.accountId, 'profile', '*'), facts, ANYWHERE_SERVICE);
  }
}

export const profileActions = [
  action({
    name: 'CreateProfile',
    auth: 'sigv4',
    audit: 'change',
    permission: permissionOf('CreateProfile', 'profile', 'ProfileId'),
    input: {
      Name: anywhereName(),
      RoleArns: fields.RoleArns,
      ManagedPolicyArns: withDefault(fields.ManagedPolicyArns, []),
      SessionPolicy: optional(fields.SessionPolicy),
      DurationSeconds: withDefault(fields.DurationSeconds, 3600),
      RequireInstanceProperties: withDefault(boolean(), false),
      Enabled: withDefault(boolean(), true),
    },
    output: { Profile: record(shape) },
    run: async (input, context) => {
      const { caller, deps, changeEvent } = context;
      await requireRoles(input.RoleArns, context);
      const { SessionPolicy = null, ManagedPolicyArns } = input;
      await checkSessionPolicies(deps.directory, caller.accountId, SessionPolicy, ManagedPolicyArns);
      const made = {
        ...{ name: input.Name, enabled: input.Enabled, roleArns: input.RoleArns },
        ...{ managedPolicyArns: ManagedPolicyArns, sessionPolicy: SessionPolicy },
        durationSeconds: input.DurationSeconds,
        requireInstanceProperties: input.RequireInstanceProperties,
      };
      return { Profile: show(await deps.anywhere.profiles.create(caller.accountId, made, changeEvent)) };
    },
  }),
  action({
    name: 'UpdateProfile',
    auth: 'sigv4',
    audit: 'change',
    permission: permissionOf('UpdateProfile', 'profile', 'ProfileId'),
    input: {
      ProfileId: uuid(),
      Name: optional(anywhereName()),
      RoleArns: optional(fields.RoleArns),
      ManagedPolicyArns: optional(fields.ManagedPolicyArns),
      SessionPolicy: optional(fields.SessionPolicy),
      DurationSeconds: optional(fields.DurationSeconds),
    },
    output: { Profile: record(shape) },
    run: async (input, context) => {
      const { caller, deps, changeEvent } = context;
      const held = await deps.anywhere.profiles.require(caller.accountId, input.ProfileId);
      await requireRoles(input.RoleArns ?? [], context);
      const narrowed = {
        managedPolicyArns: input.ManagedPolicyArns ?? held.managedPolicyArns,
        sessionPolicy: input.SessionPolicy ?? held.sessionPolicy,
      };
      const { sessionPolicy, managedPolicyArns } = narrowed;
      await checkSessionPolicies(deps.directory, caller.accountId, sessionPolicy, managedPolicyArns);
      const change = {
        ...narrowed,
        ...(input.Name !== undefined && { name: input.Name }),
        ...(input.RoleArns !== undefined && { roleArns: input.RoleArns }),
        ...(input.DurationSeconds !== undefined && { durationSeconds: input.DurationSeconds }),
      };
      const changed = await deps.anywhere.profiles.update(
        caller.accountId,
        held.profileId,
        change,
        changeEvent,
      );
      return { Profile: show(changed) };
    },
  }),
  ...familyActions({
    ...{ kind: 'profile', noun: 'Profile', plural: 'Profiles', idField: 'ProfileId' },
    ...{ rows: (deps) => deps.anywhere.profiles, shape, show, switched: (enabled) => ({ enabled }) },
  }),
];
