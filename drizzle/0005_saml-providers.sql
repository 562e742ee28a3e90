CREATE TABLE `saml_logins` (
	`account_id` text NOT NULL,
	`request_hash` text NOT NULL,
	`provider_id` text NOT NULL,
	`relay_hash` text NOT NULL,
	`browser_hash` text NOT NULL,
	`return_to` text NOT NULL,
	`expires_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `request_hash`)
);
--> statement-breakpoint
CREATE INDEX `saml_logins_expiry` ON `saml_logins` (`expires_at_seconds`);--> statement-breakpoint
CREATE TABLE `saml_providers` (
	`account_id` text NOT NULL,
	`provider_id` text NOT NULL,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`entity_id` text NOT NULL,
	`certificates` text NOT NULL,
	`sign_on_endpoints` text NOT NULL,
	`logout_endpoints` text NOT NULL,
	`wants_signed_requests` integer NOT NULL,
	`valid_until_seconds` integer,
	`requires_encryption` integer NOT NULL,
	`private_keys` text NOT NULL,
	`admits_unsolicited` integer NOT NULL,
	`tags` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	`revision` integer NOT NULL,
	PRIMARY KEY(`account_id`, `provider_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `saml_providers_name` ON `saml_providers` (`account_id`,`name_key`);