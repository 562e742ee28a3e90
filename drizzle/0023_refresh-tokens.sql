CREATE TABLE `past_revocations` (
	`account_id` text NOT NULL,
	`first_mark` text NOT NULL,
	`marks` text NOT NULL,
	`issued_until_seconds` integer NOT NULL,
	`kept_until_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `first_mark`, `marks`)
);
--> statement-breakpoint
CREATE INDEX `past_revocations_kept` ON `past_revocations` (`kept_until_seconds`);--> statement-breakpoint
CREATE TABLE `refresh_families` (
	`account_id` text NOT NULL,
	`handle_hash` text NOT NULL,
	`family_id` text NOT NULL,
	`client_id` text NOT NULL,
	`owner_type` text NOT NULL,
	`owner_id` text NOT NULL,
	`grant_json` text NOT NULL,
	`role_arn` text NOT NULL,
	`sign_in_json` text NOT NULL,
	`key_thumbprint` text,
	`token_hash` text NOT NULL,
	`previous_hash` text,
	`sealed_successor` text,
	`last_session_id` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	`rotated_at_seconds` integer NOT NULL,
	`expires_at_seconds` integer NOT NULL,
	`ends_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `handle_hash`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `refresh_families_id` ON `refresh_families` (`account_id`,`family_id`);--> statement-breakpoint
CREATE INDEX `refresh_families_owner` ON `refresh_families` (`account_id`,`owner_type`,`owner_id`,`client_id`);--> statement-breakpoint
CREATE INDEX `refresh_families_client` ON `refresh_families` (`account_id`,`client_id`);--> statement-breakpoint
CREATE INDEX `refresh_families_end` ON `refresh_families` (`ends_at_seconds`);