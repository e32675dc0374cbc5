/*
 * What notification keeps in PostgreSQL, and how it is asked for and written.  Column orders are
 * known in the store_ files alone.
 */
#ifndef SERVICES_NOTIFICATION_STORE_H
#define SERVICES_NOTIFICATION_STORE_H

#include "common/run/handler.h"
#include "services/notification/domain/notice.h"
#include "services/notification/domain/subscription.h"

/* Tables of statements; each ends with a row whose name is NULL. */
extern const struct lg_statement store_subscription[];
extern const struct lg_statement store_notice[];
extern const struct lg_statement *const store_tables[];
#define STORE_TABLE_COUNT 2

#define STORE_SUBSCRIBERS_MAX 256 /* of one event, at one site */

/* --- subscriptions (store_subscription.c) ---------------------------------------------- */

struct stored_subscription {
	struct subscription subscription;
	struct lg_id context;   /* what the address is bound to */
	struct lg_bytes sealed; /* encoded Sealed; empty: no address, or it was erased */
};

/* Filled when decide runs; one never seen stays NEW.  Shared by the batch's items. */
struct stored_subscription *read_subscription(struct lg_batch *batch, struct lg_id subscription_id);

/* Active ones that name an event, oldest first, at most STORE_SUBSCRIBERS_MAX and one more. */
struct lg_found *read_subscribers(struct lg_batch *batch, enum told_event event);

/* Newest first; before: as a page's last id, or all bytes 0xff. */
struct lg_found *read_subscriptions(struct lg_batch *batch, struct lg_id before, uint32_t limit);

/* One of either list, without its address; row counts from 0. */
struct subscription subscription_from_found(const struct lg_found *found, int row);

/* Writes a new one. */
void write_subscription(struct lg_batch *batch, const struct stored_subscription *stored);

/* Ends one: its sealed address is deleted and its data key erased. */
void end_subscription(struct lg_batch *batch, const struct subscription *subscription);

/* --- notices (store_notice.c) ------------------------------------------------------------ */

/* Filled when decide runs; one never seen stays NEW.  Shared by the batch's items. */
struct notice *read_notice(struct lg_batch *batch, struct lg_id notice_id);

/* Newest first; state: its name, or "" for all. */
struct lg_found *read_notices(
	struct lg_batch *batch, struct lg_id before, const char *state, uint32_t limit);

/* One of them; row counts from 0; texts point into the result. */
struct notice notice_from_found(const struct lg_found *found, int row);

/* Keeps an intent; one for the same event and subscription stays as it is. */
void write_intent(struct lg_batch *batch, const struct notice *n);

/* Writes what became of one. */
void write_notice(struct lg_batch *batch, const struct notice *n);

/* What an operator should see of the table notice. */
extern const struct lg_watched store_watched[];

#endif
