#include "common/json/if_match.h"

#include <stddef.h>

static bool is_space(uint8_t byte)
{
	return byte == ' ' || byte == '\t';
}

/* An etagc of RFC 9110: printable but the quote, or beyond ASCII. */
static bool is_tag_byte(uint8_t byte)
{
	return byte == 0x21 || (byte >= 0x23 && byte != 0x7f);
}

/* The number that our tags begin with; 0 for a tag that is not ours. */
static uint64_t number_of(const uint8_t *tag, size_t size)
{
	uint64_t number = 0;
	size_t at = 0;

	for (; at < size && tag[at] >= '0' && tag[at] <= '9'; at++) {
		if (number > (UINT64_MAX - 9) / 10)
			return 0;
		number = 10 * number + (uint64_t)(tag[at] - '0');
	}
	return at == size || tag[at] == '.' ? number : 0;
}

enum lg_match lg_if_match(struct lg_bytes if_match, uint64_t version)
{
	const uint8_t *at = if_match.data, *end = at + if_match.size;
	bool is_named = false, is_any = false, needs_comma = false;
	uint32_t count = 0;

	for (; at < end; count++) {
		bool is_weak = false;

		for (; at < end && (is_space(*at) || *at == ','); at++)
			needs_comma = needs_comma && *at != ',';
		if (at == end)
			break;
		if (needs_comma || is_any)
			return LG_MATCH_MALFORMED;
		needs_comma = true;
		if (*at == '*' && count == 0) {
			is_any = true;
			at++;
			continue;
		}
		if (end - at >= 2 && at[0] == 'W' && at[1] == '/') {
			is_weak = true;
			at += 2;
		}
		if (at == end || *at != '"')
			return LG_MATCH_MALFORMED;

		const uint8_t *tag = ++at;

		while (at < end && is_tag_byte(*at))
			at++;
		if (at == end || *at != '"')
			return LG_MATCH_MALFORMED;
		is_named |=
			!is_weak && version != 0 && number_of(tag, (size_t)(at - tag)) == version;
		at++;
	}
	if (count == 0)
		return LG_MATCH_MALFORMED;
	return is_named || (is_any && version != 0) ? LG_MATCH_NAMED : LG_MATCH_OTHER;
}
