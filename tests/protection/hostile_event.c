/* The events that a site that has turned tells (hostile.h): each is right but for one thing. */
#include "tests/protection/hostile.h"

#include "common/protect/origin.h"

#define DEEP     40
#define FIELDS   65600
#define EMPTIES  3000
#define NO_ROLE  99
#define NO_TYPE  64999
#define NO_CLASS 1

/* As the control file calls them. */
static const char *const attack_names[ATTACK_COUNT] = {
	[ATTACK_GARBAGE] = "garbage",
	[ATTACK_DEEP] = "deep",
	[ATTACK_FIELDS] = "fields",
	[ATTACK_MEMORY] = "memory",
	[ATTACK_UTF8] = "utf8",
	[ATTACK_ENUM] = "enum",
	[ATTACK_VERSION] = "version",
	[ATTACK_SEALED] = "sealed",
	[ATTACK_MANY_SEALED] = "many_sealed",
	[ATTACK_ROLE] = "role",
	[ATTACK_TYPE] = "type",
	[ATTACK_ID] = "id",
	[ATTACK_ORIGIN] = "origin",
	[ATTACK_PARTITION] = "partition",
	[ATTACK_SPEAKS_FOR_OTHERS] = "speaks_for_others",
	[ATTACK_OTHERS_CASE] = "others_case",
	[ATTACK_OTHERS_HOME] = "others_home",
	[ATTACK_UNKNOWN_TYPE] = "unknown_type",
	[ATTACK_SIGNATURE] = "signature",
	[ATTACK_KEY] = "key",
	[ATTACK_STREAM] = "stream",
	[ATTACK_SWAPPED] = "swapped",
	[ATTACK_EPOCH] = "epoch",
	[ATTACK_HOLE] = "hole",
	[ATTACK_MANY] = "many",
	[ATTACK_REPLAY] = "replay",
	[ATTACK_STORIES] = "stories",
	[ATTACK_BACK_KEY] = "back_key",
	[ATTACK_BACK_LIST] = "back_list",
	[ATTACK_GONE_KEY] = "gone_key",
	[ATTACK_GONE_LIST] = "gone_list",
	[ATTACK_SERVICE] = "service",
	[ATTACK_NEIGHBOUR] = "neighbour",
	[ATTACK_THIRD_SITE] = "third_site",
	[ATTACK_COMMAND] = "command",
	[ATTACK_POINTS] = "points",
	[ATTACK_PIECE] = "piece",
	[ATTACK_FRAME] = "frame",
};

static lg_ms wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (lg_ms)now.tv_sec * LG_SECOND_MS;
}

static struct lg_id fresh_id(uint16_t site)
{
	uint64_t random;

	randombytes_buf(&random, sizeof random);
	return lg_id_make(site, wall_clock(), random);
}

/* A case whose home is `site` and whose stream is this one. */
static struct lg_id case_in(uint16_t site, uint8_t partition)
{
	struct lg_id id = fresh_id(site);

	while (lg_partition_of(id) != partition)
		id = fresh_id(site);
	return id;
}

static struct lg_bytes wrap(struct hostile *h, struct lg_envelope *envelope)
{
	struct lg_bytes bytes;

	envelope->type_number = envelope->type == NULL ? NO_TYPE : envelope->type->number;
	if (!lg_is_done(lg_envelope_wrap(h->arena, envelope, &bytes)))
		abort();
	return bytes;
}

/* "Our organisation says yes": of a case that the other site may or may not have. */
static struct lg_envelope answered(struct hostile *h, uint8_t partition,
	Lifeguard__Referral__ReferralAnswered *message, uint16_t home, uint16_t speaks_for)
{
	struct lg_id *ids = lg_alloc_array(h->arena, 2, sizeof *ids);

	lifeguard__referral__referral_answered__init(message);
	ids[0] = fresh_id(home);
	ids[1] = fresh_id(speaks_for);
	message->referral_id = lg_wire_from_bytes(lg_id_bytes(&ids[0]));
	message->organisation_id = lg_wire_from_bytes(lg_id_bytes(&ids[1]));
	message->accepts = true;
	return (struct lg_envelope){
		.event_id = fresh_id(h->keyring.site),
		.case_id = case_in(home, partition),
		.cause_id = fresh_id(h->keyring.site),
		.type = lg_message_type_named("ReferralAnswered"),
		.site = h->keyring.site,
		.service = LG_SERVICE_REFERRAL,
		.occurred_at = wall_clock(),
		.recorded_at = wall_clock(),
		.actor = { .role = 8, .assurance = 1 },
		.purpose = 1,
		.message = &message->base,
	};
}

/* Of a third site's affairs: true to form, and passed over by the other. */
static struct lg_bytes honest_event(struct hostile *h, uint8_t partition)
{
	Lifeguard__Referral__ReferralAnswered message;
	struct lg_envelope event =
		answered(h, partition, &message, h->keyring.site, h->keyring.site);

	return wrap(h, &event);
}

/* A submessage in a submessage, by Envelope.actor: as deep as wished. */
static struct lg_bytes deep_message(struct hostile *h)
{
	uint8_t *bytes = lg_alloc(h->arena, 2 * DEEP);

	for (uint8_t i = 0; i < DEEP; i++) { /* Envelope.sealed, then unknown fields within */
		bytes[2 * i] = 0x6a;
		bytes[2 * i + 1] = (uint8_t)(2 * (DEEP - 1 - i));
	}
	return lg_bytes(bytes, 2 * DEEP);
}

static struct lg_bytes repeated(struct hostile *h, uint8_t tag, uint8_t value, size_t count)
{
	uint8_t *bytes = lg_alloc(h->arena, 2 * count);

	for (size_t i = 0; i < count; i++) {
		bytes[2 * i] = tag;
		bytes[2 * i + 1] = value;
	}
	return lg_bytes(bytes, 2 * count);
}

/* The honest event's bytes with a body of our own (Envelope.body is bytes, any will do). */
static struct lg_bytes with_body(
	struct hostile *h, uint8_t partition, const char *type, struct lg_bytes body)
{
	Lifeguard__Referral__ReferralAnswered message;
	struct lg_envelope event =
		answered(h, partition, &message, h->keyring.site, h->keyring.site);

	event.type = lg_message_type_named(type);
	event.message = NULL;
	event.body = body;
	return wrap(h, &event);
}

/* The honest event as its message, to be spoilt. */
static Lifeguard__Envelope__Envelope *spoilt(struct hostile *h, uint8_t partition)
{
	ProtobufCMessage *message;

	if (!lg_is_done(lg_decode(h->arena, &lifeguard__envelope__envelope__descriptor,
		    honest_event(h, partition), &message)))
		abort();
	return (Lifeguard__Envelope__Envelope *)message;
}

static struct lg_bytes with_sealed(struct hostile *h, uint8_t partition, uint32_t count)
{
	Lifeguard__Envelope__Envelope *wire = spoilt(h, partition);
	Lifeguard__Envelope__Sealed *one = lg_alloc(h->arena, sizeof *one), **all;
	struct lg_id *other = lg_alloc(h->arena, sizeof *other);

	*other = fresh_id(h->keyring.site);
	lifeguard__envelope__sealed__init(one);
	one->version = 1;
	one->class_ = NO_CLASS;
	one->context = count == 1 ? lg_wire_from_bytes(lg_id_bytes(other)) : wire->event_id;
	all = lg_alloc_array(h->arena, count, sizeof(Lifeguard__Envelope__Sealed *));
	for (uint32_t i = 0; i < count; i++)
		all[i] = one;
	wire->n_sealed = count;
	wire->sealed = all;
	return lg_encode(h->arena, &wire->base);
}

static struct lg_bytes with_field(struct hostile *h, enum attack attack, uint8_t partition)
{
	Lifeguard__Envelope__Envelope *wire = spoilt(h, partition);

	switch ((int)attack) {
	case ATTACK_VERSION:
		wire->version = 2;
		break;
	case ATTACK_ROLE:
		wire->actor->role = NO_ROLE;
		break;
	case ATTACK_TYPE: /* an event of intake's */
		wire->type = lg_message_type_named("RescueRecorded")->number;
		break;
	case ATTACK_ID:
		wire->event_id.len = 3;
		break;
	case ATTACK_ORIGIN:
		wire->site = h->other_site;
		break;
	default:
		abort();
	}
	return lg_encode(h->arena, &wire->base);
}

/* Who may say this? */
static struct lg_bytes without_standing(struct hostile *h, enum attack attack, uint8_t partition)
{
	Lifeguard__Referral__ReferralAnswered message;
	Lifeguard__Referral__ReferralOffered offered = LIFEGUARD__REFERRAL__REFERRAL_OFFERED__INIT;
	struct lg_envelope event = answered(h, partition, &message, h->other_site,
		attack == ATTACK_SPEAKS_FOR_OTHERS ? h->other_site : h->keyring.site);
	struct lg_id *ids = lg_alloc_array(h->arena, 2, sizeof *ids);

	if (attack == ATTACK_OTHERS_HOME) { /* an offer of a referral that is the other's own */
		ids[0] = fresh_id(h->other_site);
		ids[1] = fresh_id(h->other_site);
		offered.referral_id = lg_wire_from_bytes(lg_id_bytes(&ids[0]));
		offered.organisation_id = lg_wire_from_bytes(lg_id_bytes(&ids[1]));
		event.type = lg_message_type_named("ReferralOffered");
		event.message = &offered.base;
	}
	return wrap(h, &event);
}

/* Twice as many envelopes as a batch may hold, signed as if they were fine. */
static struct lg_bytes doubled_batch(struct hostile *h, const struct lg_run *run)
{
	ProtobufCMessage *message;
	Lifeguard__Envelope__Batch *batch;
	ProtobufCBinaryData *twice = lg_alloc_array(h->arena, 2 * run->count, sizeof *twice);

	if (!lg_is_done(lg_decode(h->arena, &lifeguard__envelope__batch__descriptor,
		    lg_origin_sign(h->arena, h->referral, run, NULL), &message)))
		abort();
	batch = (Lifeguard__Envelope__Batch *)message;
	for (uint32_t i = 0; i < 2 * run->count; i++)
		twice[i] = batch->envelopes[0];
	batch->n_envelopes = 2 * run->count;
	batch->envelopes = twice;
	return lg_encode(h->arena, &batch->base);
}

static struct lg_bytes hostile_event(struct hostile *h, enum attack attack, uint8_t partition)
{
	switch ((int)attack) {
	case ATTACK_GARBAGE:
		return lg_bytes("\377\376\375\374\373\372", 6);
	case ATTACK_DEEP:
		return deep_message(h);
	case ATTACK_FIELDS:
		return repeated(h, 0x08, 1, FIELDS);
	case ATTACK_MEMORY: /* Envelope.sealed, each empty: 2 bytes that take 150 */
		return repeated(h, 0x6a, 0, EMPTIES);
	case ATTACK_UTF8: /* OrganisationListed.organisation.name */
		return with_body(
			h, partition, "OrganisationListed", lg_bytes("\12\5\32\3\377\376\375", 7));
	case ATTACK_ENUM: /* ReferralAnswered.reason */
		return with_body(h, partition, "ReferralAnswered", lg_bytes("\50\143", 2));
	case ATTACK_SEALED:
		return with_sealed(h, partition, 1);
	case ATTACK_MANY_SEALED:
		return with_sealed(h, partition, LG_SEALED_MAX + 1);
	case ATTACK_PARTITION:
		return honest_event(h, (uint8_t)((partition + 1) % LG_PARTITIONS));
	case ATTACK_SPEAKS_FOR_OTHERS:
	case ATTACK_OTHERS_CASE:
	case ATTACK_OTHERS_HOME:
		return without_standing(h, attack, partition);
	case ATTACK_UNKNOWN_TYPE: {
		Lifeguard__Envelope__Envelope *wire = spoilt(h, partition);

		wire->type = NO_TYPE;
		return lg_encode(h->arena, &wire->base);
	}
	default:
		return with_field(h, attack, partition);
	}
}
