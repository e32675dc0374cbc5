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

struct reading {
	const uint8_t *at, *end;
};

/* Moves behind spaces and commas; returns whether there was a comma. */
static bool skip_gap(struct reading *r)
{
	bool has_comma = false;

	for (; r->at < r->end && (is_space(*r->at) || *r->at == ','); r->at++)
		has_comma |= *r->at == ',';
	return has_comma;
}

/* Moves behind one entity tag.  returns  false: there is none */
static bool take_tag(struct reading *r, uint64_t version, bool *is_named)
{
	bool is_weak = r->end - r->at >= 2 && r->at[0] == 'W' && r->at[1] == '/';

	if (is_weak)
		r->at += 2;
	if (r->at == r->end || *r->at != '"')
		return false;

	const uint8_t *tag = ++r->at;

	while (r->at < r->end && is_tag_byte(*r->at))
		r->at++;
	if (r->at == r->end || *r->at != '"')
		return false;
	*is_named |= !is_weak && version != 0 && number_of(tag, (size_t)(r->at - tag)) == version;
	r->at++;
	return true;
}

static enum lg_match answer(bool is_named)
{
	return is_named ? LG_MATCH_NAMED : LG_MATCH_OTHER;
}

enum lg_match lg_if_match(struct lg_bytes if_match, uint64_t version)
{
	struct reading r = { if_match.data, if_match.data + if_match.size };
	bool is_named = false;

	skip_gap(&r);
	if (r.at < r.end && *r.at == '*') { /* whatever there is, and nothing beside it */
		r.at++;
		skip_gap(&r);
		return r.at == r.end ? answer(version != 0) : LG_MATCH_MALFORMED;
	}
	while (take_tag(&r, version, &is_named)) {
		bool is_parted = skip_gap(&r);

		if (r.at == r.end)
			return answer(is_named);
		if (!is_parted)
			break;
	}
	return LG_MATCH_MALFORMED;
}
