/*
 * Organisations that take people in, as the directory has them: whom each helps, where, and how
 * many places are free.
 *
 * An organisation's places are decided at its own site; other sites know them as last told.
 */
#ifndef SERVICES_REFERRAL_DOMAIN_ORGANISATION_H
#define SERVICES_REFERRAL_DOMAIN_ORGANISATION_H

#include "common/base/id.h"
#include "services/referral/domain/need.h"

#define DIRECTORY_MAX                512
#define ORGANISATION_CODE_MAX        16
#define ORGANISATION_NAME_MAX        100 /* bytes */
#define ORGANISATION_DISTRICTS_MAX   80
#define ORGANISATION_SERVICES_MAX    16
#define ORGANISATION_FREE_PLACES_MAX 1000

struct organisation {
	struct lg_id organisation_id; /* its site is in it */
	const char *code, *name, *country;
	const char *districts, *services; /* words.h; no district: all of the country */
	bool takes_women, takes_girls, takes_men, takes_boys;
	bool is_closed;
	uint32_t free_places;
	uint32_t version; /* 1..; 0: not there */
	/* how it answered this site before */
	uint32_t accepted, declined, silent;
	bool is_changed; /* in this batch, and not yet written */
	bool is_news;    /* for the other sites */
};

/* All that are known, by code; shared by a batch. */
struct directory {
	uint32_t count;
	struct organisation at[DIRECTORY_MAX];
};

/* The organisation of this id, or NULL. */
struct organisation *directory_find(struct directory *directory, struct lg_id organisation_id);

/* Whether what somebody says of an organisation can be true. */
LG_MUST_CHECK struct lg_status organisation_check(const struct organisation *organisation);

/*
 * Adds one.
 *   said     checked; its id set
 *   refused  the code is another's, the directory is full
 */
LG_MUST_CHECK struct lg_status directory_add(
	struct directory *directory, const struct organisation *said);

/*
 * Changes one: all but its id, code and how it answered.
 *   refused  somebody else changed it since version was read; another code
 */
LG_MUST_CHECK struct lg_status organisation_update(
	struct organisation *organisation, const struct organisation *said);

/*
 * What another site says of an organisation of its own; older than what is known is passed over.
 *   refused  the directory is full, or another has its code
 */
LG_MUST_CHECK struct lg_status directory_learn(
	struct directory *directory, const struct organisation *said);

/* refused  no place is free */
LG_MUST_CHECK struct lg_status organisation_take_place(struct organisation *organisation);
void organisation_give_place(struct organisation *organisation);

/* Whether it takes somebody of this sex and age. */
bool organisation_takes(const struct organisation *organisation, const struct need *need);

#endif
