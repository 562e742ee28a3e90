CREATE TABLE `identity_links` (
	`account_id` text NOT NULL,
	`provider_id` text NOT NULL,
	`subject` text NOT NULL,
	`user_id` text NOT NULL,
	`linked_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `provider_id`, `subject`)
);
--> statement-breakpoint
CREATE INDEX `identity_links_user` ON `identity_links` (`account_id`,`user_id`);--> statement-breakpoint
CREATE TABLE `mapping_rules` (
	`account_id` text NOT NULL,
	`provider_id` text NOT NULL,
	`document` text NOT NULL,
	`updated_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `provider_id`)
);
--> statement-breakpoint
CREATE TABLE `provider_clients` (
	`account_id` text NOT NULL,
	`provider_id` text NOT NULL,
	`client_id` text NOT NULL,
	`sealed_secret` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `provider_id`, `client_id`)
);
--> statement-breakpoint
CREATE TABLE `trust_trials` (
	`account_id` text NOT NULL,
	`role_id` text NOT NULL,
	`document` text NOT NULL,
	`pins` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `role_id`)
);
