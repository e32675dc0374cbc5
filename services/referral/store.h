/*
 * What referral keeps in PostgreSQL, and how it is asked for and written.  Column orders are
 * known in the store_ files alone.
 */
#ifndef SERVICES_REFERRAL_STORE_H
#define SERVICES_REFERRAL_STORE_H

#include "common/run/handler.h"
#include "services/referral/domain/offer.h"
#include "services/referral/domain/referral.h"

#define LIST_ROWS_MAX   100
#define STEPS_SHOWN_MAX 200

/* Tables of statements; each ends with a row whose name is NULL. */
extern const struct lg_statement store_referral[];
extern const struct lg_statement store_offer[];
extern const struct lg_statement store_organisation[];
extern const struct lg_statement store_step[];
extern const struct lg_statement *const store_tables[];
#define STORE_TABLE_COUNT 4

/* --- the home's side (store_referral.c) -------------------------------------------------- */

/* Filled when decide runs; one never seen stays REFERRAL_NEW.  Shared by the batch's items. */
struct referral *read_referral(struct lg_batch *batch, struct lg_id referral_id);
void write_referral(struct lg_batch *batch, struct lg_id referral_id, const struct referral *r);

/* Queues the data keys of what intake sealed and of what was sealed anew here. */
void read_referral_keys(struct lg_batch *batch, struct lg_id referral_id);

/* What is needed by whom: written once, by whichever side hears first; station: "" at a desk. */
void write_need(struct lg_batch *batch, struct lg_id referral_id, const struct need *need,
	const char *station);

/* Referrals of this site behind an id, at most LIST_ROWS_MAX. */
struct lg_found *list_referrals(struct lg_batch *batch, struct lg_id after, bool with_ended);

#define ANEW_ROWS_MAX 64

/* Referrals of this site behind an id that may have to be told anew, at most ANEW_ROWS_MAX; likewise offers. */
struct lg_found *list_anew_referrals(struct lg_batch *batch, struct lg_id after);
struct lg_found *list_anew_offers(struct lg_batch *batch, struct lg_id after);

/* A row of either: its id and its case. */
void anew_from_row(const struct lg_found *found, int row, struct lg_id *ret_referral_id,
	struct lg_id *ret_case_id);

/* For the store_ files alone: seven columns from first on; a hash of 0 or 32 bytes. */
struct need need_from_row(struct lg_arena *arena, const PGresult *result, int row, int first);
void handover_hash_from_row(struct handover *handover, struct lg_bytes hash);

/* --- the organisation's side (store_offer.c) --------------------------------------------- */

/* As read_referral(): one never seen stays REFERRAL_NEW. */
struct offer *read_offer(struct lg_batch *batch, struct lg_id referral_id);
void write_offer(struct lg_batch *batch, struct lg_id referral_id, const struct offer *o);

/* Offers of the organisation that a user works for, behind an id, at most LIST_ROWS_MAX. */
struct lg_found *list_offers(
	struct lg_batch *batch, struct lg_id user, struct lg_id after, bool with_ended);

/* A row of either list; texts point into the result. */
struct listed {
	struct lg_id referral_id, case_id, organisation;
	const char *state;
	struct need need;
	lg_ms due_at, changed_at;
	uint32_t version;
};

struct listed listed_from_row(struct lg_arena *arena, const struct lg_found *found, int row);

/* --- the directory (store_organisation.c) ------------------------------------------------- */

/* All organisations; shared by the batch's items. */
struct directory *read_directory(struct lg_batch *batch);

/* Writes those that were changed, and forgets that they were. */
void write_directory(struct lg_batch *batch, struct directory *directory);

/* The organisation that a user works for; zero: none. */
struct lg_id *read_staff(struct lg_batch *batch, struct lg_id user);
void write_staff(struct lg_batch *batch, struct lg_id user, struct lg_id organisation);

/* Sites that were told of all organisations of this one. */
struct lg_found *read_told(struct lg_batch *batch);
uint16_t told_from_row(const struct lg_found *found, int row);
void write_told(struct lg_batch *batch, uint16_t site);

/* --- steps (store.c) ----------------------------------------------------------------------- */

struct stored_step {
	const char *what, *by, *detail;
	lg_ms at;
	struct lg_id organisation;
};

struct lg_found *read_steps(struct lg_batch *batch, struct lg_id referral_id, bool is_desk);
struct stored_step step_from_row(const struct lg_found *found, int row);
void write_step(struct lg_batch *batch, struct lg_id referral_id, bool is_desk,
	const struct stored_step *step);

/* What an operator should see of the table referral. */
extern const struct lg_watched store_watched[];

#endif
