#include "services/matching/files/data_file.h"

#include "common/base/config.h"
#include "common/base/table.h"
#include "services/matching/engine/text/place_table.h"

/* As they stand in the file: m and u per million. */
struct shares {
	int64_t m, u;
};

struct file {
	int64_t one_in, propose_ppm, two_persons_ppm;
	struct shares name_equal, name_close, name_different;
	struct shares phone_equal, phone_different;
	struct shares age_equal, age_close, age_different;
	struct shares place_equal, place_close, place_different;
	struct shares sex_equal, sex_different;
};

/* clang-format off */
#define ROWS(label, member) \
	{ label "-m", LG_OPTION_INT, offsetof(struct file, member.m), NULL, 1, 1000000, "per million" }, \
	{ label "-u", LG_OPTION_INT, offsetof(struct file, member.u), NULL, 1, 1000000, "per million" }

static const struct lg_option options[] = {
	{ "one-in", LG_OPTION_INT, offsetof(struct file, one_in), NULL, 2, 1000000000, "pairs" },
	{ "propose-ppm", LG_OPTION_INT, offsetof(struct file, propose_ppm), NULL, 1, 1000000, "per million" },
	{ "two-persons-ppm", LG_OPTION_INT, offsetof(struct file, two_persons_ppm), NULL, 1, 1000001, "per million" },
	ROWS("name-equal", name_equal),
	ROWS("name-close", name_close),
	ROWS("name-different", name_different),
	ROWS("phone-equal", phone_equal),
	ROWS("phone-different", phone_different),
	ROWS("age-equal", age_equal),
	ROWS("age-close", age_close),
	ROWS("age-different", age_different),
	ROWS("place-equal", place_equal),
	ROWS("place-close", place_close),
	ROWS("place-different", place_different),
	ROWS("sex-equal", sex_equal),
	ROWS("sex-different", sex_different),
	{ .name = NULL },
};

static const struct {
	enum match_field field;
	enum match_level level;
	size_t offset;
} places[] = {
	{ FIELD_NAME,     LEVEL_EQUAL,     offsetof(struct file, name_equal) },
	{ FIELD_NAME,     LEVEL_CLOSE,     offsetof(struct file, name_close) },
	{ FIELD_NAME,     LEVEL_DIFFERENT, offsetof(struct file, name_different) },
	{ FIELD_PHONE,    LEVEL_EQUAL,     offsetof(struct file, phone_equal) },
	{ FIELD_PHONE,    LEVEL_DIFFERENT, offsetof(struct file, phone_different) },
	{ FIELD_AGE,      LEVEL_EQUAL,     offsetof(struct file, age_equal) },
	{ FIELD_AGE,      LEVEL_CLOSE,     offsetof(struct file, age_close) },
	{ FIELD_AGE,      LEVEL_DIFFERENT, offsetof(struct file, age_different) },
	{ FIELD_PLACE,    LEVEL_EQUAL,     offsetof(struct file, place_equal) },
	{ FIELD_PLACE,    LEVEL_CLOSE,     offsetof(struct file, place_close) },
	{ FIELD_PLACE,    LEVEL_DIFFERENT, offsetof(struct file, place_different) },
	{ FIELD_SEX,      LEVEL_EQUAL,     offsetof(struct file, sex_equal) },
	{ FIELD_SEX,      LEVEL_DIFFERENT, offsetof(struct file, sex_different) },
};
/* clang-format on */

struct lg_status weights_read(struct lg_arena *arena, const char *path, struct weights *ret_weights,
	const char **ret_problem)
{
	char *arguments[] = { (char *)"weights", NULL };
	struct file file = { .one_in = 0 };
	struct weights weights = { .prior_millibits = 0 };
	struct lg_status status =
		lg_config_read(arena, options, "weights", path, 1, arguments, &file, ret_problem);

	if (!lg_is_done(status))
		return status;
	weights.one_in = file.one_in;
	weights.version = 1; /* later ones are learned */
	weights.propose_ppm = (uint32_t)file.propose_ppm;
	weights.two_persons_ppm = (uint32_t)file.two_persons_ppm;
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		struct shares shares;

		memcpy(&shares, (const char *)&file + places[i].offset, sizeof shares);
		weights.m_ppm[places[i].field][places[i].level] = (int32_t)shares.m;
		weights.u_ppm[places[i].field][places[i].level] = (int32_t)shares.u;
	}
	weigh_settle(&weights);
	*ret_weights = weights;
	return lg_done();
}

/* A table that is being read. */
struct districts {
	uint32_t count;
	struct district_alias *rows;
};

static struct lg_status keep_alias(void *user, const struct lg_csv_row *row)
{
	struct districts *table = user;
	struct district_alias *alias = &table->rows[table->count];

	if (table->count == DISTRICT_ALIASES_MAX)
		return lg_refuse("more than 512 aliases");
	name_read(row->cells[0], &alias->alias);
	name_read(row->cells[1], &alias->district);
	if (alias->alias.count == 0 || alias->district.count == 0)
		return lg_refuse("a name that has no letters");
	table->count++;
	return lg_done();
}

static const struct lg_table_layout district_layout = { "district_aliases.csv", "alias,district",
	keep_alias };

struct lg_status districts_parse(struct lg_arena *arena, struct lg_bytes text,
	struct district_table *ret_table, const char **ret_problem)
{
	struct districts table = { .rows = lg_alloc_array(
					   arena, DISTRICT_ALIASES_MAX, sizeof *table.rows) };
	struct lg_status status =
		lg_table_parse(arena, &district_layout, text, &table, ret_problem);

	*ret_table = (struct district_table){ .count = table.count, .rows = table.rows };
	return status;
}

struct lg_status districts_read(struct lg_arena *arena, const char *path,
	struct district_table *ret_table, const char **ret_problem)
{
	struct lg_bytes text;
	struct lg_status status = lg_table_text(arena, path, &text, ret_problem);

	return lg_is_done(status) ? districts_parse(arena, text, ret_table, ret_problem) : status;
}

/* Read with room for all there may be, kept with room for those there are. */
struct lg_status places_read(struct lg_arena *arena, const char *path,
	struct place_table *ret_table, const char **ret_problem)
{
	struct lg_arena *reading = lg_arena_new();
	const char *problem = NULL;
	struct place_table table;
	struct lg_bytes text;
	struct lg_status status = lg_table_text(reading, path, &text, &problem);

	if (lg_is_done(status))
		status = place_table_parse(reading, text, &table, &problem);
	if (lg_is_done(status)) {
		struct place_alias *rows = lg_alloc_array(arena, table.count, sizeof *rows);

		if (table.count > 0)
			memcpy(rows, table.rows, table.count * sizeof *rows);
		*ret_table = (struct place_table){ .count = table.count, .rows = rows };
	} else {
		*ret_problem = lg_copy_text(arena, problem);
	}
	lg_arena_free(reading);
	return status;
}

struct corridors {
	uint32_t count;
	struct corridor_row *rows;
};

static struct lg_status keep_station(void *user, const struct lg_csv_row *row)
{
	struct corridors *table = user;
	struct corridor_table known = { .count = table->count, .rows = table->rows };

	if (table->count == CORRIDOR_STATIONS_MAX)
		return lg_refuse("more than 128 stations");
	if (strlen(row->cells[0]) > RECORD_STATION_MAX || strlen(row->cells[1]) > CORRIDOR_MAX ||
		row->cells[0][0] == '\0' || row->cells[1][0] == '\0')
		return lg_refuse("a station has 1 to 8 bytes, a corridor 1 to 32");
	if (corridor_of(&known, row->cells[0])[0] != '\0')
		return lg_refuse("the station stands here already");
	table->rows[table->count++] = (struct corridor_row){ row->cells[0], row->cells[1] };
	return lg_done();
}

static const struct lg_table_layout corridor_layout = { "corridors.csv", "station,corridor",
	keep_station };

struct lg_status corridors_read(struct lg_arena *arena, const char *path,
	struct corridor_table *ret_table, const char **ret_problem)
{
	struct corridors table = { .rows = lg_alloc_array(
					   arena, CORRIDOR_STATIONS_MAX, sizeof *table.rows) };
	struct lg_bytes text;
	struct lg_status status = lg_table_text(arena, path, &text, ret_problem);

	if (lg_is_done(status))
		status = lg_table_parse(arena, &corridor_layout, text, &table, ret_problem);
	*ret_table = (struct corridor_table){ .count = table.count, .rows = table.rows };
	return status;
}
