CREATE TABLE `consents` (
	`account_id` text NOT NULL,
	`owner_type` text NOT NULL,
	`owner_id` text NOT NULL,
	`client_id` text NOT NULL,
	`role_arn` text NOT NULL,
	`role_id` text NOT NULL,
	`scopes` text NOT NULL,
	`audiences` text NOT NULL,
	`given_at_seconds` integer NOT NULL,
	`expires_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `owner_type`, `owner_id`, `client_id`)
);
--> statement-breakpoint
CREATE INDEX `consents_client` ON `consents` (`account_id`,`client_id`);--> statement-breakpoint
CREATE INDEX `consents_expiry` ON `consents` (`expires_at_seconds`);--> statement-breakpoint
CREATE TABLE `sign_in_clients` (
	`account_id` text NOT NULL,
	`session_id` text NOT NULL,
	`client_id` text NOT NULL,
	`subject` text NOT NULL,
	`session_expires_at_seconds` integer NOT NULL,
	`checked_revocation` integer DEFAULT 0 NOT NULL,
	`ended_at_seconds` integer,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_attempt_at_seconds` integer,
	PRIMARY KEY(`account_id`, `session_id`, `client_id`)
);
--> statement-breakpoint
CREATE INDEX `sign_in_clients_due` ON `sign_in_clients` (`next_attempt_at_seconds`);--> statement-breakpoint
CREATE INDEX `sign_in_clients_checked` ON `sign_in_clients` (`account_id`,`checked_revocation`);