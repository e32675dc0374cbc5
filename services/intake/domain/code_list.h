/*
 * The code lists that both countries share (the files of proto/codes), as this program was built with
 * them.  A code that is not in its list is refused at the door, so that places and reasons are
 * never entered free.
 */
#ifndef SERVICES_INTAKE_DOMAIN_CODE_LIST_H
#define SERVICES_INTAKE_DOMAIN_CODE_LIST_H

#include <stdbool.h>

/* Whether the list has this code; lists are named as their files: "district". */
bool code_is_known(const char *list, const char *code);

/* The same, and the empty text: not known. */
bool code_is_known_or_empty(const char *list, const char *code);

#endif
