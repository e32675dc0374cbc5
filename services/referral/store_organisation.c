/*
 * The tables organisation and staff.  The directory is small and every decision looks at all of it,
 * so it is read whole, once per batch.
 */
#include "services/referral/store.h"

#include <assert.h>

enum {
	SELECT_DIRECTORY,
	UPSERT_ORGANISATION,
	SELECT_STAFF,
	UPSERT_STAFF,
	SELECT_TOLD,
	INSERT_TOLD,
};

const struct lg_statement store_organisation[] = {
	/* every id is above the zero id: the parameter only makes it one read per batch */
	[SELECT_DIRECTORY] = {
		.name = "select_directory",
		.sql = "SELECT organisation_id, code, name, country, districts, services, takes,"
		       "       free_places, is_closed, version, accepted, declined, silent"
		       "  FROM organisation"
		       " WHERE organisation_id > $1"
		       " ORDER BY code"
		       " LIMIT 512",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[UPSERT_ORGANISATION] = {
		.name = "upsert_organisation",
		.sql = "INSERT INTO organisation (organisation_id, code, name, country, districts, services,"
		       "       takes, free_places, is_closed, version, accepted, declined,"
		       "       silent)"
		       " SELECT r.organisation_id, r.code, r.name, r.country, r.districts,"
		       "       r.services, r.takes, r.free_places, r.is_closed, r.version,"
		       "       r.accepted, r.declined, r.silent"
		       "  FROM unnest($1::bytea[], $2::text[], $3::text[], $4::text[],"
		       "       $5::text[], $6::text[], $7::smallint[], $8::int[],"
		       "       $9::boolean[], $10::int[], $11::int[], $12::int[],"
		       "       $13::int[])"
		       "    AS r (organisation_id, code, name, country, districts, services,"
		       "       takes, free_places, is_closed, version, accepted, declined,"
		       "       silent)"
		       " ON CONFLICT (organisation_id) DO UPDATE"
		       "    SET code = EXCLUDED.code, name = EXCLUDED.name, country ="
		       "       EXCLUDED.country, districts = EXCLUDED.districts, services ="
		       "       EXCLUDED.services, takes = EXCLUDED.takes, free_places ="
		       "       EXCLUDED.free_places, is_closed = EXCLUDED.is_closed,"
		       "       version = EXCLUDED.version, accepted = EXCLUDED.accepted,"
		       "       declined = EXCLUDED.declined, silent = EXCLUDED.silent",
		.param_count = 13,
		.params = { LG_SQL_BYTEAS, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_INT2S, LG_SQL_INT4S, LG_SQL_BOOLS, LG_SQL_INT4S, LG_SQL_INT4S, LG_SQL_INT4S, LG_SQL_INT4S },
	},
	[SELECT_STAFF] = {
		.name = "select_staff",
		.sql = "SELECT organisation_id"
		       "  FROM staff"
		       " WHERE user_id = $1",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[UPSERT_STAFF] = {
		.name = "upsert_staff",
		.sql = "INSERT INTO staff (user_id, organisation_id)"
		       " SELECT r.user_id, r.organisation_id"
		       "  FROM unnest($1::bytea[], $2::bytea[]) AS r (user_id, organisation_id)"
		       " ON CONFLICT (user_id) DO UPDATE"
		       "    SET organisation_id = EXCLUDED.organisation_id",
		.param_count = 2,
		.params = { LG_SQL_BYTEAS, LG_SQL_BYTEAS },
	},
	[SELECT_TOLD] = {
		.name = "select_directory_told",
		.sql = "SELECT site"
		       "  FROM directory_told"
		       " ORDER BY site"
		       " LIMIT 256",
	},
	[INSERT_TOLD] = {
		.name = "insert_directory_told",
		.sql = "INSERT INTO directory_told (site)"
		       " SELECT r.site"
		       "  FROM unnest($1::int[]) AS r (site)"
		       " ON CONFLICT (site) DO NOTHING",
		.param_count = 1,
		.params = { LG_SQL_INT4S },
	},
	{ .name = NULL },
};

enum { TAKES_WOMEN = 1, TAKES_GIRLS = 2, TAKES_MEN = 4, TAKES_BOYS = 8 };

static struct organisation organisation_from_row(
	struct lg_arena *arena, const PGresult *result, int row)
{
	int64_t takes = lg_field_int(result, row, 6);

	return (struct organisation){
		.organisation_id = lg_field_id(result, row, 0),
		.code = lg_copy_text(arena, lg_field_text(result, row, 1)),
		.name = lg_copy_text(arena, lg_field_text(result, row, 2)),
		.country = lg_copy_text(arena, lg_field_text(result, row, 3)),
		.districts = lg_copy_text(arena, lg_field_text(result, row, 4)),
		.services = lg_copy_text(arena, lg_field_text(result, row, 5)),
		.takes_women = (takes & TAKES_WOMEN) != 0,
		.takes_girls = (takes & TAKES_GIRLS) != 0,
		.takes_men = (takes & TAKES_MEN) != 0,
		.takes_boys = (takes & TAKES_BOYS) != 0,
		.free_places = (uint32_t)lg_field_int(result, row, 7),
		.is_closed = lg_field_int(result, row, 8) != 0,
		.version = (uint32_t)lg_field_int(result, row, 9),
		.accepted = (uint32_t)lg_field_int(result, row, 10),
		.declined = (uint32_t)lg_field_int(result, row, 11),
		.silent = (uint32_t)lg_field_int(result, row, 12),
	};
}

static void directory_from_rows(
	struct lg_arena *arena, const PGresult *result, int row, void *ret_aggregate)
{
	struct directory *directory = ret_aggregate;
	int count = PQntuples(result);

	assert(row == 0 && count <= DIRECTORY_MAX);
	for (int i = 0; i < count; i++)
		directory->at[i] = organisation_from_row(arena, result, i);
	directory->count = (uint32_t)count;
}

struct directory *read_directory(struct lg_batch *batch)
{
	const struct lg_id before_all = { .byte = { 0 } };

	return lg_read_by_id(batch, &store_organisation[SELECT_DIRECTORY], before_all,
		sizeof(struct directory), directory_from_rows);
}

static void write_organisation(struct lg_batch *batch, const struct organisation *o)
{
	const struct lg_value values[] = {
		lg_v_id(&o->organisation_id),
		lg_v_text(o->code),
		lg_v_text(o->name),
		lg_v_text(o->country),
		lg_v_text(o->districts),
		lg_v_text(o->services),
		lg_v_int((o->takes_women ? TAKES_WOMEN : 0) + (o->takes_girls ? TAKES_GIRLS : 0) +
			 (o->takes_men ? TAKES_MEN : 0) + (o->takes_boys ? TAKES_BOYS : 0)),
		lg_v_int(o->free_places),
		lg_v_int(o->is_closed),
		lg_v_int(o->version),
		lg_v_int(o->accepted),
		lg_v_int(o->declined),
		lg_v_int(o->silent),
	};

	lg_write(batch, &store_organisation[UPSERT_ORGANISATION], o->organisation_id, values);
}

void write_directory(struct lg_batch *batch, struct directory *directory)
{
	for (uint32_t i = 0; i < directory->count; i++) {
		if (!directory->at[i].is_changed)
			continue;
		write_organisation(batch, &directory->at[i]);
		directory->at[i].is_changed = false;
	}
}

static void staff_from_row(
	struct lg_arena *arena, const PGresult *result, int row, void *ret_aggregate)
{
	struct lg_id *organisation = ret_aggregate;

	(void)arena;
	*organisation = lg_field_id(result, row, 0);
}

struct lg_id *read_staff(struct lg_batch *batch, struct lg_id user)
{
	return lg_read_by_id(batch, &store_organisation[SELECT_STAFF], user, sizeof(struct lg_id),
		staff_from_row);
}

void write_staff(struct lg_batch *batch, struct lg_id user, struct lg_id organisation)
{
	const struct lg_value values[] = { lg_v_id(&user), lg_v_id(&organisation) };

	lg_write(batch, &store_organisation[UPSERT_STAFF], user, values);
}

struct lg_found *read_told(struct lg_batch *batch)
{
	return lg_read(batch, &store_organisation[SELECT_TOLD], NULL);
}

uint16_t told_from_row(const struct lg_found *found, int row)
{
	return (uint16_t)lg_field_int(found->result, row, 0);
}

void write_told(struct lg_batch *batch, uint16_t site)
{
	lg_insert(batch, &store_organisation[INSERT_TOLD],
		(const struct lg_value[]){ lg_v_int(site) });
}
