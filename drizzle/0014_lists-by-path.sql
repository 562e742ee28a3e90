CREATE INDEX `groups_path` ON `groups` (`account_id`,`path`,`name_key`);--> statement-breakpoint
CREATE INDEX `roles_path` ON `roles` (`account_id`,`path`,`name_key`);--> statement-breakpoint
CREATE INDEX `users_path` ON `users` (`account_id`,`path`,`name_key`);--> statement-breakpoint
CREATE INDEX `instance_profiles_path` ON `instance_profiles` (`account_id`,`path`,`name_key`);