#include "services/matching/engine/alike.h"

#include <stdbool.h>
#include <string.h>

#define INITIAL_ALIKE 850
#define PREFIX_MAX    4

/* Letters of a that have an equal one in b, not too far; both are marked. */
static size_t common_letters(
	const char *a, size_t a_size, const char *b, size_t b_size, bool *a_has, bool *b_has)
{
	size_t longest = a_size > b_size ? a_size : b_size;
	size_t reach = longest / 2 > 0 ? longest / 2 - 1 : 0;
	size_t common = 0;

	for (size_t i = 0; i < a_size; i++) {
		size_t from = i > reach ? i - reach : 0;
		size_t through = i + reach < b_size ? i + reach + 1 : b_size;

		for (size_t k = from; k < through && !a_has[i]; k++) {
			if (b_has[k] || a[i] != b[k])
				continue;
			a_has[i] = b_has[k] = true;
			common++;
		}
	}
	return common;
}

static size_t transposed(
	const char *a, size_t a_size, const bool *a_has, const char *b, const bool *b_has)
{
	size_t count = 0, k = 0;

	for (size_t i = 0; i < a_size; i++) {
		if (!a_has[i])
			continue;
		while (!b_has[k])
			k++;
		count += a[i] != b[k++];
	}
	return count / 2;
}

uint32_t alike_words(const char *a, size_t a_size, const char *b, size_t b_size)
{
	bool a_has[ALIKE_MAX] = { false }, b_has[ALIKE_MAX] = { false };
	size_t prefix = 0;

	a_size = a_size < ALIKE_MAX ? a_size : ALIKE_MAX;
	b_size = b_size < ALIKE_MAX ? b_size : ALIKE_MAX;
	if (a_size == 0 || b_size == 0)
		return 0;
	if (a_size == b_size && memcmp(a, b, a_size) == 0)
		return 1000;
	if (a_size == 1 || b_size == 1)
		return a[0] == b[0] ? INITIAL_ALIKE : 0;

	size_t common = common_letters(a, a_size, b, b_size, a_has, b_has);

	if (common == 0)
		return 0;

	size_t straight = common - transposed(a, a_size, a_has, b, b_has);
	size_t jaro =
		(1000 * common / a_size + 1000 * common / b_size + 1000 * straight / common) / 3;

	while (prefix < PREFIX_MAX && prefix < a_size && prefix < b_size && a[prefix] == b[prefix])
		prefix++;
	if (jaro > 700)
		jaro += prefix * (1000 - jaro) / 10;
	return (uint32_t)jaro;
}
