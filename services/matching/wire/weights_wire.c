#include "services/matching/wire/weights_wire.h"

#include "common/stream/envelope.h"

#define ROWS_MAX (FIELD_COUNT * LEVEL_COUNT)
#define PPM_MAX  1000000

Lifeguard__Matching__MatchWeights *weights_to_wire(
	struct lg_arena *arena, const struct weights *weights)
{
	Lifeguard__Matching__MatchWeights *wire = lg_alloc(arena, sizeof *wire);

	lifeguard__matching__match_weights__init(wire);
	wire->version = weights->version;
	wire->one_in = (uint64_t)weights->one_in;
	wire->rows = lg_alloc_array(arena, ROWS_MAX, sizeof *wire->rows);
	for (unsigned field = 0; field < FIELD_COUNT; field++)
		for (unsigned level = LEVEL_DIFFERENT; level < LEVEL_COUNT; level++) {
			Lifeguard__Matching__WeightRow *row;

			if (weights->m_ppm[field][level] == 0)
				continue;
			row = lg_alloc(arena, sizeof *row);
			lifeguard__matching__weight_row__init(row);
			row->field = lg_copy_text(arena, match_field_names[field]);
			row->level = lg_copy_text(arena, match_level_names[level]);
			row->m_ppm = (uint32_t)weights->m_ppm[field][level];
			row->u_ppm = (uint32_t)weights->u_ppm[field][level];
			row->weight_millibits = weights->millibits[field][level];
			wire->rows[wire->n_rows++] = row;
		}
	return wire;
}

static unsigned number_of(const char *const *names, unsigned count, const char *name)
{
	unsigned number = 0;

	while (number < count && strcmp(names[number], name) != 0)
		number++;
	return number;
}

/*
 * Which weight is meant.  Until local levels were read, what was compared was the district: what was
 * equal then is the same district, and so close, now.
 */
static bool read_level(
	const char *field, const char *level, unsigned *ret_field, unsigned *ret_level)
{
	bool is_district = strcmp(field, "district") == 0;

	*ret_field = is_district ? (unsigned)FIELD_PLACE
				 : number_of(match_field_names, FIELD_COUNT, field);
	*ret_level = number_of(match_level_names, LEVEL_COUNT, level);
	if (is_district && *ret_level == LEVEL_EQUAL)
		*ret_level = LEVEL_CLOSE;
	return *ret_field < FIELD_COUNT && *ret_level < LEVEL_COUNT;
}

static bool is_share(uint32_t ppm)
{
	return ppm >= 1 && ppm <= PPM_MAX;
}

struct lg_status weights_apply(
	struct lg_arena *arena, struct lg_bytes encoded, struct weights *weights)
{
	struct weights stored = *weights;
	ProtobufCMessage *message = NULL;
	const Lifeguard__Matching__MatchWeights *wire;
	struct lg_status status;

	if (encoded.size == 0)
		return lg_done();
	status = lg_decode(
		arena, &lifeguard__matching__match_weights__descriptor, encoded, &message);
	if (!lg_is_done(status))
		return status;
	wire = (const Lifeguard__Matching__MatchWeights *)message;
	if (wire->version < 2 || wire->one_in < 2 || wire->one_in > 1000000000)
		return lg_refuse("stored weights are not as they were written");
	memset(stored.m_ppm, 0, sizeof stored.m_ppm);
	memset(stored.u_ppm, 0, sizeof stored.u_ppm);
	for (size_t i = 0; i < wire->n_rows; i++) {
		const Lifeguard__Matching__WeightRow *row = wire->rows[i];
		unsigned field, level;

		if (!read_level(row->field, row->level, &field, &level) || level == LEVEL_MISSING ||
			!is_share(row->m_ppm) || !is_share(row->u_ppm))
			return lg_refuse("stored weights are not as they were written");
		stored.m_ppm[field][level] = (int32_t)row->m_ppm;
		stored.u_ppm[field][level] = (int32_t)row->u_ppm;
	}
	if (stored.m_ppm[FIELD_PLACE][LEVEL_EQUAL] == 0) { /* learned before places were read */
		stored.m_ppm[FIELD_PLACE][LEVEL_EQUAL] = weights->m_ppm[FIELD_PLACE][LEVEL_EQUAL];
		stored.u_ppm[FIELD_PLACE][LEVEL_EQUAL] = weights->u_ppm[FIELD_PLACE][LEVEL_EQUAL];
	}
	stored.version = wire->version;
	stored.one_in = (int64_t)wire->one_in;
	weigh_settle(&stored);
	*weights = stored;
	return lg_done();
}

struct lg_status levels_from_reasons(
	struct lg_arena *arena, struct lg_bytes encoded, enum match_level ret_levels[FIELD_COUNT])
{
	enum match_level levels[FIELD_COUNT] = { LEVEL_MISSING };
	ProtobufCMessage *message = NULL;
	const Lifeguard__Matching__MatchReasons *wire;
	struct lg_status status = lg_decode(
		arena, &lifeguard__matching__match_reasons__descriptor, encoded, &message);

	if (!lg_is_done(status))
		return status;
	wire = (const Lifeguard__Matching__MatchReasons *)message;
	for (size_t i = 0; i < wire->n_reasons; i++) {
		const Lifeguard__Matching__MatchReason *reason = wire->reasons[i];
		unsigned field, level;

		if (!read_level(reason->field, reason->level, &field, &level))
			return lg_refuse("stored reasons are not as they were written");
		levels[field] = (enum match_level)level;
	}
	memcpy(ret_levels, levels, sizeof levels);
	return lg_done();
}
