CREATE TABLE `oauth_clients` (
	`account_id` text NOT NULL,
	`client_id` text NOT NULL,
	`settings` text NOT NULL,
	`secrets` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `client_id`)
);
--> statement-breakpoint
CREATE TABLE `oauth_scopes` (
	`account_id` text NOT NULL,
	`scope` text NOT NULL,
	`description` text NOT NULL,
	`document` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `scope`)
);
--> statement-breakpoint
CREATE TABLE `refresh_families` (
	`account_id` text NOT NULL,
	`family_id` text NOT NULL,
	`client_id` text NOT NULL,
	`session` text NOT NULL,
	`arn` text NOT NULL,
	`subject` text NOT NULL,
	`audience` text NOT NULL,
	`scope` text,
	`key_thumbprint` text,
	`expires_at_seconds` integer NOT NULL,
	`current_hash` text NOT NULL,
	`previous_hash` text,
	`rotated_at_seconds` integer,
	`sealed_current` text,
	PRIMARY KEY(`account_id`, `family_id`)
);
--> statement-breakpoint
CREATE INDEX `refresh_families_client` ON `refresh_families` (`account_id`,`client_id`);--> statement-breakpoint
CREATE INDEX `refresh_families_expiry` ON `refresh_families` (`expires_at_seconds`);