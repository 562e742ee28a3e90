CREATE TABLE `recovery_codes` (
	`account_id` text NOT NULL,
	`owner_type` text NOT NULL,
	`owner_id` text NOT NULL,
	`code_hash` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	`used_at_seconds` integer,
	PRIMARY KEY(`account_id`, `owner_type`, `owner_id`, `code_hash`)
);
--> statement-breakpoint
CREATE TABLE `sign_in_sessions` (
	`account_id` text NOT NULL,
	`session_id` text NOT NULL,
	`secret_hash` text NOT NULL,
	`owner_type` text NOT NULL,
	`owner_id` text NOT NULL,
	`identity` text NOT NULL,
	`amr` text NOT NULL,
	`auth_at_seconds` integer NOT NULL,
	`mfa_at_seconds` integer,
	`created_at_seconds` integer NOT NULL,
	`last_seen_at_seconds` integer NOT NULL,
	`expires_at_seconds` integer NOT NULL,
	`source_ip` text,
	`user_agent` text,
	PRIMARY KEY(`account_id`, `session_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sign_in_sessions_secret` ON `sign_in_sessions` (`account_id`,`secret_hash`);--> statement-breakpoint
CREATE INDEX `sign_in_sessions_owner` ON `sign_in_sessions` (`account_id`,`owner_type`,`owner_id`);--> statement-breakpoint
CREATE INDEX `sign_in_sessions_expiry` ON `sign_in_sessions` (`expires_at_seconds`);--> statement-breakpoint
CREATE TABLE `webauthn_credentials` (
	`account_id` text NOT NULL,
	`credential_id` text NOT NULL,
	`serial_number` text NOT NULL,
	`owner_type` text NOT NULL,
	`owner_id` text NOT NULL,
	`name` text NOT NULL,
	`public_key` text NOT NULL,
	`counter` integer NOT NULL,
	`transports` text NOT NULL,
	`aaguid` text NOT NULL,
	`backed_up` integer NOT NULL,
	`created_at_seconds` integer NOT NULL,
	`last_used_at_seconds` integer,
	PRIMARY KEY(`account_id`, `credential_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `webauthn_credentials_serial` ON `webauthn_credentials` (`account_id`,`serial_number`);--> statement-breakpoint
CREATE INDEX `webauthn_credentials_owner` ON `webauthn_credentials` (`account_id`,`owner_type`,`owner_id`);--> statement-breakpoint
CREATE TABLE `webauthn_policies` (
	`account_id` text PRIMARY KEY NOT NULL,
	`attestation` text NOT NULL,
	`aaguids` text NOT NULL
);
