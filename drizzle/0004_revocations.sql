CREATE TABLE `revocations` (
	`account_id` text NOT NULL,
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`marks` text NOT NULL,
	`issued_until_seconds` integer NOT NULL,
	`expires_at_seconds` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `revocations_marks` ON `revocations` (`account_id`,`marks`);--> statement-breakpoint
CREATE INDEX `revocations_sequence` ON `revocations` (`account_id`,`sequence`);--> statement-breakpoint
CREATE INDEX `revocations_expiry` ON `revocations` (`expires_at_seconds`);