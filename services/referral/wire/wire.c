#include "services/referral/wire/wire.h"

#include <string.h>

#include "services/referral/domain/words.h"

struct lg_id wire_id(const ProtobufCMessage *message, const char *field)
{
	const ProtobufCFieldDescriptor *found =
		protobuf_c_message_descriptor_get_field_by_name(message->descriptor, field);
	struct lg_id id = { .byte = { 0 } };
	const ProtobufCBinaryData *value;

	if (found == NULL || found->type != PROTOBUF_C_TYPE_BYTES ||
		found->label == PROTOBUF_C_LABEL_REPEATED)
		return id;
	value = (const ProtobufCBinaryData *)((const uint8_t *)message + found->offset);
	if (value->len == LG_ID_SIZE)
		memcpy(id.byte, value->data, LG_ID_SIZE);
	return id;
}

ProtobufCBinaryData id_to_wire(const struct lg_id *id)
{
	if (lg_id_is_zero(*id))
		return (ProtobufCBinaryData){ .len = 0 };
	return (ProtobufCBinaryData){ .data = (uint8_t *)(uintptr_t)id->byte, .len = LG_ID_SIZE };
}

bool is_station(const char *text)
{
	size_t size = strlen(text);

	return size <= STATION_MAX && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == size;
}

/* --- lists of codes ---------------------------------------------------------------------- */

struct lg_status words_from_wire(struct lg_arena *arena, char *const *words, size_t count,
	size_t count_max, const char **ret_list)
{
	const char *list = "";

	if (count > count_max)
		return lg_refuse("more codes in a list than it may hold");
	for (size_t i = 0; i < count; i++) {
		if (!word_is_code(words[i]))
			return lg_refuse("a code is 1 to 32 of a-z, 0-9, _ and -");
		list = i == 0 ? words[0] : lg_format(arena, "%s %s", list, words[i]);
	}
	*ret_list = lg_copy_text(arena, list);
	return lg_done();
}

static char **words_to_wire(struct lg_arena *arena, const char *list, size_t *ret_count)
{
	size_t count = words_count(list);
	char **words = lg_alloc_array(arena, count, sizeof *words);
	char word[WORD_MAX + 1];

	for (size_t i = 0; i < count && words_next(&list, word); i++)
		words[i] = lg_copy_text(arena, word);
	*ret_count = count;
	return words;
}

/* --- needs ------------------------------------------------------------------------------- */

static const Lifeguard__Codes__Route wire_routes[ROUTE_COUNT] = {
	[ROUTE_ADVISE] = LIFEGUARD__CODES__ROUTE__R0_ADVISE,
	[ROUTE_HAND_BACK] = LIFEGUARD__CODES__ROUTE__R1_HAND_BACK,
	[ROUTE_PROCEEDINGS] = LIFEGUARD__CODES__ROUTE__R2_INDIAN_PROCEEDINGS,
	[ROUTE_STOPPED] = LIFEGUARD__CODES__ROUTE__R3_STOPPED_IN_NEPAL,
	[ROUTE_INDIAN] = LIFEGUARD__CODES__ROUTE__R4_INDIAN_CITIZEN,
};

static const Lifeguard__Codes__Sex wire_sexes[NEED_SEX_COUNT] = {
	[NEED_FEMALE] = LIFEGUARD__CODES__SEX__FEMALE,
	[NEED_MALE] = LIFEGUARD__CODES__SEX__MALE,
	[NEED_OTHER] = LIFEGUARD__CODES__SEX__OTHER_SEX,
	[NEED_NOT_RECORDED] = LIFEGUARD__CODES__SEX__NOT_RECORDED,
};

static const Lifeguard__Codes__Urgency wire_urgencies[URGENCY_COUNT] = {
	[URGENCY_ROUTINE] = LIFEGUARD__CODES__URGENCY__ROUTINE,
	[URGENCY_URGENT] = LIFEGUARD__CODES__URGENCY__URGENT,
	[URGENCY_EMERGENCY] = LIFEGUARD__CODES__URGENCY__EMERGENCY,
};

static struct lg_status codes_from_wire(Lifeguard__Codes__Route route, Lifeguard__Codes__Sex sex,
	Lifeguard__Codes__Urgency urgency, struct need *need)
{
	unsigned r = 0, s = 0, u = 0;

	while (r < ROUTE_COUNT && wire_routes[r] != route)
		r++;
	while (s < NEED_SEX_COUNT && wire_sexes[s] != sex)
		s++;
	while (u < URGENCY_COUNT && wire_urgencies[u] != urgency)
		u++;
	if (r == ROUTE_COUNT)
		return lg_refuse("the route is not one of R0 to R4");
	if (s == NEED_SEX_COUNT)
		return lg_refuse("sex is female, male, other_sex or not_recorded");
	if (u == URGENCY_COUNT)
		return lg_refuse("urgency is routine, urgent or emergency");
	need->route = (enum need_route)r;
	need->sex = (enum need_sex)s;
	need->urgency = (enum need_urgency)u;
	return lg_done();
}

static struct lg_status place_from_wire(
	struct lg_arena *arena, const char *district, const char *country, struct need *need)
{
	if (district[0] != '\0' && !word_is_code(district))
		return lg_refuse("a home district is a code of the list, or empty");
	if (country[0] != '\0' && strcmp(country, "NP") != 0 && strcmp(country, "IN") != 0)
		return lg_refuse("a home country is NP, IN or empty");
	need->district = lg_copy_text(arena, district);
	need->country = lg_copy_text(arena, country);
	return lg_done();
}

static struct lg_status age_from_wire(bool is_there, uint32_t age_years, struct need *need)
{
	if (is_there && age_years > NEED_AGE_MAX)
		return lg_refuse("an age is above 120 years");
	need->age_years = is_there ? (int32_t)age_years : -1;
	return lg_done();
}

struct lg_status need_from_rescue(struct lg_arena *arena,
	const Lifeguard__Intake__RescueRecorded *message, struct need *ret_need)
{
	struct need need = { .age_years = -1 };
	struct lg_status status =
		codes_from_wire(message->route, message->sex, message->urgency, &need);

	if (lg_is_done(status))
		status = place_from_wire(
			arena, message->home_district, message->home_country, &need);
	if (lg_is_done(status))
		status = age_from_wire(
			message->age_case == LIFEGUARD__INTAKE__RESCUE_RECORDED__AGE_AGE_YEARS,
			message->age_years, &need);
	if (lg_is_done(status))
		status = words_from_wire(
			arena, message->needs, message->n_needs, NEEDS_MAX, &need.services);
	if (lg_is_done(status))
		*ret_need = need;
	return status;
}

struct lg_status need_from_wire(
	struct lg_arena *arena, const Lifeguard__Referral__Need *wire, struct need *ret_need)
{
	struct need need = { .age_years = -1 };

	if (wire == NULL)
		return lg_refuse("the need is missing");

	struct lg_status status = codes_from_wire(wire->route, wire->sex, wire->urgency, &need);

	if (lg_is_done(status))
		status = place_from_wire(arena, wire->home_district, wire->home_country, &need);
	if (lg_is_done(status))
		status = age_from_wire(wire->age_case == LIFEGUARD__REFERRAL__NEED__AGE_AGE_YEARS,
			wire->age_years, &need);
	if (lg_is_done(status))
		status = words_from_wire(
			arena, wire->services, wire->n_services, NEEDS_MAX, &need.services);
	if (lg_is_done(status))
		*ret_need = need;
	return status;
}

Lifeguard__Referral__Need *need_to_wire(struct lg_arena *arena, const struct need *need)
{
	Lifeguard__Referral__Need *wire = lg_alloc(arena, sizeof *wire);

	lifeguard__referral__need__init(wire);
	wire->route = wire_routes[need->route];
	wire->sex = wire_sexes[need->sex];
	wire->urgency = wire_urgencies[need->urgency];
	if (need->age_years >= 0) {
		wire->age_case = LIFEGUARD__REFERRAL__NEED__AGE_AGE_YEARS;
		wire->age_years = (uint32_t)need->age_years;
	}
	wire->home_district = lg_copy_text(arena, need->district);
	wire->home_country = lg_copy_text(arena, need->country);
	wire->services = words_to_wire(arena, need->services, &wire->n_services);
	return wire;
}

/* --- consent ----------------------------------------------------------------------------- */

/* All of the programme, or what can be the code of an organisation; others are none of ours. */
static bool is_recipient(const char *text)
{
	return text[0] == '\0' || (word_is_code(text) && strlen(text) <= SHARING_CODE_MAX);
}

struct lg_status sharing_from_wire(
	const Lifeguard__Codes__Consent *wire, bool *ret_concerns, enum sharing_word *ret_word)
{
	bool is_help = wire->purpose == LIFEGUARD__CODES__CONSENT_PURPOSE__CONSENT_HELP;
	bool is_sharing = wire->purpose == LIFEGUARD__CODES__CONSENT_PURPOSE__CONSENT_SHARING;
	enum sharing_word word;

	if (wire->state == LIFEGUARD__CODES__CONSENT_STATE__GIVEN ||
		wire->state == LIFEGUARD__CODES__CONSENT_STATE__BEST_INTEREST)
		word = SHARING_GIVEN;
	else if (wire->state == LIFEGUARD__CODES__CONSENT_STATE__REFUSED)
		word = SHARING_REFUSED;
	else if (wire->state == LIFEGUARD__CODES__CONSENT_STATE__WITHDRAWN)
		word = SHARING_WITHDRAWN;
	else
		return lg_refuse("a consent is given, refused, withdrawn or best_interest");
	/* who takes back all help takes back being told too; a yes to help says nothing of it */
	*ret_concerns =
		(is_sharing || (is_help && word != SHARING_GIVEN)) && is_recipient(wire->recipient);
	*ret_word = word;
	return lg_done();
}

/* --- organisations ------------------------------------------------------------------------ */

struct lg_status organisation_from_wire(struct lg_arena *arena,
	const Lifeguard__Directory__Organisation *wire, struct organisation *ret_organisation)
{
	if (wire == NULL)
		return lg_refuse("the organisation is missing");

	struct organisation o = {
		.organisation_id = wire_id(&wire->base, "organisation_id"),
		.code = lg_copy_text(arena, wire->code),
		.name = lg_copy_text(arena, wire->name),
		.country = lg_copy_text(arena, wire->country),
		.takes_women = wire->takes_women,
		.takes_girls = wire->takes_girls,
		.takes_men = wire->takes_men,
		.takes_boys = wire->takes_boys,
		.free_places = wire->free_places,
		.is_closed = wire->is_closed,
		.version = wire->version,
		.is_changed = true,
	};
	struct lg_status status = words_from_wire(arena, wire->districts, wire->n_districts,
		ORGANISATION_DISTRICTS_MAX, &o.districts);

	if (lg_is_done(status))
		status = words_from_wire(arena, wire->services, wire->n_services,
			ORGANISATION_SERVICES_MAX, &o.services);
	if (lg_is_done(status))
		status = organisation_check(&o);
	if (lg_is_done(status))
		*ret_organisation = o;
	return status;
}

Lifeguard__Directory__Organisation *organisation_to_wire(
	struct lg_arena *arena, const struct organisation *o)
{
	Lifeguard__Directory__Organisation *wire = lg_alloc(arena, sizeof *wire);

	lifeguard__directory__organisation__init(wire);
	wire->organisation_id = id_to_wire(&o->organisation_id);
	wire->code = lg_copy_text(arena, o->code);
	wire->name = lg_copy_text(arena, o->name);
	wire->country = lg_copy_text(arena, o->country);
	wire->districts = words_to_wire(arena, o->districts, &wire->n_districts);
	wire->services = words_to_wire(arena, o->services, &wire->n_services);
	wire->takes_women = o->takes_women;
	wire->takes_girls = o->takes_girls;
	wire->takes_men = o->takes_men;
	wire->takes_boys = o->takes_boys;
	wire->free_places = o->free_places;
	wire->is_closed = o->is_closed;
	wire->version = o->version;
	return wire;
}

Lifeguard__Referral__RankingReason **reasons_to_wire(
	struct lg_arena *arena, const struct ranked *ranked, size_t *ret_count)
{
	Lifeguard__Referral__RankingReason **reasons =
		lg_alloc_array(arena, RULE_COUNT, sizeof *reasons);

	*ret_count = 0;
	for (uint32_t rule = 0; rule < RULE_COUNT; rule++) {
		if (ranked->points[rule] == 0)
			continue;

		Lifeguard__Referral__RankingReason *reason = lg_alloc(arena, sizeof *reason);

		lifeguard__referral__ranking_reason__init(reason);
		reason->rule = lg_copy_text(arena, ranking_rule_names[rule]);
		reason->points = ranked->points[rule];
		reasons[(*ret_count)++] = reason;
	}
	return reasons;
}

static const Lifeguard__Referral__Heard heard[] = {
	[ANEW_HEARD_NOTHING] = LIFEGUARD__REFERRAL__HEARD__HEARD_NOTHING,
	[ANEW_HEARD_DELIVERED] = LIFEGUARD__REFERRAL__HEARD__HEARD_DELIVERED,
	[ANEW_HEARD_YES] = LIFEGUARD__REFERRAL__HEARD__HEARD_YES,
};

bool heard_from_wire(Lifeguard__Referral__Heard wire, enum anew_heard *ret_heard)
{
	*ret_heard = ANEW_HEARD_YES;
	if (wire == LIFEGUARD__REFERRAL__HEARD__HEARD_NOTHING)
		*ret_heard = ANEW_HEARD_NOTHING;
	else if (wire == LIFEGUARD__REFERRAL__HEARD__HEARD_DELIVERED)
		*ret_heard = ANEW_HEARD_DELIVERED;
	return wire != LIFEGUARD__REFERRAL__HEARD__HEARD_UNSPECIFIED;
}

Lifeguard__Referral__Heard heard_to_wire(enum anew_heard anew)
{
	return heard[anew];
}
