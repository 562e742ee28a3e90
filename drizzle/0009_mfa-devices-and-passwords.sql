CREATE TABLE `authentication_failures` (
	`account_id` text NOT NULL,
	`subject` text NOT NULL,
	`factor` text NOT NULL,
	`failures` integer NOT NULL,
	`locked_until_seconds` integer,
	PRIMARY KEY(`account_id`, `subject`, `factor`)
);
--> statement-breakpoint
CREATE TABLE `mfa_devices` (
	`account_id` text NOT NULL,
	`serial_key` text NOT NULL,
	`serial_number` text NOT NULL,
	`kind` text NOT NULL,
	`owner_type` text,
	`owner_id` text,
	`sealed_seed` text,
	`last_step` integer,
	`drift_steps` integer DEFAULT 0 NOT NULL,
	`tags` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	`enabled_at_seconds` integer,
	PRIMARY KEY(`account_id`, `serial_key`)
);
--> statement-breakpoint
CREATE INDEX `mfa_devices_owner` ON `mfa_devices` (`account_id`,`owner_type`,`owner_id`);--> statement-breakpoint
CREATE INDEX `mfa_devices_kind` ON `mfa_devices` (`account_id`,`kind`,`serial_key`);--> statement-breakpoint
CREATE TABLE `login_profiles` (
	`account_id` text NOT NULL,
	`user_id` text NOT NULL,
	`password_hash` text NOT NULL,
	`reset_required` integer NOT NULL,
	`created_at_seconds` integer NOT NULL,
	`changed_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `user_id`)
);
--> statement-breakpoint
CREATE TABLE `password_history` (
	`account_id` text NOT NULL,
	`owner_id` text NOT NULL,
	`password_hash` text NOT NULL,
	`set_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `owner_id`, `password_hash`)
);
--> statement-breakpoint
CREATE INDEX `password_history_order` ON `password_history` (`account_id`,`owner_id`,`set_at_seconds`);--> statement-breakpoint
ALTER TABLE `accounts` ADD `root_password_changed_at_seconds` integer;--> statement-breakpoint
ALTER TABLE `accounts` ADD `root_password_last_used_at_seconds` integer;--> statement-breakpoint
ALTER TABLE `accounts` ADD `security_preset` text;--> statement-breakpoint
ALTER TABLE `users` ADD `password_last_used_at_seconds` integer;