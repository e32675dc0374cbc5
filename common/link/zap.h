/*
 * Who may connect: the allow-list, asked by libzmq for every handshake (ZAP, RFC 27).
 *
 * A denied peer would try again at once and for ever, so each denial is told only after a
 * pause; the pause is for the line and not for the address, since all of an ipc socket and all
 * behind one NAT share an address with peers that are welcome.
 */
#ifndef LG_LINK_ZAP_H
#define LG_LINK_ZAP_H

#include "common/link/curve.h"
#include "common/link/socket.h"

#define LG_ZAP_PAUSE_MS    1000
#define LG_ZAP_DENIALS_MAX 64 /* told later; above this a denial is silent and at once */

struct lg_zap;

/*
 * Answers for every listening socket of the context: one for each context, free with lg_zap_free().
 *   peers  who may come, by their keys; copied
 */
struct lg_zap *lg_zap_new(
	uv_loop_t *loop, void *context, const struct lg_peer *peers, uint32_t peer_count);
/* Before the context ends.  NULL is fine. */
void lg_zap_free(struct lg_zap *zap);

/* The peer that the User-Id "site:service" of a message names; NULL: none. */
const struct lg_peer *lg_zap_peer(const struct lg_zap *zap, const char *user_id);

/* Handshakes denied since the start. */
uint64_t lg_zap_denied(const struct lg_zap *zap);

/*
 * Makes a socket, before bind, a CURVE server that admits nobody without a ZAP handler.
 *   secret      32 bytes
 *   ret_public  32 bytes that belong to it
 */
void lg_zap_guard(void *socket, const uint8_t *secret, uint8_t ret_public[32]);

/*
 * Tries a key that nobody knows at a bound socket, without the loop; takes some milliseconds.
 *   zap      of the same context, answers meanwhile; NULL: there is none
 *   refused  the key was let in, or nothing came back in 5 s
 */
LG_MUST_CHECK struct lg_status lg_zap_self_test(
	struct lg_zap *zap, void *context, const char *endpoint, const uint8_t public_key[32]);

#endif
