CREATE TABLE `instance_profiles` (
	`account_id` text NOT NULL,
	`profile_id` text NOT NULL,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`path` text NOT NULL,
	`role_id` text,
	`tags` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `profile_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `instance_profiles_name` ON `instance_profiles` (`account_id`,`name_key`);--> statement-breakpoint
CREATE INDEX `instance_profiles_role` ON `instance_profiles` (`account_id`,`role_id`,`name_key`);