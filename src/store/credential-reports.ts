/** Credential reports on D1: pages of users, each one row of text, and a cursor that moves on by guarded statements. */
import { and, asc, desc, eq, isNull, ne, sql } from 'drizzle-orm';
import { rootArn, userArn } from '../core/arn.ts';
import { maxAgeSecondsOf, type SecurityPreset } from '../core/passwords/rules.ts';
import {
  REPORT_HEADER,
  type ReportedKey,
  type ReportedUser,
  rootLine,
  userLine,
} from '../core/reports/credential-report.ts';
import type { CredentialReports } from '../core/repositories/credential-reports.ts';
import { guarded } from './batch.ts';
import { brokenConstraint, type Database, runBatch } from './database.ts';
import { readRows } from './read.ts';
import { accounts } from './schema/accounts.ts';
import { users } from './schema/identities.ts';
import { mfaDevices } from './schema/mfa-devices.ts';
import { passwordPolicies } from './schema/password-policies.ts';
import { loginProfiles } from './schema/passwords.ts';
import { credentialReportParts, credentialReports } from './schema/reports.ts';
import { guard } from './schema/trail.ts';

/** Users of one page: with the longest names and paths half a megabyte. */
const PAGE_USERS = 500;

type ReportRow = typeof credentialReports.$inferSelect;

export function createCredentialReports(db: Database): CredentialReports {
  return {
    async stateOf(accountId) {
      const [row] = await readRows(
        db,
        db
          .select()
          .from(credentialReports)
          .where(eq(credentialReports.accountId, accountId))
          .orderBy(desc(credentialReports.startedAtSeconds))
          .limit(1),
      );
      if (row === undefined) return { state: 'none' };
      const { reportId, finishedAtSeconds } = row;
      return finishedAtSeconds === null
        ? { state: 'in-progress' }
        : { state: 'complete', reportId, finishedAtSeconds };
    },
    async begin(accountId, reportId, nowSeconds, freshSinceSeconds) {
      const row = sql`
        select ${accountId}, ${reportId}, ${nowSeconds}, null, '', 0 where not exists (
          select 1 from credential_reports where account_id = ${accountId}
            and (finished_at_seconds is null or finished_at_seconds > ${freshSinceSeconds}))`;
      const begun = await attempt(db, [
        ...guarded(db, 'unused', db.insert(credentialReports).select(row)),
        db.delete(guard),
      ]);
      return begun;
    },
    async advance(accountId, nowSeconds, pages) {
      for (let page = 0; page < pages; page += 1) {
        const report = await underWay(db, accountId);
        if (report === null) return;
        await writePage(db, report, nowSeconds);
      }
    },
    async read(accountId, reportId) {
      const { accountId: ofAccount, reportId: ofReport, part, lines } = credentialReportParts;
      const [parts, roots, devices] = await runBatch(db, [
        db
          .select({ lines })
          .from(credentialReportParts)
          .where(and(eq(ofAccount, accountId), eq(ofReport, reportId)))
          .orderBy(asc(part)),
        db.select().from(accounts).where(eq(accounts.accountId, accountId)),
        db
          .select({ serial: mfaDevices.serialKey })
          .from(mfaDevices)
          .where(and(eq(mfaDevices.accountId, accountId), eq(mfaDevices.ownerType, 'root')))
          .limit(1),
      ]);
      const [root] = roots as (typeof accounts.$inferSelect)[]; // the three queries above, in order
      const own =
        root === undefined
          ? []
          : [
              rootLine({
                arn: rootArn(accountId),
                createdAtSeconds: root.createdAtSeconds,
                passwordLastUsedAtSeconds: root.rootPasswordLastUsedAtSeconds,
                mfaActive: (devices as unknown[]).length > 0,
              }),
            ];
      const pages = (parts as { lines: string }[]).map((each) => each.lines);
      return [REPORT_HEADER, ...own, ...pages.filter((text) => text !== '')].join('\n');
    },
  };
}

/** @returns false when another one was first */
async function attempt(db: Database, queries: Parameters<typeof runBatch>[1]): Promise<boolean> {
  try {
    await runBatch(db, queries);
    return true;
  } catch (error) {
    if (brokenConstraint(error) !== null) return false;
    throw error;
  }
}

async function underWay(db: Database, accountId: string): Promise<ReportRow | null> {
  const [row] = await readRows(
    db,
    db
      .select()
      .from(credentialReports)
      .where(and(eq(credentialReports.accountId, accountId), isNull(credentialReports.finishedAtSeconds)))
      .limit(1),
  );
  return row ?? null;
}

/** Writes the next page; when another one has written it meanwhile, nothing. */
async function writePage(db: Database, report: ReportRow, nowSeconds: number): Promise<void> {
  const { accountId, reportId, cursor, parts } = report;
  const found = await readUsers(db, accountId, cursor);
  const last = found.at(-1);
  const isLast = found.length < PAGE_USERS || last === undefined;
  const own = and(eq(credentialReports.accountId, accountId), eq(credentialReports.reportId, reportId));
  await attempt(db, [
    ...guarded(
      db,
      'unchanged',
      db
        .update(credentialReports)
        .set({
          cursor: last?.nameKey ?? cursor,
          parts: parts + 1,
          ...(isLast && { finishedAtSeconds: nowSeconds }),
        })
        .where(and(own, eq(credentialReports.parts, parts), isNull(credentialReports.finishedAtSeconds))),
    ),
    db.delete(guard),
    db.insert(credentialReportParts).values({
      accountId,
      reportId,
      part: parts,
      lines: found.map(({ reported }) => userLine(reported)).join('\n'),
    }),
    ...(isLast ? forgetOthers(db, accountId, reportId) : []),
  ]);
}

/** The finished report takes the place of the one before. */
const forgetOthers = (db: Database, accountId: string, reportId: string) => [
  db
    .delete(credentialReportParts)
    .where(and(eq(credentialReportParts.accountId, accountId), ne(credentialReportParts.reportId, reportId))),
  db
    .delete(credentialReports)
    .where(and(eq(credentialReports.accountId, accountId), ne(credentialReports.reportId, reportId))),
];

interface FoundUser {
  readonly nameKey: string;
  readonly reported: ReportedUser;
}

/** What one key's columns hold, as JSON lists give it. */
type KeyColumns = readonly [
  status: string,
  createdAtSeconds: number,
  usedAtMilliseconds: number | null,
  region: string | null,
  service: string | null,
];

async function readUsers(db: Database, accountId: string, cursor: string): Promise<readonly FoundUser[]> {
  const rows = await readRows(
    db,
    db
      .select({
        name: users.name,
        nameKey: users.nameKey,
        path: users.path,
        createdAtSeconds: users.createdAtSeconds,
        passwordLastUsedAtSeconds: users.passwordLastUsedAtSeconds,
        passwordChangedAtSeconds: loginProfiles.changedAtSeconds,
        maxAgeDays: sql<
          number | null
        >`(select max_age_days from ${passwordPolicies} where account_id = ${accountId})`,
        preset: sql<SecurityPreset | null>`(select security_preset from ${accounts} where account_id = ${accountId})`,
        mfaActive: sql<number>`exists (select 1 from ${mfaDevices} where account_id = ${accountId}
          and owner_type = 'user' and owner_id = ${users.userId})`,
        keys: sql<string>`(select json_group_array(json_array(k.status, k.created_at_seconds, l.at_milliseconds, l.region, l.service)
            order by k.created_at_seconds, k.access_key_id)
          from access_keys k left join last_used l
            on l.account_id = k.account_id and l.kind = 'access-key' and l.id = k.access_key_id
          where k.account_id = ${accountId} and k.user_id = ${users.userId})`,
      })
      .from(users)
      .leftJoin(
        loginProfiles,
        and(eq(loginProfiles.accountId, users.accountId), eq(loginProfiles.userId, users.userId)),
      )
      .where(and(eq(users.accountId, accountId), sql`${users.nameKey} > ${cursor}`))
      .orderBy(asc(users.nameKey))
      .limit(PAGE_USERS),
  );
  return rows.map((row) => {
    const { passwordChangedAtSeconds: changedAtSeconds } = row;
    const maxAgeSeconds = maxAgeSecondsOf(row.maxAgeDays, row.preset);
    const password =
      changedAtSeconds === null
        ? null
        : {
            lastUsedAtSeconds: row.passwordLastUsedAtSeconds,
            changedAtSeconds,
            expiresAtSeconds: maxAgeSeconds === null ? null : changedAtSeconds + maxAgeSeconds,
          };
    const keys = (JSON.parse(row.keys) as KeyColumns[]).map(keyOf); // as the query above makes it
    return {
      nameKey: row.nameKey,
      reported: {
        name: row.name,
        arn: userArn(accountId, row.path, row.name),
        createdAtSeconds: row.createdAtSeconds,
        password,
        mfaActive: row.mfaActive === 1,
        keys,
      },
    };
  });
}

const keyOf = ([status, createdAtSeconds, usedAt, region, service]: KeyColumns): ReportedKey => ({
  active: status === 'Active',
  createdAtSeconds,
  lastUsedAtSeconds: usedAt === null ? null : Math.floor(usedAt / 1000),
  lastUsedRegion: region,
  lastUsedService: service,
});
