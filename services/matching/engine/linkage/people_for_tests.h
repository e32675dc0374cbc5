/* Small rosters of invented rows, for the tests of this room. */
#ifndef SERVICES_MATCHING_ENGINE_LINKAGE_PEOPLE_FOR_TESTS_H
#define SERVICES_MATCHING_ENGINE_LINKAGE_PEOPLE_FOR_TESTS_H

#include <stdio.h>

#include "common/base/random.h"
#include "services/matching/engine/linkage/model.h"

#define PEOPLE_FIELDS 5

/* given and family name (twins), birth, place, number. */
static inline struct field_list people_fields(void)
{
	return (struct field_list){
		.count = PEOPLE_FIELDS,
		.fields = { { .name = "given", .kind = KIND_NAME, .twin = 1, .pool = 0 },
			{ .name = "family", .kind = KIND_NAME, .twin = 0, .pool = 0 },
			{ .name = "birth", .kind = KIND_DATE, .twin = 2, .pool = 2 },
			{ .name = "place", .kind = KIND_PLACE, .twin = 3, .pool = 3 },
			{ .name = "number", .kind = KIND_NUMBER, .twin = 4, .pool = 4 } },
	};
}

/* One field of a person; version 1 has slips in some fields. */
static inline void people_cell(
	uint32_t person, uint32_t field, bool has_slip, char *ret_cell, size_t size)
{
	static const char *const parts[] = { "ka", "mo", "ri", "shu", "te", "lan", "dhi", "po" };
	uint32_t mixed = (person + 1) * 2654435761u + field * 40503u;

	if (field == 2) {
		snprintf(ret_cell, size, "19%02u-%02u-%02u", 50 + mixed / 7 % 50,
			1 + mixed / 400 % 12,
			(1 + mixed / 9000 % 28 + (has_slip ? 1 : 0)) % 28 + 1);
		return;
	}
	if (field == 4) {
		snprintf(ret_cell, size, "%u", mixed / 3 % 1000000);
		return;
	}
	snprintf(ret_cell, size, "%s%s%s%s", parts[mixed >> 5 & 7], parts[mixed >> 9 & 7],
		parts[mixed >> 13 & 7], has_slip ? "n" : "");
}

/* Persons twice each, the second time with a slip in one field; counted. */
static inline void people_twice(struct roster *roster, uint32_t persons, struct lg_arena *arena)
{
	struct field_list list = people_fields();

	roster_init(roster, &list, persons * 2, 0, arena);
	for (uint32_t r = 0; r < persons * 2; r++) {
		for (uint32_t f = 0; f < list.count; f++) {
			char cell[64];

			people_cell(r / 2, f, r % 2 == 1 && f == r / 2 % PEOPLE_FIELDS, cell,
				sizeof cell);
			roster_set(roster, r, f, lg_bytes(cell, strlen(cell)));
		}
	}
	roster_count_values(roster, arena);
}

/* Weights of plain judgement, settled. */
static inline struct model people_model(void)
{
	struct model model = { .list = people_fields(), .prior = 0.001 };

	for (uint32_t f = 0; f < PEOPLE_FIELDS; f++) {
		static const double m[GRADE_COUNT] = { 0, .05, .02, .03, .1, .1, .6, .05, .05 };
		static const double u[GRADE_COUNT] = { 0, .9, .05, .02, .01, .005, .01, .003,
			.002 };

		memcpy(model.m[f], m, sizeof m);
		memcpy(model.u[f], u, sizeof u);
	}
	model_settle(&model);
	return model;
}

#endif
