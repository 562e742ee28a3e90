CREATE TABLE `access_details_jobs` (
	`account_id` text NOT NULL,
	`job_id` text NOT NULL,
	`entity_arn` text NOT NULL,
	`granularity` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `job_id`)
);
--> statement-breakpoint
CREATE INDEX `access_details_jobs_created` ON `access_details_jobs` (`created_at_seconds`);--> statement-breakpoint
CREATE TABLE `credential_report_parts` (
	`account_id` text NOT NULL,
	`report_id` text NOT NULL,
	`part` integer NOT NULL,
	`lines` text NOT NULL,
	PRIMARY KEY(`account_id`, `report_id`, `part`)
);
--> statement-breakpoint
CREATE TABLE `credential_reports` (
	`account_id` text NOT NULL,
	`report_id` text NOT NULL,
	`started_at_seconds` integer NOT NULL,
	`finished_at_seconds` integer,
	`cursor` text NOT NULL,
	`parts` integer NOT NULL,
	PRIMARY KEY(`account_id`, `report_id`)
);
--> statement-breakpoint
CREATE INDEX `credential_reports_started` ON `credential_reports` (`account_id`,`started_at_seconds`);--> statement-breakpoint
CREATE TABLE `last_used` (
	`account_id` text NOT NULL,
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`at_milliseconds` integer NOT NULL,
	`region` text,
	`service` text NOT NULL,
	PRIMARY KEY(`account_id`, `kind`, `id`)
);
--> statement-breakpoint
CREATE INDEX `last_used_time` ON `last_used` (`kind`,`at_milliseconds`);--> statement-breakpoint
CREATE TABLE `service_access` (
	`account_id` text NOT NULL,
	`principal_id` text NOT NULL,
	`service` text NOT NULL,
	`action` text NOT NULL,
	`at_milliseconds` integer NOT NULL,
	`region` text,
	PRIMARY KEY(`account_id`, `principal_id`, `service`, `action`)
);
--> statement-breakpoint
CREATE INDEX `service_access_time` ON `service_access` (`at_milliseconds`);--> statement-breakpoint
CREATE TABLE `session_credentials` (
	`account_id` text NOT NULL,
	`credential_id` text NOT NULL,
	`session_id` text NOT NULL,
	`issued_at_seconds` integer NOT NULL,
	`expires_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `credential_id`)
);
--> statement-breakpoint
CREATE INDEX `session_credentials_session` ON `session_credentials` (`account_id`,`session_id`);--> statement-breakpoint
CREATE INDEX `session_credentials_expiry` ON `session_credentials` (`expires_at_seconds`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`account_id` text NOT NULL,
	`session_id` text NOT NULL,
	`kind` text NOT NULL,
	`principal_arn` text NOT NULL,
	`principal_id` text NOT NULL,
	`source_identity` text,
	`provider` text,
	`subject` text,
	`tags` text NOT NULL,
	`issued_at_seconds` integer NOT NULL,
	`expires_at_seconds` integer NOT NULL,
	`from_session_id` text,
	`begun_by_arn` text,
	`instance_id` text,
	PRIMARY KEY(`account_id`, `session_id`)
);
--> statement-breakpoint
CREATE INDEX `sessions_issued` ON `sessions` (`account_id`,`issued_at_seconds`,`session_id`);--> statement-breakpoint
CREATE INDEX `sessions_principal` ON `sessions` (`account_id`,`principal_id`,`issued_at_seconds`,`session_id`);--> statement-breakpoint
CREATE INDEX `sessions_source_identity` ON `sessions` (`account_id`,`source_identity`,`issued_at_seconds`,`session_id`);--> statement-breakpoint
CREATE INDEX `sessions_subject` ON `sessions` (`account_id`,`provider`,`subject`,`issued_at_seconds`,`session_id`);--> statement-breakpoint
CREATE INDEX `sessions_expiry` ON `sessions` (`expires_at_seconds`);