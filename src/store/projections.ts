/**
 * What the trail tells, kept so that it can be asked for: sessions, and when keys, roles and services were last used. Written in
 * the batch that brings the events. Events that come twice count once and their order does not matter: facts of a session are
 * written once, and of two moments the later one stands.
 */
import { and, eq, gte, type SQL, sql } from 'drizzle-orm';
import type { Database, Query } from './database.ts';
import { lastUsed, serviceAccess, sessionCredentials, sessions } from './schema/sessions.ts';
import { auditEvents } from './schema/trail.ts';

/** The event of a change, in the batch of the change. */
export const projectEvent = (db: Database, accountId: string, eventId: string): readonly Query[] =>
  projections(db, and(eq(auditEvents.accountId, accountId), eq(auditEvents.eventId, eventId)) ?? sql`0`);

/** Everything that a buffer has brought from a number on, in the batch that brings it. */
export const projectShard = (db: Database, shard: string, firstSequence: number): readonly Query[] =>
  projections(db, and(eq(auditEvents.shard, shard), gte(auditEvents.shardSequence, firstSequence)) ?? sql`0`);

const projections = (db: Database, which: SQL): readonly Query[] => [
  db.insert(sessions).select(sessionRows(which)).onConflictDoNothing(),
  db.insert(sessionCredentials).select(credentialRows(which)).onConflictDoNothing(),
  ...[keyUse(which), roleUse(which), sessionUse(which)].map((rows) =>
    db
      .insert(lastUsed)
      .select(rows)
      .onConflictDoUpdate({
        target: [lastUsed.accountId, lastUsed.kind, lastUsed.id],
        set: {
          atMilliseconds: sql`excluded.at_milliseconds`,
          region: sql`excluded.region`,
          service: sql`excluded.service`,
        },
        setWhere: sql`excluded.at_milliseconds > ${lastUsed.atMilliseconds}`,
      }),
  ),
  ...[ownAccess(which), evaluatedAccess(which)].map((rows) =>
    db
      .insert(serviceAccess)
      .select(rows)
      .onConflictDoUpdate({
        target: [
          serviceAccess.accountId,
          serviceAccess.principalId,
          serviceAccess.service,
          serviceAccess.action,
        ],
        set: { atMilliseconds: sql`excluded.at_milliseconds`, region: sql`excluded.region` },
        setWhere: sql`excluded.at_milliseconds > ${serviceAccess.atMilliseconds}`,
      }),
  ),
];

const element = (path: string): SQL => sql.raw(`json_extract(body, '$.responseElements.${path}')`);
const identity = (name: string): SQL => sql.raw(`json_extract(body, '$.userIdentity.${name}')`);
const SERVICE = sql.raw(`replace(event_source, '.amazonaws.com', '')`);
const REGION = sql.raw(`json_extract(body, '$.awsRegion')`);
/** `AROA…:name` is the role `AROA…`. */
const ROLE_ID = sql.raw(
  `substr(json_extract(body, '$.userIdentity.principalId'), 1, instr(json_extract(body, '$.userIdentity.principalId'), ':') - 1)`,
);
const SUBJECT_ID = sql.raw(`json_extract(body, '$.responseElements.subjectId')`);
const ASKED_ACTION = sql.raw(`json_extract(body, '$.requestParameters.action')`);

/** Columns in the order of the table. */
const sessionRows = (which: SQL): SQL => sql`
  select ${element('session.account')}, ${element('sessionId')}, ${element('session.kind')}, ${element('session.arn')},
    ${element('session.principalId')}, ${element('session.sourceIdentity')}, ${element('session.provider')},
    ${element('session.subject')}, coalesce(${element('session.tags')}, '[]'), ${element('session.issuedAt')},
    ${element('expiration')}, ${element('session.from')}, ${element('session.by')}, ${element('session.instance')},
    ${element('session.user')}, ${element('session.lineage')}
  from audit_events where ${which} and ${isIssuance()}`;

const credentialRows = (which: SQL): SQL => sql`
  select ${element('session.account')}, coalesce(${element('accessKeyId')}, ${element('tokenId')}), ${element('sessionId')},
    at_milliseconds / 1000, ${element('expiration')}
  from audit_events where ${which} and ${isIssuance()}
    and coalesce(${element('accessKeyId')}, ${element('tokenId')}) is not null`;

/** An event whose shape is another is none: it must not hold up the rest. */
const isIssuance = (): SQL => sql`outcome = 'success'
  and ${element('session.account')} is not null and ${element('sessionId')} is not null
  and ${element('session.kind')} is not null and ${element('session.arn')} is not null
  and ${element('session.principalId')} is not null and ${element('session.issuedAt')} is not null
  and ${element('expiration')} is not null`;

/** The newest of each key: SQLite takes the other columns from the row that has the maximum. */
const keyUse = (which: SQL): SQL => sql`
  select account_id, 'access-key', ${identity('accessKeyId')}, max(at_milliseconds), ${REGION}, ${SERVICE}
  from audit_events where ${which} and ${identity('accessKeyId')} >= 'AKIA' and ${identity('accessKeyId')} < 'AKIB'
  group by account_id, ${identity('accessKeyId')}`;

const roleUse = (which: SQL): SQL => sql`
  select account_id, 'role', ${ROLE_ID}, max(at_milliseconds), ${REGION}, ${SERVICE}
  from audit_events where ${which} and ${identity('type')} = 'AssumedRole' and ${ROLE_ID} <> ''
  group by account_id, ${ROLE_ID}`;

const sessionUse = (which: SQL): SQL => sql`
  select account_id, 'session', ${identity('sessionId')}, max(at_milliseconds), ${REGION}, ${SERVICE}
  from audit_events where ${which} and ${identity('sessionId')} is not null
  group by account_id, ${identity('sessionId')}`;

/** What users and roles asked of Daypass itself. */
const ownAccess = (which: SQL): SQL => sql`
  select account_id, case ${identity('type')} when 'AssumedRole' then ${ROLE_ID} else ${identity('principalId')} end as principal,
    ${SERVICE}, event_name, max(at_milliseconds), ${REGION}
  from audit_events where ${which} and ${identity('type')} in ('AssumedRole', 'IAMUser')
    and ${identity('principalId')} is not null
  group by account_id, principal, event_source, event_name having principal <> ''`;

/** What resource servers asked about users and roles: the service that the action names. */
const evaluatedAccess = (which: SQL): SQL => sql`
  select account_id, ${SUBJECT_ID}, lower(substr(${ASKED_ACTION}, 1, instr(${ASKED_ACTION}, ':') - 1)),
    substr(${ASKED_ACTION}, instr(${ASKED_ACTION}, ':') + 1), max(at_milliseconds), null
  from audit_events where ${which} and event_name = 'Evaluate' and outcome = 'success'
    and ${SUBJECT_ID} is not null and instr(${ASKED_ACTION}, ':') > 1
  group by account_id, ${SUBJECT_ID}, ${ASKED_ACTION}`;
