import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Credential reports: made step by step, so that an account of any size has one. */
export const credentialReports = sqliteTable(
  'credential_reports',
  {
    accountId: text('account_id').notNull(),
    reportId: text('report_id').notNull(),
    startedAtSeconds: integer('started_at_seconds').notNull(),
    /** Null while it is made. */
    finishedAtSeconds: integer('finished_at_seconds'),
    /** The last user in it so far, by the key of its name; empty at the beginning. */
    cursor: text('cursor').notNull(),
    parts: integer('parts').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.reportId] }),
    index('credential_reports_started').on(t.accountId, t.startedAtSeconds),
  ],
);

/** Lines of a report, in parts that fit a row. */
export const credentialReportParts = sqliteTable(
  'credential_report_parts',
  {
    accountId: text('account_id').notNull(),
    reportId: text('report_id').notNull(),
    part: integer('part').notNull(),
    lines: text('lines').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.reportId, t.part] })],
);

/** Questions for the services that an entity last used; answered when the answer is fetched. */
export const accessDetailsJobs = sqliteTable(
  'access_details_jobs',
  {
    accountId: text('account_id').notNull(),
    jobId: text('job_id').notNull(),
    entityArn: text('entity_arn').notNull(),
    granularity: text('granularity').notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.jobId] }),
    index('access_details_jobs_created').on(t.createdAtSeconds),
  ],
);
