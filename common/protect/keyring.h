/*
 * A site's keys: the public document, signed by its root, and one service's own secrets.
 *
 * Files: keys/keyring (public), keys/root/root.key, keys/<service>/{curve,sign,box,token}.key
 * and kek.<n>.  Folders 0700, files 0600, owner the service's user; looser is refused.
 * Secrets lie in one locked area (sodium_malloc) and never in argv, environment or logs.
 */
#ifndef LG_PROTECT_KEYRING_H
#define LG_PROTECT_KEYRING_H

#include "common/base/arena.h"
#include "common/base/calendar.h"
#include "common/base/status.h"
#include "common/stream/registry.h"

#define LG_KEKS_MAX 8

/* Public keys of one service; all zero: the site has no such service. */
struct lg_service_keys {
	uint8_t curve[32], sign[32], box[32], box_previous[32], token[32];
	bool has_box_previous;
};

struct lg_keyring {
	uint16_t site;
	char name[64];
	char country[3];
	uint64_t serial;
	lg_ms not_after;
	bool is_demo;
	uint8_t root[32];
	struct lg_service_keys services[LG_SERVICE_COUNT]; /* by service number */
};

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

/*
 * Makes a site's keys under folder (0700).  Existing keys are never overwritten.
 *   now          not_after is 400 days later
 *   ret_problem  one line for a person, static
 *   refused      the folder already holds a keyring; it cannot be written
 */
LG_MUST_CHECK struct lg_status lg_keyring_create(const char *folder, uint16_t site,
	const char *name, const char *country, bool is_demo, lg_ms now, const char **ret_problem);

/*
 * Reads and checks folder/keyring.
 *   refused  not signed by its own root, expired, malformed
 */
LG_MUST_CHECK struct lg_status lg_keyring_load(
	const char *folder, lg_ms now, struct lg_keyring *ret_keyring, const char **ret_problem);

/*
 * Reads the secrets of one service into locked memory; free with lg_own_keys_free().
 *   refused  a folder or file that others may read, a file of a wrong size, keys that do not
 *            belong to the keyring
 */
LG_MUST_CHECK struct lg_status lg_own_keys_load(const char *folder,
	enum lg_service_number service, const struct lg_keyring *keyring,
	struct lg_own_keys **ret_keys, const char **ret_problem);

/* Wipes and frees.  NULL is fine. */
void lg_own_keys_free(struct lg_own_keys *keys);

#endif
