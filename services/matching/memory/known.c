/*
 * A table of persons by their ids beside the engine's index; a person's number there is its tag
 * here.  Numbers are given once and kept: a newer record of the same person takes its rows out and
 * puts new ones in.
 */
#include "services/matching/memory/known.h"

#include <assert.h>
#include <stdlib.h>

#include "services/matching/engine/name.h"
#include "services/matching/engine/search/index.h"

#define NOBODY       UINT32_MAX
#define ROWS_MAX     16u   /* of one person: names, telephones */
#define LEAST_BITS   -6.0f /* evidence below which nobody is compared whole */
#define FIELD_TEXTS  6
#define CELL_MAX     128u
#define YEAR_DAYS_MS (LG_DAY_MS * 36525 / 100)

enum { GIVEN, FAMILY, BORN, DISTRICT, SEX, PHONE };

struct slot {
	struct lg_id record_id;
	int64_t place;
	uint32_t next; /* of the same bucket */
};

struct known {
	struct lg_arena *arena;
	struct index *index;
	struct model model;
	uint32_t room, count, bucket_count;
	struct slot *slots;
	uint32_t *buckets;
	int64_t through;
	bool stands;
};

/* What one row says, as cells. */
struct row {
	char text[FIELD_TEXTS][CELL_MAX];
	struct lg_bytes cells[FIELD_TEXTS];
};

static const struct field_list fields = {
	.count = FIELD_TEXTS,
	.fields = {
		[GIVEN] = { .name = "given", .kind = KIND_NAME, .twin = FAMILY, .pool = GIVEN },
		[FAMILY] = { .name = "family", .kind = KIND_NAME, .twin = GIVEN, .pool = GIVEN },
		[BORN] = { .name = "born", .kind = KIND_DATE, .twin = BORN, .pool = BORN },
		[DISTRICT] = { .name = "district",
			.kind = KIND_PLACE,
			.twin = DISTRICT,
			.pool = DISTRICT },
		[SEX] = { .name = "sex", .kind = KIND_CODE, .twin = SEX, .pool = SEX },
		[PHONE] = { .name = "phone", .kind = KIND_PHONE, .twin = PHONE, .pool = PHONE },
	},
};

/*
 * How often each grade is seen in two records of one person (m) and of two (u).  By judgement: it
 * only chooses whom to compare whole, where what was learned decides.  But for telephones: two of
 * a country begin alike, so every twelfth pair shares half of its digits in order, which says
 * nothing (u counted on three million pairs of invented ones: 0.076, 1.5e-4, 1e-6).
 */
/* clang-format off */
static const double judged_m[FIELD_TEXTS][GRADE_COUNT] = {
	/*            -  differ remote near   close  sound  equal  crossed */
	[GIVEN]    = { 0, .12,   .03,   .05,   .10,   .25,   .40,   .02,   .03 },
	[FAMILY]   = { 0, .12,   .03,   .05,   .10,   .25,   .40,   .02,   .03 },
	[BORN]     = { 0, .08,   .15,   .005,  .005,  .005,  .005,  .40,   .35 },
	[DISTRICT] = { 0, .15,   .02,   .03,   .05,   .15,   .60,   .001,  .001 },
	[SEX]      = { 0, .01,   .001,  .001,  .001,  .001,  .985,  .001,  .001 },
	[PHONE]    = { 0, .345,  .03,   .005,  .02,   .02,   .58,   .001,  .001 },
};
static const double judged_u[FIELD_TEXTS][GRADE_COUNT] = {
	[GIVEN]    = { 0, .95,   .02,   .01,   .008,  .005,  .004,  .002,  .001 },
	[FAMILY]   = { 0, .93,   .02,   .015,  .01,   .01,   .012,  .002,  .001 },
	[BORN]     = { 0, .60,   .20,   .002,  .002,  .002,  .002,  .13,   .06 },
	[DISTRICT] = { 0, .94,   .01,   .01,   .01,   .01,   .02,   .001,  .001 },
	[SEX]      = { 0, .40,   .001,  .001,  .001,  .001,  .595,  .001,  .001 },
	[PHONE]    = { 0, .92,   .08,   1.5e-4, 2e-5, 2e-5,  1e-5,  1e-5,  1e-5 },
};
/* clang-format on */

static void begin(struct known *known)
{
	known->arena = lg_arena_new_resident();
	known->index = index_new(&fields, known->room, known->arena);
	known->slots = lg_alloc_array(known->arena, known->room, sizeof *known->slots);
	known->bucket_count = known->room; /* a power of two */
	known->buckets = lg_alloc_array(known->arena, known->bucket_count, sizeof(uint32_t));
	memset(known->buckets, 0xff, known->bucket_count * sizeof(uint32_t));
	known->count = 0;
	known->through = 0;
	known->stands = false;
}

struct known *known_new(uint32_t room)
{
	struct known *known = calloc(1, sizeof *known);

	if (known == NULL)
		abort();
	assert(room > 0);
	assert((room & (room - 1)) == 0);
	known->room = room;
	known->model.list = fields;
	known->model.prior = 1e-4;
	memcpy(known->model.m, judged_m, sizeof judged_m);
	memcpy(known->model.u, judged_u, sizeof judged_u);
	model_settle(&known->model);
	begin(known);
	return known;
}

void known_free(struct known *known)
{
	if (known == NULL)
		return;
	lg_arena_free(known->arena);
	free(known);
}

/* The last half of an id is random, so its last bytes are a hash already. */
static uint32_t *bucket_of(const struct known *known, struct lg_id record_id)
{
	uint32_t hash;

	memcpy(&hash, record_id.byte + LG_ID_SIZE - sizeof hash, sizeof hash);
	return &known->buckets[(hash ^ hash >> 16) & (known->bucket_count - 1)];
}

static uint32_t find(const struct known *known, struct lg_id record_id)
{
	uint32_t tag = *bucket_of(known, record_id);

	while (tag != NOBODY && !lg_id_equal(known->slots[tag].record_id, record_id))
		tag = known->slots[tag].next;
	return tag;
}

/* The tag of a person, a new one for a new person; NOBODY: there is no room. */
static uint32_t tag_for(struct known *known, struct lg_id record_id)
{
	uint32_t tag = find(known, record_id), *bucket = bucket_of(known, record_id);

	if (tag != NOBODY || known->count == known->room)
		return tag;
	tag = known->count++;
	known->slots[tag] = (struct slot){ .record_id = record_id, .next = *bucket };
	*bucket = tag;
	return tag;
}

static void set_cell(struct row *row, uint32_t field, struct lg_bytes text)
{
	size_t size = text.size < CELL_MAX - 1 ? text.size : CELL_MAX - 1;

	memcpy(row->text[field], text.data, size);
	row->text[field][size] = '\0';
	row->cells[field] = lg_bytes(row->text[field], size);
}

/* The year in which she was born, as near as an age can tell; four digits. */
static void set_year(struct row *row, const struct person_facts *facts)
{
	int64_t year, days;

	set_cell(row, BORN, lg_bytes("", 0));
	if (facts->age_years < 0)
		return;
	/* half a year: an age of whole years is as much too small as that, on average */
	days = facts->at - facts->age_years * YEAR_DAYS_MS - YEAR_DAYS_MS / 2;
	year = 1970 + (days >= 0 ? days / YEAR_DAYS_MS : -((-days - 1) / YEAR_DAYS_MS) - 1);
	if (year < 1000 || year > 9999)
		return;
	for (int digit = 3; digit >= 0; digit--, year /= 10)
		row->text[BORN][digit] = (char)('0' + year % 10);
	row->cells[BORN] = lg_bytes(row->text[BORN], 4);
}

static void fill_row(struct row *row, const struct known_person *person, uint32_t n)
{
	struct lg_bytes given = lg_bytes("", 0), family = given;
	uint32_t name = n < person->name_count ? n : 0;
	const char *phone = n < person->phone_count ? person->phones[n] : "";

	if (person->name_count > 0)
		name_parts(person->names[name], &given, &family);
	set_cell(row, GIVEN, given);
	set_cell(row, FAMILY, family);
	set_cell(row, PHONE, lg_bytes(phone, strlen(phone)));
}

static bool begin_anew(struct known *known)
{
	lg_arena_free(known->arena);
	known->room *= 2;
	begin(known);
	return false;
}

bool known_take(struct known *known, const struct known_person *person)
{
	static const char *const sexes[SEX_COUNT] = { "f", "m", "", "" };
	const struct person_facts *facts = person->facts;
	uint32_t rows =
		person->name_count > person->phone_count ? person->name_count : person->phone_count;
	uint32_t tag = tag_for(known, person->record_id);
	struct row row;

	if (tag == NOBODY)
		return begin_anew(known);
	assert(facts->sex < SEX_COUNT);
	index_remove(known->index, tag);
	set_year(&row, facts);
	set_cell(&row, SEX, lg_bytes(sexes[facts->sex], strlen(sexes[facts->sex])));
	set_cell(&row, DISTRICT, lg_bytes(facts->district, strlen(facts->district)));
	for (uint32_t n = 0; n < rows && n < ROWS_MAX; n++) {
		fill_row(&row, person, n);
		if (!lg_is_done(index_insert(known->index, tag, row.cells)))
			return begin_anew(known);
	}
	known->slots[tag].place = person->place;
	known->through = person->place;
	return true;
}

void known_drop(struct known *known, struct lg_id record_id, int64_t place)
{
	uint32_t tag = find(known, record_id);

	if (tag != NOBODY) {
		index_remove(known->index, tag);
		known->slots[tag].place = place;
	}
	known->through = place;
}

void known_caught_up(struct known *known, bool is_last)
{
	known->stands = is_last;
}

int64_t known_through(const struct known *known)
{
	return known->through;
}

bool known_stands(const struct known *known)
{
	return known->stands;
}

int64_t known_place(const struct known *known, struct lg_id record_id)
{
	uint32_t tag = find(known, record_id);

	return tag == NOBODY ? 0 : known->slots[tag].place;
}

/* A look at the index for one who is in it, by its rows or through its lists. */
static uint32_t look(struct known *known, struct lg_id record_id,
	uint32_t (*by)(struct index *, const struct model *, uint32_t, float, uint32_t,
		struct index_hit *),
	struct lg_id ret_record_ids[KNOWN_CANDIDATES_MAX], float *ret_bits)
{
	struct index_hit hits[KNOWN_CANDIDATES_MAX];
	uint32_t tag = find(known, record_id), count = 0;

	if (tag != NOBODY)
		count = by(
			known->index, &known->model, tag, LEAST_BITS, KNOWN_CANDIDATES_MAX, hits);
	for (uint32_t i = 0; i < count; i++)
		ret_record_ids[i] = known->slots[hits[i].tag].record_id;
	if (ret_bits != NULL)
		*ret_bits = count == 0 ? 0 : hits[0].bits - known->model.prior_bits;
	return count;
}

uint32_t known_search(struct known *known, struct lg_id record_id,
	struct lg_id ret_record_ids[KNOWN_CANDIDATES_MAX], float *ret_bits)
{
	return look(known, record_id, index_search_tag, ret_record_ids, ret_bits);
}

uint32_t known_scan(struct known *known, struct lg_id record_id,
	struct lg_id ret_record_ids[KNOWN_CANDIDATES_MAX], float *ret_bits)
{
	return look(known, record_id, index_scan_tag, ret_record_ids, ret_bits);
}

uint32_t known_count(const struct known *known)
{
	return known->count;
}

uint64_t known_bytes(const struct known *known)
{
	return index_counts(known->index).bytes + known->room * sizeof(struct slot) +
	       known->bucket_count * sizeof(uint32_t);
}

bool known_is_resident(const struct known *known)
{
	return lg_arena_is_resident(known->arena);
}
