#include "services/referral/domain/handover.h"

bool handover_is_code(const char *text)
{
	return strlen(text) == HANDOVER_CODE_DIGITS &&
	       strspn(text, "0123456789") == HANDOVER_CODE_DIGITS;
}

/* Every byte is looked at: how long it takes does not tell how much was right. */
static bool is_same(const uint8_t *one, const uint8_t *other)
{
	uint8_t difference = 0;

	for (uint32_t i = 0; i < HANDOVER_HASH_SIZE; i++)
		difference |= one[i] ^ other[i];
	return difference == 0;
}

void handover_set(struct handover *handover, const uint8_t hash[HANDOVER_HASH_SIZE])
{
	if (!handover->has_code || !is_same(handover->hash, hash))
		handover->guesses = 0;
	memcpy(handover->hash, hash, HANDOVER_HASH_SIZE);
	handover->has_code = true;
}

struct lg_status handover_check(
	const struct handover *handover, const uint8_t hash[HANDOVER_HASH_SIZE])
{
	if (!handover->has_code)
		return lg_refuse("there is no code for this handover");
	if (handover->guesses >= HANDOVER_GUESSES_MAX)
		return lg_refuse("locked after five wrong codes: the two leads must telephone");
	if (!is_same(handover->hash, hash))
		return lg_refuse("this is not the code of this handover");
	return lg_done();
}

bool handover_is_confirmed(const struct handover *handover)
{
	return handover->gave_at != 0 && handover->took_at != 0;
}

lg_ms handover_confirmed_at(const struct handover *handover)
{
	if (!handover_is_confirmed(handover))
		return 0;
	return handover->gave_at < handover->took_at ? handover->gave_at : handover->took_at;
}
