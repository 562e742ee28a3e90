/** Codes with which devices register themselves. */
import { enrolmentCodeArn } from '../../../../core/arn.ts';
import { nowSecondsOf } from '../../../../core/context/request-context.ts';
import {
  ENROLMENT_CODE_RANDOM_BYTES,
  enrolmentCode,
  hashEnrolmentCode,
} from '../../../../core/instances/enrolment-code.ts';
import type { EnrolmentCodeRecord } from '../../../../core/repositories/instances.ts';
import { requirePassRole } from '../../../../usecases/pass-role.ts';
import { action } from '../../query/action.ts';
import { optional, withDefault } from '../../query/field.ts';
import { instanceProfileName, tags } from '../../query/fields.ts';
import { integer } from '../../query/kinds.ts';
import { nextTokenFields, nextTokenMember, nextTokenOf, pageAskedFor } from '../../query/next-token.ts';
import { listOf, maybe, moment, nothing, record, text } from '../../query/shape.ts';
import { enrolmentCodeId, requestTagContext } from './fields.ts';
import { tagListShape } from './shapes.ts';

const LIST = 'enrolment-codes';

const listed = {
  EnrolmentCodeId: text,
  Arn: text,
  InstanceProfileName: maybe(text),
  Tags: tagListShape,
  CreateDate: moment,
  Expiration: moment,
  RedeemDate: maybe(moment),
  InstanceId: maybe(text),
};

const listedOf = (code: EnrolmentCodeRecord) => ({
  EnrolmentCodeId: code.codeId,
  Arn: code.arn,
  InstanceProfileName: code.profileName,
  Tags: code.tags,
  CreateDate: code.createdAtSeconds,
  Expiration: code.expiresAtSeconds,
  RedeemDate: code.redeemedAtSeconds,
  InstanceId: code.instanceId,
});

/** Makes a code for one device, an hour long where nothing is said. It is shown once. */
export const createEnrolmentCode = action({
  name: 'CreateEnrolmentCode',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'daypass:CreateEnrolmentCode',
    resource: (_input, caller) => enrolmentCodeArn(caller.accountId, '*'),
    context: (input) => requestTagContext(input.Tags),
  },
  input: {
    InstanceProfileName: instanceProfileName(),
    Tags: optional(tags()),
    DurationSeconds: withDefault(integer({ min: 60, max: 604_800 }), 3600),
  },
  output: { EnrolmentCode: record({ Code: text, ...listed }) },
  run: async ({ InstanceProfileName, Tags = [], DurationSeconds }, context) => {
    const { caller, deps, facts, changeEvent } = context;
    const { accountId } = caller;
    const { role } = await deps.instanceProfiles.require(accountId, InstanceProfileName);
    requirePassRole(caller, role, enrolmentCodeArn(accountId, '*'), facts);
    const code = enrolmentCode(accountId, deps.random.bytes(ENROLMENT_CODE_RANDOM_BYTES));
    const wanted = {
      codeHash: await hashEnrolmentCode(code),
      profileName: InstanceProfileName,
      tags: Tags,
      expiresAtSeconds: nowSecondsOf(facts) + DurationSeconds,
    };
    const made = await deps.enrolmentCodes.create(accountId, wanted, changeEvent);
    return { EnrolmentCode: { Code: code, ...listedOf(made) } };
  },
});

export const listEnrolmentCodes = action({
  name: 'ListEnrolmentCodes',
  auth: 'sigv4',
  audit: 'read',
  permission: {
    action: 'daypass:ListEnrolmentCodes',
    resource: (_input, caller) => enrolmentCodeArn(caller.accountId, '*'),
  },
  input: nextTokenFields,
  output: { EnrolmentCodes: listOf(record(listed)), ...nextTokenMember },
  run: async (input, { caller, deps }) => {
    const page = await deps.enrolmentCodes.list(caller.accountId, pageAskedFor(LIST, input));
    return { EnrolmentCodes: page.items.map(listedOf), ...nextTokenOf(LIST, page) };
  },
});

export const deleteEnrolmentCode = action({
  name: 'DeleteEnrolmentCode',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'daypass:DeleteEnrolmentCode',
    resource: (input, caller) => enrolmentCodeArn(caller.accountId, input.EnrolmentCodeId),
  },
  input: { EnrolmentCodeId: enrolmentCodeId() },
  output: nothing,
  run: ({ EnrolmentCodeId }, { caller, deps, changeEvent }) =>
    deps.enrolmentCodes.remove(caller.accountId, EnrolmentCodeId, changeEvent),
});
