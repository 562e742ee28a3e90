DROP INDEX `refresh_families_owner`;--> statement-breakpoint
DROP INDEX `refresh_families_client`;--> statement-breakpoint
CREATE INDEX `refresh_families_owner` ON `refresh_families` (`account_id`,`owner_type`,`owner_id`,`client_id`,`family_id`);--> statement-breakpoint
CREATE INDEX `refresh_families_client` ON `refresh_families` (`account_id`,`client_id`,`family_id`);