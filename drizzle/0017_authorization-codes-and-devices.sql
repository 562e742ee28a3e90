CREATE TABLE `authorization_codes` (
	`account_id` text NOT NULL,
	`code_hash` text NOT NULL,
	`client_id` text NOT NULL,
	`redirect_uri` text NOT NULL,
	`code_challenge` text NOT NULL,
	`nonce` text,
	`grant_json` text NOT NULL,
	`expires_at_seconds` integer NOT NULL,
	`kept_until_seconds` integer NOT NULL,
	`used_at_seconds` integer,
	PRIMARY KEY(`account_id`, `code_hash`)
);
--> statement-breakpoint
CREATE INDEX `authorization_codes_kept` ON `authorization_codes` (`kept_until_seconds`);--> statement-breakpoint
CREATE TABLE `pushed_requests` (
	`account_id` text NOT NULL,
	`request_hash` text NOT NULL,
	`client_id` text NOT NULL,
	`parameters` text NOT NULL,
	`expires_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `request_hash`)
);
--> statement-breakpoint
CREATE INDEX `pushed_requests_expiry` ON `pushed_requests` (`expires_at_seconds`);--> statement-breakpoint
CREATE TABLE `device_authorizations` (
	`account_id` text NOT NULL,
	`device_code_hash` text NOT NULL,
	`user_code_hash` text NOT NULL,
	`client_id` text NOT NULL,
	`scope` text NOT NULL,
	`audience` text,
	`source_ip` text,
	`user_agent` text,
	`created_at_seconds` integer NOT NULL,
	`expires_at_seconds` integer NOT NULL,
	`state` text NOT NULL,
	`grant_json` text,
	`interval_seconds` integer NOT NULL,
	`last_poll_at_seconds` integer,
	PRIMARY KEY(`account_id`, `device_code_hash`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `device_authorizations_user_code` ON `device_authorizations` (`account_id`,`user_code_hash`);--> statement-breakpoint
CREATE INDEX `device_authorizations_address` ON `device_authorizations` (`account_id`,`source_ip`);--> statement-breakpoint
CREATE INDEX `device_authorizations_expiry` ON `device_authorizations` (`expires_at_seconds`);--> statement-breakpoint
CREATE TABLE `user_code_guesses` (
	`account_id` text NOT NULL,
	`guesser` text NOT NULL,
	`count` integer NOT NULL,
	`window_ends_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `guesser`)
);
