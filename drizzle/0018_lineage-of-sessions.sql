ALTER TABLE `sessions` ADD `user_id` text;--> statement-breakpoint
ALTER TABLE `sessions` ADD `lineage` text;--> statement-breakpoint
UPDATE `sessions` SET `user_id` = `principal_id` WHERE `kind` IN ('user', 'federated-user') AND `principal_id` LIKE 'AIDA%';--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`account_id`,`user_id`,`issued_at_seconds`,`session_id`);