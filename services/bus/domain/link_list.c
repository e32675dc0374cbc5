#include "services/bus/domain/link_list.h"

#include <string.h>

#include "common/base/text.h"

#define SITE_DIGITS 5

bool link_list_has(const struct link_list *list, uint16_t site)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (list->at[i].site == site)
			return true;
	return false;
}

static struct lg_status add(struct link_list *list, const char *text, size_t size, bool listens)
{
	const char *equals = memchr(text, '=', size);
	char digits[SITE_DIGITS + 1] = "";
	struct link_place *place;
	size_t digit_count, address_size;
	int64_t site;

	if (equals == NULL)
		return lg_refuse("a link is given as SITE=ADDRESS");
	digit_count = (size_t)(equals - text);
	address_size = size - digit_count - 1;
	if (digit_count > SITE_DIGITS)
		return lg_refuse("a link's site is a number from 1 to 65535");
	memcpy(digits, text, digit_count);
	if (!lg_is_done(lg_int_parse(digits, &site)) || site < 1 || site > UINT16_MAX)
		return lg_refuse("a link's site is a number from 1 to 65535");
	if (address_size == 0 || address_size >= LINK_ADDRESS_TEXT)
		return lg_refuse("a link's address is empty or too long");
	if (link_list_has(list, (uint16_t)site))
		return lg_refuse("a site has one link, and this one is named twice");
	if (list->count == LINKS_MAX)
		return lg_refuse("there are too many links");

	place = &list->at[list->count++];
	*place = (struct link_place){ .site = (uint16_t)site, .listens = listens };
	memcpy(place->address, equals + 1, address_size);
	return lg_done();
}

struct lg_status link_list_add(struct link_list *list, const char *text, bool listens)
{
	while (*text != '\0') {
		size_t size = strcspn(text, ",");
		struct lg_status status = add(list, text, size, listens);

		if (!lg_is_done(status))
			return status;
		text += size;
		if (*text == ',' && *++text == '\0')
			return lg_refuse("a link is given as SITE=ADDRESS");
	}
	return lg_done();
}
