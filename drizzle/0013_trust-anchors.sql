CREATE TABLE `anywhere_profiles` (
	`account_id` text NOT NULL,
	`profile_id` text NOT NULL,
	`name` text NOT NULL,
	`enabled` integer NOT NULL,
	`role_arns` text NOT NULL,
	`managed_policy_arns` text NOT NULL,
	`session_policy` text,
	`duration_seconds` integer NOT NULL,
	`require_instance_properties` integer NOT NULL,
	`created_at_seconds` integer NOT NULL,
	`updated_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `profile_id`)
);
--> statement-breakpoint
CREATE TABLE `revoked_certificates` (
	`account_id` text NOT NULL,
	`crl_id` text NOT NULL,
	`name` text NOT NULL,
	`enabled` integer NOT NULL,
	`anchor_id` text NOT NULL,
	`issuer` text NOT NULL,
	`serials` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	`updated_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `crl_id`)
);
--> statement-breakpoint
CREATE INDEX `revoked_certificates_anchor` ON `revoked_certificates` (`account_id`,`anchor_id`,`crl_id`);--> statement-breakpoint
CREATE TABLE `trust_anchors` (
	`account_id` text NOT NULL,
	`anchor_id` text NOT NULL,
	`name` text NOT NULL,
	`enabled` integer NOT NULL,
	`bundle` text NOT NULL,
	`created_at_seconds` integer NOT NULL,
	`updated_at_seconds` integer NOT NULL,
	PRIMARY KEY(`account_id`, `anchor_id`)
);
