CREATE TABLE `accounts` (
	`account_id` text PRIMARY KEY NOT NULL,
	`alias` text,
	`root_email` text NOT NULL,
	`root_password_hash` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	`quotas` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_alias` ON `accounts` (`alias`);--> statement-breakpoint
CREATE TABLE `audiences` (
	`account_id` text NOT NULL,
	`audience` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `audience`)
);
--> statement-breakpoint
CREATE TABLE `counters` (
	`account_id` text NOT NULL,
	`name` text NOT NULL,
	`value` integer NOT NULL,
	PRIMARY KEY(`account_id`, `name`),
	CONSTRAINT "counters_not_negative" CHECK("counters"."value" >= 0)
);
--> statement-breakpoint
CREATE TABLE `deployment` (
	`id` integer PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`set_up_at_seconds` integer NOT NULL,
	CONSTRAINT "deployment_single_row" CHECK("deployment"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE `access_keys` (
	`account_id` text NOT NULL,
	`access_key_id` text NOT NULL,
	`user_id` text NOT NULL,
	`status` text NOT NULL,
	`sealed_secret` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `access_key_id`)
);
--> statement-breakpoint
CREATE INDEX `access_keys_user` ON `access_keys` (`account_id`,`user_id`);--> statement-breakpoint
CREATE TABLE `group_members` (
	`account_id` text NOT NULL,
	`user_id` text NOT NULL,
	`group_id` text NOT NULL,
	PRIMARY KEY(`account_id`, `user_id`, `group_id`)
);
--> statement-breakpoint
CREATE INDEX `group_members_group` ON `group_members` (`account_id`,`group_id`);--> statement-breakpoint
CREATE TABLE `groups` (
	`account_id` text NOT NULL,
	`group_id` text NOT NULL,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`path` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `group_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `groups_name` ON `groups` (`account_id`,`name_key`);--> statement-breakpoint
CREATE TABLE `roles` (
	`account_id` text NOT NULL,
	`role_id` text NOT NULL,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`path` text NOT NULL,
	`description` text NOT NULL,
	`trust_document` text NOT NULL,
	`trust_pins` text NOT NULL,
	`max_session_seconds` integer NOT NULL,
	`boundary_arn` text,
	`tags` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `role_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `roles_name` ON `roles` (`account_id`,`name_key`);--> statement-breakpoint
CREATE INDEX `roles_boundary` ON `roles` (`account_id`,`boundary_arn`);--> statement-breakpoint
CREATE TABLE `users` (
	`account_id` text NOT NULL,
	`user_id` text NOT NULL,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`path` text NOT NULL,
	`boundary_arn` text,
	`tags` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `user_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_name` ON `users` (`account_id`,`name_key`);--> statement-breakpoint
CREATE INDEX `users_boundary` ON `users` (`account_id`,`boundary_arn`);--> statement-breakpoint
CREATE TABLE `keys` (
	`key_id` text PRIMARY KEY NOT NULL,
	`purpose` text NOT NULL,
	`algorithm` text NOT NULL,
	`state` text NOT NULL,
	`kek_id` text NOT NULL,
	`sealed` text NOT NULL,
	`public_jwk` text,
	`created_at_seconds` integer NOT NULL,
	`activated_at_seconds` integer,
	`retired_at_seconds` integer,
	`forgotten_at_seconds` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `keys_one_active` ON `keys` (`purpose`,`algorithm`) WHERE "keys"."state" = 'active';--> statement-breakpoint
CREATE TABLE `attachments` (
	`account_id` text NOT NULL,
	`owner_type` text NOT NULL,
	`owner_id` text NOT NULL,
	`policy_arn` text NOT NULL,
	PRIMARY KEY(`account_id`, `owner_type`, `owner_id`, `policy_arn`)
);
--> statement-breakpoint
CREATE INDEX `attachments_policy` ON `attachments` (`account_id`,`policy_arn`);--> statement-breakpoint
CREATE TABLE `inline_policies` (
	`account_id` text NOT NULL,
	`owner_type` text NOT NULL,
	`owner_id` text NOT NULL,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`document` text NOT NULL,
	PRIMARY KEY(`account_id`, `owner_type`, `owner_id`, `name_key`)
);
--> statement-breakpoint
CREATE TABLE `policies` (
	`account_id` text NOT NULL,
	`policy_id` text NOT NULL,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`path` text NOT NULL,
	`arn` text NOT NULL,
	`description` text NOT NULL,
	`default_version` integer NOT NULL,
	`next_version` integer NOT NULL,
	`tags` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	`updated_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `policy_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `policies_name` ON `policies` (`account_id`,`name_key`);--> statement-breakpoint
CREATE UNIQUE INDEX `policies_arn` ON `policies` (`account_id`,`arn`);--> statement-breakpoint
CREATE TABLE `policy_versions` (
	`account_id` text NOT NULL,
	`policy_id` text NOT NULL,
	`version` integer NOT NULL,
	`document` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `policy_id`, `version`)
);
--> statement-breakpoint
CREATE TABLE `oidc_providers` (
	`account_id` text NOT NULL,
	`provider_id` text NOT NULL,
	`issuer` text NOT NULL,
	`url` text NOT NULL,
	`client_ids` text NOT NULL,
	`thumbprints` text NOT NULL,
	`tags` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `provider_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `oidc_providers_url` ON `oidc_providers` (`account_id`,`url`);--> statement-breakpoint
CREATE TABLE `audit_events` (
	`account_id` text NOT NULL,
	`event_id` text NOT NULL,
	`at_milliseconds` integer NOT NULL,
	`event_source` text NOT NULL,
	`event_name` text NOT NULL,
	`outcome` text NOT NULL,
	`principal_arn` text,
	`request_id` text NOT NULL,
	`shard` text,
	`shard_sequence` integer,
	`body` text NOT NULL,
	PRIMARY KEY(`account_id`, `event_id`)
);
--> statement-breakpoint
CREATE INDEX `audit_events_time` ON `audit_events` (`account_id`,`at_milliseconds`);--> statement-breakpoint
CREATE INDEX `audit_events_principal` ON `audit_events` (`account_id`,`principal_arn`,`at_milliseconds`);--> statement-breakpoint
CREATE INDEX `audit_events_name` ON `audit_events` (`account_id`,`event_name`,`at_milliseconds`);--> statement-breakpoint
CREATE INDEX `audit_events_outcome` ON `audit_events` (`account_id`,`outcome`,`at_milliseconds`);--> statement-breakpoint
CREATE INDEX `audit_events_request` ON `audit_events` (`account_id`,`request_id`);--> statement-breakpoint
CREATE INDEX `audit_events_shard` ON `audit_events` (`shard`,`shard_sequence`);--> statement-breakpoint
CREATE TABLE `change_log` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`account_id` text NOT NULL,
	`entity` text NOT NULL,
	`at_seconds` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `guard` (
	`found` integer DEFAULT 1 NOT NULL,
	`within_quota` integer DEFAULT 1 NOT NULL,
	`unreferenced` integer DEFAULT 1 NOT NULL,
	`unchanged` integer DEFAULT 1 NOT NULL,
	`unused` integer DEFAULT 1 NOT NULL,
	CONSTRAINT "guard_found" CHECK("guard"."found" >= 1),
	CONSTRAINT "guard_within_quota" CHECK("guard"."within_quota" >= 1),
	CONSTRAINT "guard_unreferenced" CHECK("guard"."unreferenced" >= 1),
	CONSTRAINT "guard_unchanged" CHECK("guard"."unchanged" >= 1),
	CONSTRAINT "guard_unused" CHECK("guard"."unused" >= 1)
);
--> statement-breakpoint
CREATE TABLE `one_time_values` (
	`account_id` text NOT NULL,
	`purpose` text NOT NULL,
	`value_hash` text NOT NULL,
	`expires_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `purpose`, `value_hash`)
);
--> statement-breakpoint
CREATE INDEX `one_time_values_expiry` ON `one_time_values` (`expires_at_seconds`);