import { and, desc, eq, gte, inArray, or, type SQL, sql } from 'drizzle-orm';
import {
  FACTOR_CHANGES,
  type FactorChange,
  type FactorChanges,
} from '../core/repositories/factor-changes.ts';
import type { SignInIdentity } from '../core/sign-in/identity.ts';
import type { Database } from './database.ts';
import { readRows } from './read.ts';
import { auditEvents } from './schema/trail.ts';

export function createFactorChanges(db: Database): FactorChanges {
  return {
    async recent(identity, sinceSeconds, limit) {
      const rows = await readRows(
        db,
        db
          .select({ body: auditEvents.body, atMilliseconds: auditEvents.atMilliseconds })
          .from(auditEvents)
          .where(
            and(
              eq(auditEvents.accountId, identity.accountId),
              inArray(auditEvents.eventName, [...FACTOR_CHANGES]),
              gte(auditEvents.atMilliseconds, sinceSeconds * 1000),
              eq(auditEvents.outcome, 'success'),
              concerns(identity),
            ),
          )
          .orderBy(desc(auditEvents.atMilliseconds))
          .limit(limit),
      );
      return rows.map((row) => changeOf(identity, row));
    },
  };
}

const member = (path: string): SQL => sql`json_extract(${auditEvents.body}, ${`$.${path}`})`;

/** What the person did, and what others did to the person. */
function concerns(identity: SignInIdentity): SQL | undefined {
  switch (identity.type) {
    case 'user': {
      const { accountId, userId, userName } = identity;
      const madeAt = sql`(select created_at_seconds * 1000 from users where account_id = ${accountId} and user_id = ${userId})`;
      const toThem = and(
        sql`lower(${member('requestParameters.userName')}) = ${userName.toLowerCase()}`,
        // whoever had the name before was another one
        sql`${auditEvents.atMilliseconds} >= ${madeAt}`,
      );
      return or(
        sql`${member('userIdentity.principalId')} = ${userId} and ${member('requestParameters.userName')} is null`,
        toThem,
      );
    }
    case 'root':
      return or(
        sql`${member('userIdentity.type')} = 'Root' and ${member('requestParameters.userName')} is null`,
        sql`${auditEvents.eventName} = 'RecoverRoot' and ${member('requestParameters.accountId')} = ${identity.accountId}`,
      );
    case 'federated':
      return sql`${member('userIdentity.type')} = 'WebIdentityUser' and ${member('userIdentity.userName')} = ${identity.subjectId}`;
  }
}

interface Body {
  readonly eventName: FactorChange['what'];
  readonly sourceIPAddress: string | null;
  readonly userIdentity: {
    readonly principalId?: string;
    readonly arn?: string;
    readonly sessionId?: string;
  };
}

function changeOf(identity: SignInIdentity, row: { body: string; atMilliseconds: number }): FactorChange {
  const { eventName, sourceIPAddress, userIdentity } = JSON.parse(row.body) as Body; // as `toCloudTrail` wrote it
  const own = identity.type === 'user' ? identity.userId : identity.accountId;
  const byOther = userIdentity.principalId === own ? null : (userIdentity.arn ?? null);
  return {
    what: eventName,
    atSeconds: Math.floor(row.atMilliseconds / 1000),
    sourceIp: sourceIPAddress,
    byOther,
    sessionId: userIdentity.sessionId ?? null,
  };
}
