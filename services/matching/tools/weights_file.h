/* Learned weights in a file: versioned, readable, the same numbers when read again. */
#ifndef SERVICES_MATCHING_TOOLS_WEIGHTS_FILE_H
#define SERVICES_MATCHING_TOOLS_WEIGHTS_FILE_H

#include <stdbool.h>

#include "services/matching/engine/linkage/model.h"

/* Writes all; false: said why not. */
bool weights_file_write(const char *path, const struct model *model);

/* Reads the weights of the fields in list; each must be there.  false: said where it is wrong. */
bool weights_file_read(const char *path, const struct field_list *list, struct model *ret_model);

#endif
