/* Ids: put together, taken apart, printed and parsed. */
#include "common/base/id.h"

#include <assert.h>

#define TIME_OFFSET   2
#define RANDOM_OFFSET 8

static void put_big_endian(uint8_t *to, size_t size, uint64_t value)
{
	for (size_t i = size; i > 0; i--) {
		to[i - 1] = (uint8_t)(value & 0xff);
		value >>= 8;
	}
}

static uint64_t big_endian(const uint8_t *from, size_t size)
{
	uint64_t value = 0;

	for (size_t i = 0; i < size; i++)
		value = value << 8 | from[i];
	return value;
}

struct lg_id lg_id_make(uint16_t site, lg_ms made_at, uint64_t random)
{
	struct lg_id id;

	assert(made_at >= 0);
	assert(made_at < (lg_ms)1 << 48); /* the year 10889 */
	put_big_endian(id.byte, TIME_OFFSET, site);
	put_big_endian(id.byte + TIME_OFFSET, RANDOM_OFFSET - TIME_OFFSET, (uint64_t)made_at);
	put_big_endian(id.byte + RANDOM_OFFSET, LG_ID_SIZE - RANDOM_OFFSET, random);
	return id;
}

uint16_t lg_id_site(struct lg_id id)
{
	return (uint16_t)big_endian(id.byte, TIME_OFFSET);
}

lg_ms lg_id_made_at(struct lg_id id)
{
	return (lg_ms)big_endian(id.byte + TIME_OFFSET, RANDOM_OFFSET - TIME_OFFSET);
}

bool lg_id_equal(struct lg_id a, struct lg_id b)
{
	return memcmp(a.byte, b.byte, LG_ID_SIZE) == 0;
}

bool lg_id_is_zero(struct lg_id id)
{
	return lg_id_equal(id, (struct lg_id){ .byte = { 0 } });
}

void lg_id_print(struct lg_id id, char ret_text[LG_ID_TEXT])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < LG_ID_SIZE; i++) {
		ret_text[2 * i] = digits[id.byte[i] >> 4];
		ret_text[2 * i + 1] = digits[id.byte[i] & 15];
	}
	ret_text[LG_ID_TEXT - 1] = '\0';
}

/* 0..15, or 16 for what is no digit; the NUL at a text's end is none. */
static unsigned digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return (unsigned)(digit - '0');
	if (digit >= 'a' && digit <= 'f')
		return (unsigned)(digit - 'a') + 10;
	if (digit >= 'A' && digit <= 'F')
		return (unsigned)(digit - 'A') + 10;
	return 16;
}

struct lg_status lg_id_parse(const char *text, struct lg_id *ret_id)
{
	struct lg_id id = { .byte = { 0 } };

	for (size_t i = 0; i < LG_ID_TEXT - 1; i++) {
		unsigned value = digit_value(text[i]);

		if (value > 15)
			return lg_refuse("an id has 32 hexadecimal digits");
		id.byte[i / 2] = (uint8_t)((unsigned)id.byte[i / 2] << 4 | value);
	}
	if (text[LG_ID_TEXT - 1] != '\0')
		return lg_refuse("an id has 32 hexadecimal digits");
	*ret_id = id;
	return lg_done();
}

struct lg_status lg_id_from_bytes(struct lg_bytes bytes, struct lg_id *ret_id)
{
	if (bytes.size != LG_ID_SIZE)
		return lg_refuse("an id has 16 bytes");
	memcpy(ret_id->byte, bytes.data, LG_ID_SIZE);
	return lg_done();
}
