#include "services/intake/domain/code_list.h"

#include <stddef.h>
#include <string.h>

struct code_row {
	const char *list, *code;
};

/* clang-format off */
static const struct code_row rows[] = {
#include "proto/codes.inc"
};
/* clang-format on */

bool code_is_known(const char *list, const char *code)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (strcmp(rows[i].list, list) == 0 && strcmp(rows[i].code, code) == 0)
			return true;
	}
	return false;
}

bool code_is_known_or_empty(const char *list, const char *code)
{
	return code[0] == '\0' || code_is_known(list, code);
}
