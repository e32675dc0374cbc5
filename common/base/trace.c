#include "common/base/trace.h"

#define HEADER_SIZE (LG_TRACEPARENT - 1)
#define FLAGS_SIZE  1

static bool is_zero(const uint8_t *bytes, size_t size)
{
	uint8_t any = 0;

	for (size_t i = 0; i < size; i++)
		any |= bytes[i];
	return any == 0;
}

bool lg_trace_is_set(const struct lg_trace *trace)
{
	return !is_zero(trace->id, sizeof trace->id) &&
	       !is_zero(trace->parent, sizeof trace->parent);
}

struct lg_trace lg_trace_under(const struct lg_trace *trace, struct lg_id event_id)
{
	struct lg_trace under = *trace;

	memcpy(under.parent, event_id.byte + LG_ID_SIZE - LG_SPAN_SIZE, sizeof under.parent);
	return under;
}

struct lg_bytes lg_trace_bytes(const struct lg_trace *trace)
{
	return lg_trace_is_set(trace) ? lg_bytes(trace->id, LG_TRACE_BYTES) : lg_bytes(NULL, 0);
}

struct lg_trace lg_trace_from_bytes(struct lg_bytes bytes)
{
	struct lg_trace trace = { .id = { 0 } };

	if (bytes.size == LG_TRACE_BYTES) {
		memcpy(trace.id, bytes.data, sizeof trace.id);
		memcpy(trace.parent, bytes.data + sizeof trace.id, sizeof trace.parent);
	}
	return lg_trace_is_set(&trace) ? trace : (struct lg_trace){ .id = { 0 } };
}

/* The value of a small hexadecimal digit, or -1: the standard allows no capitals. */
static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hex(const char *text, uint8_t *ret_bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		int high = digit_of(text[2 * i]);
		int low = high < 0 ? -1 : digit_of(text[2 * i + 1]);

		if (low < 0)
			return false;
		ret_bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static void write_hex(char *ret_text, const uint8_t *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < size; i++) {
		ret_text[2 * i] = digits[bytes[i] >> 4];
		ret_text[2 * i + 1] = digits[bytes[i] & 0xf];
	}
}

/* version 2 - trace 32 - span 16 - flags 2 */
struct lg_status lg_trace_parse(const char *text, struct lg_trace *ret_trace)
{
	size_t length = strnlen(text, HEADER_SIZE + 1);
	uint8_t version, flags;
	struct lg_trace trace;

	if (length < HEADER_SIZE || text[2] != '-' || text[35] != '-' || text[52] != '-')
		return lg_refuse("malformed trace");
	if (!read_hex(text, &version, sizeof version) ||
		!read_hex(text + 3, trace.id, sizeof trace.id) ||
		!read_hex(text + 36, trace.parent, sizeof trace.parent) ||
		!read_hex(text + 53, &flags, FLAGS_SIZE))
		return lg_refuse("malformed trace");
	if (version == 0xff || (version == 0 && length > HEADER_SIZE))
		return lg_refuse("malformed trace");
	if (length > HEADER_SIZE && text[HEADER_SIZE] != '-')
		return lg_refuse("malformed trace");
	if (!lg_trace_is_set(&trace))
		return lg_refuse("a trace of zeros");
	*ret_trace = trace;
	return lg_done();
}

void lg_trace_print(const struct lg_trace *trace, char ret_text[LG_TRACEPARENT])
{
	memcpy(ret_text, "00-", 3);
	write_hex(ret_text + 3, trace->id, sizeof trace->id);
	ret_text[35] = '-';
	write_hex(ret_text + 36, trace->parent, sizeof trace->parent);
	memcpy(ret_text + 52, "-01", sizeof "-01");
}
