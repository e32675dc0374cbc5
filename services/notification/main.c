/*
 * lg-notification: staff and partners are told of what happened, without a name in any text.
 *
 * Reading order: handlers.c (what is taken), on_event.c (an event becomes notices), on_due.c (a
 * notice is sent), domain/notice.c (its states), channels/channel.h (the ways out).
 */
#include "common/run/service.h"
#include "services/notification/desk.h"
#include "services/notification/handlers.h"

static const struct lg_lifecycle *const lives[] = { &notice_life, &subscription_life, NULL };

static const struct lg_service notification = {
	.number = LG_SERVICE_NOTIFICATION,
	.name = "notification",
	.description = "tells staff and partners what happened, by file or mail",
	.handlers = notification_handlers,
	.tables = store_tables,
	.table_count = STORE_TABLE_COUNT,
	.lives = lives,
	.watched = store_watched,
	.has_versions = true,
	.start = desk_open,
};

int main(int argc, char **argv)
{
	return lg_run(argc, argv, &notification);
}
