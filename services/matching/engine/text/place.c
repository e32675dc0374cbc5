/* Words for kinds of places are taken off both ends; then a place is heard as a name is (place.h). */
#include "services/matching/engine/text/place.h"

#include <assert.h>

#include "services/matching/engine/text/letters.h"

#define WORDS_MAX 24 /* of one part that are looked at */

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* In their normal form.  A kind outdoes those above it: "sub metropolitan city" is said by "sub". */
static const struct {
	const char *word;
	enum place_kind kind;
	bool is_joined; /* it is also written in one with the name */
} words[] = {
	{ "ward", PLACE_UNSAID, false },
	{ "wada", PLACE_UNSAID, false },
	{ "no", PLACE_UNSAID, false },
	{ "city", PLACE_UNSAID, false },
	{ "वडा", PLACE_UNSAID, false },
	{ "नं", PLACE_UNSAID, false },
	{ "न", PLACE_UNSAID, false },
	{ "vdc", PLACE_VILLAGE, false },
	{ "v d c", PLACE_VILLAGE, false },
	{ "गा वि स", PLACE_VILLAGE, false },
	{ "village", PLACE_VILLAGE, false },
	{ "development", PLACE_VILLAGE, false },
	{ "committee", PLACE_VILLAGE, false },
	{ "gabisa", PLACE_VILLAGE, false },
	{ "gavisa", PLACE_VILLAGE, false },
	{ "गाविस", PLACE_VILLAGE, false },
	{ "गाबिस", PLACE_VILLAGE, false },
	{ "municipality", PLACE_TOWN, true },
	{ "mun", PLACE_TOWN, false },
	{ "nagarpalika", PLACE_TOWN, true },
	{ "nagar palika", PLACE_TOWN, false },
	{ "palika", PLACE_UNSAID, false },
	{ "नगरपालिका", PLACE_TOWN, true },
	{ "पालिका", PLACE_UNSAID, false },
	{ "नपा", PLACE_TOWN, false },
	{ "न पा", PLACE_TOWN, false },
	{ "rural", PLACE_RURAL, false },
	{ "gaunpalika", PLACE_RURAL, true },
	{ "gaupalika", PLACE_RURAL, true },
	{ "gaonpalika", PLACE_RURAL, true },
	{ "gaun", PLACE_RURAL, false },
	{ "rm", PLACE_RURAL, false },
	{ "r m", PLACE_RURAL, false },
	{ "गा पा", PLACE_RURAL, false },
	{ "गाउँपालिका", PLACE_RURAL, true },
	{ "गाँउपालिका", PLACE_RURAL, true },
	{ "गाउपालिका", PLACE_RURAL, true },
	{ "गाउंपालिका", PLACE_RURAL, true },
	{ "गापा", PLACE_RURAL, false },
	{ "metropolitan", PLACE_METROPOLIS, false },
	{ "metropolis", PLACE_METROPOLIS, false },
	{ "mahanagarpalika", PLACE_METROPOLIS, true },
	{ "महानगरपालिका", PLACE_METROPOLIS, true },
	{ "sub", PLACE_SUB_METROPOLIS, false },
	{ "upamahanagarpalika", PLACE_SUB_METROPOLIS, true },
	{ "upmahanagarpalika", PLACE_SUB_METROPOLIS, true },
	{ "upa", PLACE_SUB_METROPOLIS, false },
	{ "उप", PLACE_SUB_METROPOLIS, false },
	{ "उपमहानगरपालिका", PLACE_SUB_METROPOLIS, true },
	{ "district", PLACE_DISTRICT, false },
	{ "dist", PLACE_DISTRICT, false },
	{ "jilla", PLACE_DISTRICT, false },
	{ "zilla", PLACE_DISTRICT, false },
	{ "zila", PLACE_DISTRICT, false },
	{ "जिल्ला", PLACE_DISTRICT, false },
	{ "जिला", PLACE_DISTRICT, false },
};

/* In their normal form: what is also said in front, "Ward No 5 ..." and "जिल्ला ...". */
static const struct {
	const char *word;
	enum place_kind kind;
} words_in_front[] = {
	{ "ward", PLACE_UNSAID },
	{ "wada", PLACE_UNSAID },
	{ "वडा", PLACE_UNSAID },
	{ "no", PLACE_UNSAID },
	{ "नं", PLACE_UNSAID },
	{ "न", PLACE_UNSAID },
	{ "district", PLACE_DISTRICT },
	{ "jilla", PLACE_DISTRICT },
	{ "zilla", PLACE_DISTRICT },
	{ "zila", PLACE_DISTRICT },
	{ "जिल्ला", PLACE_DISTRICT },
	{ "जिला", PLACE_DISTRICT },
};

/* Bytes of the word that the text begins with, its space included; all of it: no name is left. */
static size_t beginning(const char *text, size_t size, enum place_kind *ret_kind)
{
	for (size_t i = 0; i < COUNT_OF(words_in_front); i++) {
		size_t length = strlen(words_in_front[i].word);

		if (length > size || memcmp(text, words_in_front[i].word, length) != 0)
			continue;
		if (length < size && text[length] != ' ')
			continue;
		*ret_kind = words_in_front[i].kind;
		return length < size ? length + 1 : length;
	}
	return 0;
}

/* The longest word that the text ends with: alone behind a space, or joined.  COUNT: none. */
static size_t ending(const char *text, size_t size)
{
	size_t best = COUNT_OF(words), best_size = 0;

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		size_t length = strlen(words[i].word);
		bool stands_alone;

		/* something must be left to be a name */
		if (length >= size || length <= best_size ||
			memcmp(text + size - length, words[i].word, length) != 0)
			continue;
		stands_alone = text[size - length - 1] == ' ';
		if (stands_alone || words[i].is_joined) {
			best = i;
			best_size = length;
		}
	}
	return best;
}

static enum place_kind outdone(enum place_kind a, enum place_kind b)
{
	if (a == PLACE_TOWN && b == PLACE_RURAL) /* rural municipality */
		return PLACE_RURAL;
	if ((a == PLACE_METROPOLIS || a == PLACE_TOWN) && b == PLACE_SUB_METROPOLIS)
		return PLACE_SUB_METROPOLIS;
	return a == PLACE_UNSAID || (a == PLACE_TOWN && b == PLACE_METROPOLIS) ? b : a;
}

struct name_form place_bare(struct lg_bytes text, enum place_kind *ret_kind)
{
	char normal[LETTERS_MAX];
	size_t size = letters_normal(text, normal);
	size_t from = 0;
	enum place_kind kind = PLACE_UNSAID;
	struct name_form form;

	for (int i = 0; i < WORDS_MAX && size > 0; i++) {
		size_t word = ending(normal, size);

		if (word == COUNT_OF(words))
			break;
		kind = outdone(kind, words[word].kind);
		size -= strlen(words[word].word);
		while (size > 0 && normal[size - 1] == ' ')
			size--;
	}
	for (int i = 0; i < WORDS_MAX && from < size; i++) {
		enum place_kind said;
		size_t word = beginning(normal + from, size - from, &said);

		if (word == 0)
			break;
		kind = outdone(kind, said);
		from += word;
	}
	name_form_read(lg_bytes(normal + from, size - from), &form);
	*ret_kind = kind;
	return form;
}

/* Up to a comma, a semicolon or a danda; *at is moved behind it. */
static struct lg_bytes next_part(struct lg_bytes text, size_t *at)
{
	size_t begin = *at, end;

	for (end = begin; end < text.size; end++) {
		size_t left = text.size - end;

		if (text.data[end] == ',' || text.data[end] == ';') {
			*at = end + 1;
			return lg_bytes(text.data + begin, end - begin);
		}
		if (left >= 3 && memcmp(text.data + end, "\u0964", 3) == 0) {
			*at = end + 3;
			return lg_bytes(text.data + begin, end - begin);
		}
	}
	*at = end;
	return lg_bytes(text.data + begin, end - begin);
}

static void resolve(const struct place_table *table, struct place *place)
{
	for (uint32_t i = 0; i < table->count; i++) {
		const struct place_alias *row = &table->rows[i];

		if (name_form_compare(&place->local, &row->alias) < PLACE_EQUAL)
			continue;
		if (place->district.size > 0 &&
			name_form_compare(&place->district, &row->district) < PLACE_EQUAL)
			continue;
		place->local = row->local;
		place->district = row->district;
		return;
	}
}

static bool is_same(const struct name_form *a, const struct name_form *b)
{
	return a->size > 0 && b->size > 0 && name_form_compare(a, b) >= PLACE_EQUAL;
}

/* A name alone, without a word for its kind, that is the district's says no local level. */
static void settle(struct place *place, const struct name_form *district)
{
	if (place->district.size == 0 && place->kind == PLACE_UNSAID &&
		is_same(&place->local, district))
		place->local = (struct name_form){ .size = 0 };
	place->district = *district;
}

struct place place_read(
	const struct place_table *table, struct lg_bytes text, const struct name_form *district)
{
	struct place place = { .kind = PLACE_UNSAID };
	size_t at = 0;

	while (at < text.size) {
		enum place_kind kind;
		struct name_form form = place_bare(next_part(text, &at), &kind);

		if (form.size == 0)
			continue;
		if (kind != PLACE_DISTRICT && place.local.size == 0) {
			place.local = form;
			place.kind = kind;
		} else { /* the last one said: province and country are not written here */
			place.district = form;
		}
	}
	if (district != NULL && district->size > 0)
		settle(&place, district);
	if (place.local.size > 0)
		resolve(table, &place);
	return place;
}

static int32_t alike(const struct name_form *a, const struct name_form *b)
{
	return a->size == 0 || b->size == 0 ? -1 : (int32_t)name_form_compare(a, b);
}

/* Whether "Bardiya" alone is meant as a district: beside somebody of it who says more. */
static bool is_district_alone(const struct place *place, const struct place *other)
{
	return place->district.size == 0 && place->kind == PLACE_UNSAID &&
	       is_same(&place->local, &other->district) && !is_same(&place->local, &other->local);
}

struct place_alike place_compare(const struct place *a, const struct place *b)
{
	if (is_district_alone(a, b))
		return (struct place_alike){ -1, alike(&a->local, &b->district) };
	if (is_district_alone(b, a))
		return (struct place_alike){ -1, alike(&b->local, &a->district) };
	return (struct place_alike){
		.local = alike(&a->local, &b->local),
		.district = alike(&a->district, &b->district),
	};
}

enum place_grade place_grade(const struct place_alike *alike)
{
	if (alike->district >= 0 && alike->district < PLACE_EQUAL)
		return PLACE_GRADE_OTHER;
	if (alike->local >= PLACE_EQUAL) /* whoever leaves out the district names it by this */
		return PLACE_GRADE_LOCAL;
	return alike->district >= 0 ? PLACE_GRADE_DISTRICT : PLACE_GRADE_UNKNOWN;
}
