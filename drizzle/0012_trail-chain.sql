CREATE TABLE `trail_checkpoints` (
	`number` integer PRIMARY KEY NOT NULL,
	`first_position` integer NOT NULL,
	`last_position` integer NOT NULL,
	`head` text NOT NULL,
	`statement` text NOT NULL
);
--> statement-breakpoint
ALTER TABLE `audit_events` ADD `chain_position` integer;--> statement-breakpoint
CREATE UNIQUE INDEX `audit_events_chain` ON `audit_events` (`chain_position`) WHERE "audit_events"."chain_position" is not null;--> statement-breakpoint
CREATE INDEX `audit_events_unsealed` ON `audit_events` (`at_milliseconds`,`event_id`) WHERE "audit_events"."chain_position" is null;