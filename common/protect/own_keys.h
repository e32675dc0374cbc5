/*
 * The secrets of one service (which files: keyring.h), in one locked area that is read-only
 * after loading.
 */
#ifndef LG_PROTECT_OWN_KEYS_H
#define LG_PROTECT_OWN_KEYS_H

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/stream/registry.h"

#define LG_KEKS_MAX 8

struct lg_keyring; /* keyring.h */

/* Secrets of one service, in locked memory. */
struct lg_own_keys {
	enum lg_service_number service;
	uint8_t curve[32], sign[64], box[32], token[64]; /* token: access only */
	uint32_t kek_count;
	struct {
		uint64_t epoch;
		uint8_t key[32];
	} keks[LG_KEKS_MAX]; /* ascending; the last is current */
};

/* Bus and gateway never hold a data key, so they have nothing to wrap one with. */
static inline bool lg_service_has_kek(uint32_t service)
{
	return service != LG_SERVICE_BUS && service != LG_SERVICE_GATEWAY;
}

/*
 * Reads the secrets of one service into locked memory; free with lg_own_keys_free().
 *   refused  a folder or file that others may read, a file of a wrong size, keys that do not
 *            belong to the keyring
 */
LG_MUST_CHECK struct lg_status lg_own_keys_load(const char *folder, enum lg_service_number service,
	const struct lg_keyring *keyring, struct lg_own_keys **ret_keys, const char **ret_problem);

/*
 * A digest of what a table keeps to know it again, and from which nobody may guess the content (a
 * password, a name, six digits): BLAKE2b under a key that this service alone can derive from its
 * signing key, so that it changes with that, once a year.
 *   purpose     differs for everything that is digested: digests of two purposes are never equal
 *   ret_digest  size bytes, 16..64
 */
void lg_own_digest(const struct lg_own_keys *keys, const char *purpose, struct lg_bytes content,
	uint8_t *ret_digest, size_t size);

/* Wipes and frees.  NULL is fine. */
void lg_own_keys_free(struct lg_own_keys *keys);

#endif
