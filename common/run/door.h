/*
 * Commands in, answers out: opened, checked, mapped from JSON, queued; nothing is handled here.
 */
#ifndef LG_RUN_DOOR_H
#define LG_RUN_DOOR_H

#include "common/run/instance.h"

/* COMMAND from the bus. */
void lg_door_frame(
	struct lg_instance *instance, const struct lg_route *route, struct lg_bytes body);

/* Whether a command is for a handler with long work (run/handler: ponder). */
bool lg_door_takes_long(const struct lg_instance *instance, const struct lg_delivery *command);

/*
 * The command that this one is a copy of, if it takes long and waits or is worked on: its answer is the
 * copy's too.  NULL: none.
 */
struct lg_delivery *lg_door_first_of(
	const struct lg_instance *instance, const struct lg_delivery *copy);

/* Sets the answer: a status and JSON, which must live in the delivery's arena. */
void lg_door_set(struct lg_delivery *delivery, uint32_t status, struct lg_bytes body);

/* Sets a problem document; title is a literal. */
void lg_door_problem(struct lg_delivery *delivery, uint32_t status, const char *title);

/* Sends the answer that was set.  The delivery stays the caller's. */
void lg_door_answer(struct lg_instance *instance, struct lg_delivery *delivery);

/* A commit has published: gateways that asked a query within 10 s ask their inboxes again now. */
void lg_door_news(struct lg_instance *instance);

/* "Not mine": the gateway sends it again. */
void lg_door_return(struct lg_instance *instance, struct lg_delivery *delivery);

/* What the door remembers of tokens and of gateways, as long as the process lives. */
void lg_door_open(struct lg_instance *instance);

/* Wipes and frees that. */
void lg_door_close(struct lg_instance *instance);

/* The handler of a type: the service's own, or one of common/run/operator/standing. */
const struct lg_handler *lg_door_handler(const struct lg_service *service, uint32_t type);

#endif
