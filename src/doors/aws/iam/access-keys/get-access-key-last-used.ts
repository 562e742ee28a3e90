import { Fault } from '../../../../core/faults.ts';
import { accessKeyIdField } from '../../query/fields.ts';
import { maybe, moment, record, text } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { targetOf } from '../targets.ts';

/** As AWS says it of a key that was never used. */
const NEVER = 'N/A';

/** About a second behind: it is told from the drained trail. */
export const getAccessKeyLastUsed = entityAction({
  name: 'GetAccessKeyLastUsed',
  audit: 'read',
  permission: {
    action: 'iam:GetAccessKeyLastUsed',
    target: async ({ AccessKeyId }, caller, deps) => {
      const key = await deps.directory.accessKey(caller.accountId, AccessKeyId);
      if (key === null) return { resource: '*', context: [] };
      // A refusal must not tell whose key it is, nor that there is one.
      return { ...(await targetOf.user(key.user.name, caller, deps)), resourceAsAsked: '*' };
    },
  },
  input: { AccessKeyId: accessKeyIdField() },
  output: {
    UserName: text,
    AccessKeyLastUsed: record({ LastUsedDate: maybe(moment), ServiceName: text, Region: text }),
  },
  run: async ({ AccessKeyId }, { caller: { accountId }, deps }) => {
    const key = await deps.directory.accessKey(accountId, AccessKeyId);
    if (key === null) {
      throw new Fault('no_such_entity', `The Access Key with id ${AccessKeyId} cannot be found.`);
    }
    const use = (await deps.lastUses.of(accountId, 'access-key', [AccessKeyId])).get(AccessKeyId);
    return {
      UserName: key.user.name,
      AccessKeyLastUsed:
        use === undefined
          ? { ServiceName: NEVER, Region: NEVER }
          : { LastUsedDate: use.atSeconds, ServiceName: use.service, Region: use.region ?? NEVER },
    };
  },
});
