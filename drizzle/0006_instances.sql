CREATE TABLE `enrolment_codes` (
	`account_id` text NOT NULL,
	`code_id` text NOT NULL,
	`code_hash` text NOT NULL,
	`profile_id` text NOT NULL,
	`tags` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	`expires_at_seconds` integer NOT NULL,
	`redeemed_at_seconds` integer,
	`instance_id` text,
	PRIMARY KEY(`account_id`, `code_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `enrolment_codes_hash` ON `enrolment_codes` (`account_id`,`code_hash`);--> statement-breakpoint
CREATE INDEX `enrolment_codes_expiry` ON `enrolment_codes` (`expires_at_seconds`);--> statement-breakpoint
CREATE TABLE `instances` (
	`account_id` text NOT NULL,
	`instance_id` text NOT NULL,
	`enabled` integer NOT NULL,
	`description` text NOT NULL,
	`identity_key` text NOT NULL,
	`identity` text NOT NULL,
	`tags` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	`association_id` text,
	`profile_id` text,
	`associated_at_seconds` integer,
	`outliving` text NOT NULL,
	PRIMARY KEY(`account_id`, `instance_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `instances_identity` ON `instances` (`account_id`,`identity_key`);--> statement-breakpoint
CREATE INDEX `instances_association` ON `instances` (`account_id`,`association_id`);--> statement-breakpoint
CREATE INDEX `instances_profile` ON `instances` (`account_id`,`profile_id`,`instance_id`);