/*
 * One distinct value of a field, made comparable once: folded text, sounds, number, and the
 * atoms by which records that share a part of it are brought together (block.h).
 */
#ifndef SERVICES_MATCHING_ENGINE_LINKAGE_VALUE_H
#define SERVICES_MATCHING_ENGINE_LINKAGE_VALUE_H

#include "common/base/bytes.h"
#include "services/matching/engine/linkage/field.h"
#include "services/matching/engine/text/name_form.h"

#define VALUE_TEXT_MAX 40
#define VALUE_ATOMS    4
#define VALUE_CELL_MAX 511 /* bytes of a cell that are read; the rest is cut */

struct value {
	uint32_t
		letters; /* a bit for each letter that the text has; digits from bit 26 on, folded */
	uint32_t bones;  /* of names and places: a bit for each class of consonants */
	uint32_t number; /* dates: Gregorian, yyyymmdd, parts that are not known 00; ages: years */
	uint32_t atoms[VALUE_ATOMS]; /* 0: none */
	uint8_t size;
	char text
		[VALUE_TEXT_MAX]; /* a to z, 0 to 9, without spaces; stored as far as a kind uses it */
	struct name_form form;    /* of names and places; other kinds are stored without it */
};

/* Bytes of a value that a kind uses. */
size_t value_size(enum field_kind kind);

/* Whether a cell says anything: it is not empty, and no word for "not known". */
bool value_is_said(struct lg_bytes cell);

/* Reads a field's cell; false when it says nothing, or nothing that can be read as the field's kind. */
bool value_read(const struct field *field, struct lg_bytes cell, struct value *ret_value);

/* A well-mixed hash of bytes, for vocabularies and atoms. */
uint64_t value_hash(const void *data, size_t size, uint64_t seed);

#endif
