/* UTF-8 checked by the table of RFC 3629, section 4; and the few comparisons that are needed. */
#include "common/base/text.h"

/* Bytes of the well-formed sequence at the start of text; 0 when there is none. */
static size_t sequence_size(const uint8_t *text, size_t size)
{
	uint8_t lead = text[0];
	uint8_t low = 0x80, high = 0xbf; /* of the second byte: shortest form, no surrogates */
	size_t length;

	if (lead == 0)
		return 0;
	if (lead < 0x80)
		return 1;
	if (lead < 0xc2 || lead > 0xf4)
		return 0;
	length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	if (length > size)
		return 0;
	if (lead == 0xe0)
		low = 0xa0;
	if (lead == 0xed)
		high = 0x9f;
	if (lead == 0xf0)
		low = 0x90;
	if (lead == 0xf4)
		high = 0x8f;
	if (text[1] < low || text[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++)
		if (text[i] < 0x80 || text[i] > 0xbf)
			return 0;
	return length;
}

/* Whether the next eight bytes are ASCII and none is NUL. */
static bool are_plain(const uint8_t *text)
{
	const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
	uint64_t eight;

	memcpy(&eight, text, sizeof eight);
	return ((eight | (eight - ones)) & tops) == 0;
}

size_t lg_text_first_bad(struct lg_bytes text)
{
	size_t at = 0;

	while (at < text.size) {
		size_t length;

		if (text.size - at >= 8 && are_plain(text.data + at)) {
			at += 8;
			continue;
		}
		length = sequence_size(text.data + at, text.size - at);

		if (length == 0)
			break;
		at += length;
	}
	return at;
}

bool lg_text_is_valid(struct lg_bytes text)
{
	return lg_text_first_bad(text) == text.size;
}

static char fold(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

bool lg_text_equal_fold(const char *a, const char *b)
{
	while (*a != '\0' && fold(*a) == fold(*b)) {
		a++;
		b++;
	}
	return fold(*a) == fold(*b);
}

/* Counts below zero, where there is room for one number more. */
struct lg_status lg_int_parse(const char *text, int64_t *ret_value)
{
	bool is_negative = text[0] == '-';
	const char *at = is_negative ? text + 1 : text;
	int64_t value = 0;

	if (*at == '\0')
		return lg_refuse("a whole number is expected");
	for (; *at != '\0'; at++) {
		if (*at < '0' || *at > '9')
			return lg_refuse("a whole number is expected");
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_sub_overflow(value, *at - '0', &value))
			return lg_refuse("the number is too large");
	}
	if (!is_negative && value == INT64_MIN)
		return lg_refuse("the number is too large");
	*ret_value = is_negative ? value : -value;
	return lg_done();
}
