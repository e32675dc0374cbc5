/*
 * The links that an operator names: "2=tcp://192.0.2.7:7801,3=tcp://..." for --link-connect and
 * for --link-listen.
 */
#ifndef BUS_LINK_LIST_H
#define BUS_LINK_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/status.h"

#define LINKS_MAX         32
#define LINK_ADDRESS_TEXT 128 /* bytes of an address with its NUL */

/* One line to another site. */
struct link_place {
	uint16_t site;
	bool listens; /* this side binds the address; else it connects to it */
	char address[LINK_ADDRESS_TEXT];
};

struct link_list {
	uint32_t count;
	struct link_place at[LINKS_MAX];
};

/*
 * Adds what text names.
 *   text     "" adds nothing
 *   refused  not SITE=ADDRESS, a site out of 1..65535, a site that is there already (two live
 *            links of one site are refused), too many; list is of no use then
 */
LG_MUST_CHECK struct lg_status link_list_add(
	struct link_list *list, const char *text, bool listens);

/* Whether a site is in the list. */
bool link_list_has(const struct link_list *list, uint16_t site);

#endif
