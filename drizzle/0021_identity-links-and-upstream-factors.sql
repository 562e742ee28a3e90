CREATE TABLE `identity_links` (
	`account_id` text NOT NULL,
	`provider_id` text NOT NULL,
	`subject` text NOT NULL,
	`user_id` text NOT NULL,
	`label` text NOT NULL,
	`linked_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `provider_id`, `subject`)
);
--> statement-breakpoint
CREATE INDEX `identity_links_user` ON `identity_links` (`account_id`,`user_id`);--> statement-breakpoint
ALTER TABLE `oidc_providers` ADD `mfa_amr_values` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `oidc_providers` ADD `mfa_acr_values` text DEFAULT '[]' NOT NULL;