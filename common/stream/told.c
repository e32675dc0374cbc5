#include "common/stream/told.h"

void lg_told_note(struct lg_told *told, uint64_t number, uint64_t mark)
{
	told->number[number % LG_TOLD_MAX] = number;
	told->mark[number % LG_TOLD_MAX] = mark;
}

bool lg_told_differs(const struct lg_told *told, uint64_t number, uint64_t mark)
{
	return number != 0 && told->number[number % LG_TOLD_MAX] == number &&
	       told->mark[number % LG_TOLD_MAX] != mark;
}
