CREATE TABLE `password_policies` (
	`account_id` text PRIMARY KEY NOT NULL,
	`minimum_length` integer NOT NULL,
	`require_symbols` integer NOT NULL,
	`require_numbers` integer NOT NULL,
	`require_uppercase` integer NOT NULL,
	`require_lowercase` integer NOT NULL,
	`allow_users_to_change` integer NOT NULL,
	`max_age_days` integer,
	`reuse_prevention` integer,
	`hard_expiry` integer NOT NULL
);
