DROP TABLE `identity_links`;--> statement-breakpoint
DROP TABLE `refresh_families`;