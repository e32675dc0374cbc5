#include "common/protect/granting.h"

#include "common/protect/origin.h"

/* What a holder may be given. */
static bool may_hold(uint32_t service, uint32_t class)
{
	switch (service) {
	case LG_SERVICE_MATCHING:
		return class == LG_CLASS_IDENTITY;
	case LG_SERVICE_INTAKE:
	case LG_SERVICE_REFERRAL:
		return class == LG_CLASS_IDENTITY || class == LG_CLASS_NARRATIVE;
	default:
		return false;
	}
}

/* What is sealed in a row and to be granted; none when the row is not for the reader. */
static uint32_t sealed_for(struct lg_arena *arena, uint32_t service, struct lg_bytes row,
	const Lifeguard__Envelope__Sealed *ret_sealed[LG_SEALED_MAX])
{
	struct lg_envelope envelope;
	uint32_t count = 0;

	if (!lg_is_done(lg_envelope_unwrap(arena, row, &envelope)) || envelope.type == NULL ||
		!lg_service_in(envelope.type->to, service))
		return 0;
	for (uint32_t i = 0; i < envelope.sealed_count; i++)
		if (may_hold(service, envelope.sealed[i]->class_))
			ret_sealed[count++] = envelope.sealed[i];
	return count;
}

static bool read_ids(const Lifeguard__Envelope__Sealed *sealed, struct lg_id *ret_subject,
	struct lg_id *ret_key_id)
{
	return lg_is_done(lg_id_from_bytes(
		       lg_bytes(sealed->subject.data, sealed->subject.len), ret_subject)) &&
	       lg_is_done(lg_id_from_bytes(
		       lg_bytes(sealed->key_id.data, sealed->key_id.len), ret_key_id));
}

uint32_t lg_granting_fit(
	uint32_t service, const struct lg_bytes *rows, uint32_t count, uint32_t *ret_granted)
{
	struct lg_arena *arena;
	uint32_t fit = 0, granted = 0;

	*ret_granted = 0;
	if (!lg_service_in(LG_HOLDERS, service))
		return count;
	arena = lg_arena_new();
	for (; fit < count; fit++) {
		const Lifeguard__Envelope__Sealed *sealed[LG_SEALED_MAX];

		if (sealed_for(arena, service, rows[fit], sealed) == 0)
			continue;
		if (granted == LG_GRANTED_ROWS_MAX)
			break;
		granted++;
	}
	lg_arena_free(arena);
	*ret_granted = granted;
	return fit;
}

uint32_t lg_granting_missing(struct lg_key_cache *cache, uint32_t service,
	const struct lg_bytes *rows, uint32_t count, struct lg_id *ret_subjects)
{
	struct lg_arena *arena;
	uint32_t missing = 0;

	if (!lg_service_in(LG_HOLDERS, service))
		return 0;
	arena = lg_arena_new();
	for (uint32_t i = 0; i < count; i++) {
		const Lifeguard__Envelope__Sealed *sealed[LG_SEALED_MAX];
		uint32_t sealed_count = sealed_for(arena, service, rows[i], sealed);

		for (uint32_t k = 0; k < sealed_count; k++) {
			struct lg_id subject, key_id;

			if (read_ids(sealed[k], &subject, &key_id) &&
				!lg_data_key_is_here(
					cache, key_id, subject, (enum lg_class)sealed[k]->class_))
				ret_subjects[missing++] = subject;
		}
	}
	lg_arena_free(arena);
	return missing;
}

Lifeguard__Envelope__Grant **lg_granting_make(struct lg_arena *arena,
	const struct lg_granting *granting, const struct lg_bytes *rows, uint32_t count,
	uint32_t *ret_count)
{
	Lifeguard__Envelope__Grant **grants;

	*ret_count = 0;
	if (!lg_service_in(LG_HOLDERS, granting->to_service))
		return NULL;
	grants = lg_alloc_array(arena, (size_t)count * LG_SEALED_MAX + 1, sizeof *grants);
	for (uint32_t i = 0; i < count; i++) {
		const Lifeguard__Envelope__Sealed *sealed[LG_SEALED_MAX];
		uint32_t sealed_count = sealed_for(arena, granting->to_service, rows[i], sealed);

		for (uint32_t k = 0; k < sealed_count && *ret_count < LG_GRANTS_MAX; k++) {
			struct lg_id subject, key_id;

			if (read_ids(sealed[k], &subject, &key_id) &&
				lg_is_done(lg_grant_make(arena, granting, subject,
					(enum lg_class)sealed[k]->class_, key_id,
					&grants[*ret_count])))
				(*ret_count)++;
		}
	}
	return grants;
}
