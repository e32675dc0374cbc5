/*
 * A site's keys: the public document, signed by its root, and one service's own secrets.
 *
 * Files: keys/keyring (public), keys/peers/<site>.keyring (partners', public: trust.h),
 * keys/root/root.key, keys/<service>/{curve,sign,box,token}.key
 * and kek.<n>.  Folders 0700, files 0600, owner the service's user; looser is refused.
 * Secrets lie in one locked area (sodium_malloc) and never in argv, environment or logs.
 */
#ifndef LG_PROTECT_KEYRING_H
#define LG_PROTECT_KEYRING_H

#include "common/base/arena.h"
#include "common/base/calendar.h"
#include "common/base/status.h"
#include "common/protect/own_keys.h"
#include "common/stream/registry.h"

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

/*
 * Makes a site's keys under folder (0700).  Existing keys are never overwritten.
 *   now          not_after is 400 days later
 *   ret_problem  one line for a person, static
 *   refused      the folder already holds a keyring; it cannot be written
 */
LG_MUST_CHECK struct lg_status lg_keyring_create(const char *folder, uint16_t site,
	const char *name, const char *country, bool is_demo, lg_ms now, const char **ret_problem);

/*
 * Signs the site's document anew, with the same keys, under the next serial: before it expires, or after.
 *   root         the folder of root.key, which lies offline else
 *   now          not_after is 400 days later
 *   ret_keyring  as it is now
 *   refused      the root is another site's; a file cannot be read or written
 */
LG_MUST_CHECK struct lg_status lg_keyring_renew(const char *folder, const char *root, lg_ms now,
	struct lg_keyring *ret_keyring, const char **ret_problem);

/*
 * Reads and checks a document from its bytes: a peer's, or our own.
 *   refused  not signed by its own root, expired, malformed
 */
LG_MUST_CHECK struct lg_status lg_keyring_read(
	struct lg_bytes bytes, lg_ms now, struct lg_keyring *ret_keyring);

/*
 * Reads and checks folder/keyring.
 *   refused  not signed by its own root, expired, malformed
 */
LG_MUST_CHECK struct lg_status lg_keyring_load(
	const char *folder, lg_ms now, struct lg_keyring *ret_keyring, const char **ret_problem);

#define LG_TRUSTED_MAX 32 /* sites that one site is linked with */

/*
 * The sites that this one trusts: folder/peers/<site>.keyring, ascending by site.  One that does
 * not verify (signature, expired, another number than its file says, our own, a demo site's where
 * ours is real) is skipped and logged: the others go on.
 *
 *   own      this site's
 *   returns  how many were read into ret_peers, at most maximum
 */
uint32_t lg_keyring_peers(const char *folder, lg_ms now, const struct lg_keyring *own,
	struct lg_keyring *ret_peers, uint32_t maximum);

/*
 * Whether a peer may be trusted by this site.
 *   refused  its number is our own, or one of the two is a demo site and the other is not
 */
LG_MUST_CHECK struct lg_status lg_keyring_may_trust(
	const struct lg_keyring *own, const struct lg_keyring *peer);

#endif
