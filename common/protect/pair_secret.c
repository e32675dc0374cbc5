#include "common/protect/pair_secret.h"

#include <sodium.h>

struct lg_status lg_pair_secret(const struct lg_own_keys *keys, uint16_t own_site,
	const struct lg_keyring *peer, uint32_t period, uint8_t ret_secret[LG_PAIR_SECRET_SIZE])
{
	const uint16_t low = own_site < peer->site ? own_site : peer->site;
	const uint16_t high = own_site < peer->site ? peer->site : own_site;
	const uint8_t about[] = { 'L', 'G', 'P', '1', (uint8_t)low, (uint8_t)(low >> 8),
		(uint8_t)high, (uint8_t)(high >> 8), (uint8_t)keys->service, (uint8_t)period,
		(uint8_t)(period >> 8), (uint8_t)(period >> 16), (uint8_t)(period >> 24) };
	const uint8_t *box = peer->services[keys->service].box;
	uint8_t shared[crypto_box_BEFORENMBYTES];

	if (sodium_is_zero(box, sizeof peer->services[0].box))
		return lg_refuse("the other site has no such service");
	if (crypto_box_beforenm(shared, box, keys->box) != 0)
		return lg_refuse("the other site's key is none");
	crypto_generichash(
		ret_secret, LG_PAIR_SECRET_SIZE, about, sizeof about, shared, sizeof shared);
	sodium_memzero(shared, sizeof shared);
	return lg_done();
}
