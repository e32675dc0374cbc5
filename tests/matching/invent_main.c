/*
 * People who do not exist, told twice by people who hear, spell and guess.
 *
 *   invent dedupe SEED PERSONS FILE      one file; a person stands in it once to three times
 *   invent link SEED PERSONS A B         two files; six in ten of A are in B, told anew
 *
 * Names are put together from parts of our own, with the spellings that the field has for each
 * sound and in Devanagari; how often a name occurs falls with its number, as it does everywhere.
 * What goes wrong in a record, and how often, stands in one table (habits).  rec_id is PERSON-RECORD
 * and is for the judge alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/csv.h"
#include "common/base/random.h"

#define COUNT_OF(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))
#define CELL_MAX        160
#define DISTRICTS       77
#define LEVELS          10 /* of a district */
#define OLD_VILLAGES    5  /* of a local level, by their old names */
#define GUARDIAN_SALT   977u

/* A part of a name: as usually spelt, as also spelt, and in Devanagari. */
struct part {
	const char *latin, *other, *deva;
};

/* clang-format off */
static const struct part heads[] = {
	{ "sa", "saa", "सा" }, { "shi", "si", "शि" }, { "ra", "raa", "रा" }, { "ki", "kee", "कि" },
	{ "su", "soo", "सु" }, { "ma", "maa", "मा" }, { "bi", "vi", "बि" }, { "pra", "para", "प्र" },
	{ "de", "dey", "दे" }, { "go", "gow", "गो" }, { "laksh", "lax", "लक्ष" }, { "ka", "kaa", "का" },
	{ "ni", "nee", "नि" }, { "mi", "mee", "मि" }, { "ti", "tee", "ति" }, { "ji", "jee", "जि" },
	{ "ha", "haa", "हा" }, { "ga", "gaa", "गा" }, { "chha", "cha", "छा" }, { "sha", "sa", "शा" },
	{ "dha", "da", "धा" }, { "bha", "va", "भा" }, { "u", "oo", "उ" }, { "aa", "a", "आ" },
	{ "khu", "ku", "खु" }, { "na", "naa", "ना" }, { "pu", "poo", "पु" }, { "te", "tay", "ते" },
	{ "jha", "za", "झा" }, { "yo", "yoh", "यो" }, { "dro", "do", "द्रो" }, { "bru", "bro", "ब्रु" },
};
static const struct part middles[] = {
	{ "", "", "" }, { "ri", "ree", "रि" }, { "mo", "mow", "मो" }, { "la", "laa", "ला" },
	{ "ni", "nee", "नि" }, { "ra", "raa", "रा" }, { "shu", "su", "शु" }, { "vi", "bi", "वि" },
	{ "ka", "kaa", "का" }, { "nti", "nty", "न्ति" }, { "sa", "saa", "सा" }, { "ju", "joo", "जु" },
	{ "dhi", "di", "धि" }, { "mpa", "npa", "म्पा" }, { "ti", "tee", "ति" }, { "lo", "low", "लो" },
	{ "gya", "gyaa", "ज्ञा" }, { "thi", "ti", "थि" }, { "bhe", "be", "भे" }, { "pu", "poo", "पु" },
	{ "ha", "haa", "हा" }, { "ro", "row", "रो" }, { "mu", "moo", "मु" }, { "khe", "ke", "खे" },
};
static const struct part ends[] = {
	{ "ta", "taa", "ता" }, { "na", "naa", "ना" }, { "la", "laa", "ला" }, { "sh", "s", "श" },
	{ "n", "an", "न" }, { "ti", "tee", "ती" }, { "mi", "mee", "मी" }, { "j", "z", "ज" },
	{ "r", "ar", "र" }, { "v", "b", "व" }, { "nda", "nd", "न्द" }, { "ya", "iya", "या" },
	{ "m", "am", "म" }, { "ki", "kee", "की" }, { "shta", "sta", "ष्ट" }, { "da", "daa", "दा" },
	{ "l", "al", "ल" }, { "ni", "nee", "नी" }, { "ri", "ree", "री" }, { "k", "ak", "क" },
};
static const struct part clans[] = {
	{ "thap", "tap", "थप" }, { "gur", "goor", "गुर" }, { "tamo", "taamo", "तामो" }, { "rokh", "rok", "रोख" },
	{ "bhus", "bus", "भुस" }, { "kho", "ko", "खो" }, { "chau", "chow", "चौ" }, { "sher", "ser", "शेर" },
	{ "mag", "maag", "माग" }, { "pau", "pow", "पौ" }, { "dahi", "dahee", "दहि" }, { "nep", "naip", "नेप" },
	{ "lim", "leem", "लिम" }, { "wag", "bag", "वाग" }, { "yad", "jad", "याद" }, { "kush", "kus", "कुश" },
	{ "ral", "raal", "राल" }, { "sunu", "soonu", "सुनु" }, { "bis", "vis", "बिस" }, { "ghim", "gim", "घिम" },
};
static const struct part clan_ends[] = {
	{ "ari", "aree", "ारी" }, { "ung", "oong", "ुङ" }, { "el", "yal", "ेल" }, { "aha", "aaha", "ाहा" },
	{ "u", "oo", "ु" }, { "oti", "otee", "ोती" }, { "ela", "elaa", "ेला" }, { "ia", "iya", "िया" },
	{ "awat", "avat", "ावत" }, { "ole", "oley", "ोले" }, { "eti", "etee", "ेती" }, { "ik", "eek", "िक" },
};
static const struct part grounds[] = {
	{ "Bel", "Vel", "बेल" }, { "Sim", "Seem", "सिम" }, { "Dhan", "Dan", "धन" }, { "Kol", "Kaul", "कोल" },
	{ "Ram", "Raam", "राम" }, { "Tin", "Teen", "तीन" }, { "Pipal", "Pipl", "पिपल" }, { "Jal", "Jaal", "जल" },
	{ "Chit", "Cheet", "चित" }, { "Mal", "Maal", "माल" }, { "Gho", "Go", "घो" }, { "Lek", "Lekh", "लेक" },
	{ "Sun", "Soon", "सुन" }, { "Tar", "Taar", "तार" }, { "Bhim", "Bim", "भीम" }, { "Nau", "Now", "नौ" },
	{ "Khar", "Kar", "खर" }, { "Amar", "Amaar", "अमर" }, { "Deu", "Dew", "देउ" }, { "Phul", "Ful", "फुल" },
	{ "Ghar", "Gar", "घर" }, { "Bans", "Baans", "बाँस" }, { "Kal", "Kaal", "काल" }, { "Hari", "Haree", "हरि" },
	{ "Dud", "Dood", "दुद" }, { "Rup", "Roop", "रूप" }, { "Thul", "Tul", "ठुल" }, { "San", "Saan", "सान" },
};
static const struct part ground_ends[] = {
	{ "pur", "poor", "पुर" }, { "gaun", "gaon", "गाउँ" }, { "khola", "kola", "खोला" }, { "tar", "taar", "टार" },
	{ "danda", "dada", "डाँडा" }, { "ghat", "gaat", "घाट" }, { "bari", "baree", "बारी" }, { "nagar", "nagr", "नगर" },
	{ "kot", "kott", "कोट" }, { "besi", "beshi", "बेसी" }, { "chaur", "chour", "चौर" }, { "phedi", "fedi", "फेदी" },
	{ "pokhari", "pokhri", "पोखरी" }, { "bazar", "bajar", "बजार" }, { "dhara", "dara", "धारा" },
	{ "gadhi", "gadi", "गढी" },
};

/* In so many of a thousand records; each is drawn by itself. */
static const struct {
	uint32_t devanagari, other_spelling, slip, swapped, short_name, no_guardian, married;
	uint32_t no_birth, year_only, year_guessed, no_level, old_village, no_district, moved;
	uint32_t no_ward, phone, new_phone, phone_slip, no_sex;
} habits = {
	.devanagari = 350, .other_spelling = 120, .slip = 60, .swapped = 40, .short_name = 20,
	.no_guardian = 250, .married = 40, .no_birth = 80, .year_only = 220, .year_guessed = 250,
	.no_level = 120, .old_village = 150, .no_district = 30, .moved = 40, .no_ward = 300,
	.phone = 500, .new_phone = 200, .phone_slip = 40, .no_sex = 20,
};
/* clang-format on */

struct person {
	uint32_t given, family, guardian; /* numbers that parts are drawn from */
	bool is_female;
	uint32_t year, month, day;
	uint32_t district, level, ward;
	uint64_t phone;
};

struct world {
	struct lg_random random;
};

static bool happens(struct world *world, uint32_t in_thousand)
{
	return lg_random_below(&world->random, 1000) < in_thousand;
}

static uint32_t below(struct world *world, uint32_t end)
{
	return (uint32_t)lg_random_below(&world->random, end);
}

/* Common and rare: the lower a number, the more often it is drawn. */
static uint32_t skewed(struct world *world, uint32_t end)
{
	double share = (double)below(world, 1u << 20) / (double)(1u << 20);

	return (uint32_t)(share * share * share * end);
}

static struct person invent(struct world *world)
{
	uint32_t given = COUNT_OF(heads) * COUNT_OF(middles) * COUNT_OF(ends);

	return (struct person){
		.given = skewed(world, given),
		.family = skewed(world, COUNT_OF(clans) * COUNT_OF(clan_ends)),
		.guardian = skewed(world, given) + GUARDIAN_SALT,
		.is_female = happens(world, 700),
		.year = 1975 + below(world, 42),
		.month = 1 + below(world, 12),
		.day = 1 + below(world, 28),
		.district = below(world, DISTRICTS),
		.level = below(world, LEVELS),
		.ward = 1 + below(world, 12),
		.phone = 9800000000u + lg_random_below(&world->random, 60000000),
	};
}

/* A row being told: the script and the tongue are of the whole row. */
struct telling {
	struct world *world;
	bool is_deva;
	char cell[CELL_MAX];
	size_t size;
};

static void say(struct telling *telling, const struct part *part)
{
	const char *text = telling->is_deva                                 ? part->deva
			   : happens(telling->world, habits.other_spelling) ? part->other
									    : part->latin;
	size_t size = strlen(text);

	if (telling->size + size >= CELL_MAX)
		return;
	memcpy(telling->cell + telling->size, text, size + 1);
	telling->size += size;
}

static void begin(struct telling *telling)
{
	telling->size = 0;
	telling->cell[0] = '\0';
}

/* A letter lost, doubled, or crossed with its neighbour; Latin only: keyboards slip by bytes. */
static void slip(struct telling *telling)
{
	uint32_t at;

	if (telling->is_deva || telling->size < 3 || telling->size + 2 >= CELL_MAX ||
		!happens(telling->world, habits.slip))
		return;
	at = 1 + below(telling->world, (uint32_t)telling->size - 2);
	switch (below(telling->world, 3)) {
	case 0:
		memmove(telling->cell + at, telling->cell + at + 1, telling->size - at);
		telling->size--;
		return;
	case 1:
		memmove(telling->cell + at + 1, telling->cell + at, telling->size - at + 1);
		telling->size++;
		return;
	default: {
		char kept = telling->cell[at];

		telling->cell[at] = telling->cell[at + 1];
		telling->cell[at + 1] = kept;
	}
	}
}

static void tell_given(struct telling *telling, uint32_t number)
{
	uint32_t mixed = number * 2654435761u; /* neighbours in number are not alike in sound */

	begin(telling);
	say(telling, &heads[mixed % COUNT_OF(heads)]);
	if (!happens(telling->world, habits.short_name))
		say(telling, &middles[mixed / 64 % COUNT_OF(middles)]);
	say(telling, &ends[mixed / 4096 % COUNT_OF(ends)]);
	slip(telling);
}

static void tell_family(struct telling *telling, uint32_t number)
{
	begin(telling);
	say(telling, &clans[number % COUNT_OF(clans)]);
	say(telling, &clan_ends[number / COUNT_OF(clans) % COUNT_OF(clan_ends)]);
	slip(telling);
}

static void tell_place(struct telling *telling, uint32_t number)
{
	uint32_t mixed = number * 2246822519u;

	begin(telling);
	say(telling, &grounds[mixed % COUNT_OF(grounds)]);
	say(telling, &ground_ends[mixed / 1024 % COUNT_OF(ground_ends)]);
	slip(telling);
}

static void write_names(FILE *out, struct telling *telling, const struct person *person)
{
	struct world *world = telling->world;
	uint32_t family = person->family;
	char given[CELL_MAX];

	if (person->is_female && happens(world, habits.married))
		family = skewed(world, COUNT_OF(clans) * COUNT_OF(clan_ends));
	tell_given(telling, person->given);
	memcpy(given, telling->cell, sizeof given);
	tell_family(telling, family);
	if (happens(world, habits.swapped)) {
		lg_csv_write_cell(out, telling->cell, false);
		lg_csv_write_cell(out, given, false);
	} else {
		lg_csv_write_cell(out, given, false);
		lg_csv_write_cell(out, telling->cell, false);
	}
	tell_given(telling, person->guardian);
	lg_csv_write_cell(out, happens(world, habits.no_guardian) ? "" : telling->cell, false);
	lg_csv_write_cell(out,
		happens(world, habits.no_sex) ? ""
		: person->is_female           ? "female"
					      : "male",
		false);
}

static void write_birth(FILE *out, struct world *world, const struct person *person)
{
	uint32_t year = person->year;

	if (happens(world, habits.no_birth)) {
		fputc(',', out);
	} else if (happens(world, habits.year_guessed)) {
		year = year + below(world, 3) + below(world, 3) - 2;
		fprintf(out, "%u,", year);
	} else if (happens(world, habits.year_only)) {
		fprintf(out, "%u,", year);
	} else {
		fprintf(out, "%u-%02u-%02u,", year, person->month, person->day);
	}
}

static void write_home(FILE *out, struct telling *telling, const struct person *person)
{
	struct world *world = telling->world;
	uint32_t district =
		happens(world, habits.moved) ? below(world, DISTRICTS) : person->district;
	uint32_t level = district * LEVELS + person->level;

	tell_place(telling, 100000 + district);
	lg_csv_write_cell(out, happens(world, habits.no_district) ? "" : telling->cell, false);
	if (happens(world, habits.old_village))
		tell_place(telling, 300000 + level * OLD_VILLAGES + person->ward % OLD_VILLAGES);
	else
		tell_place(telling, 200000 + level);
	lg_csv_write_cell(out, happens(world, habits.no_level) ? "" : telling->cell, false);
	if (happens(world, habits.no_ward))
		fputc(',', out);
	else
		fprintf(out, "%u,", person->ward);
}

static void write_phone(FILE *out, struct world *world, const struct person *person)
{
	uint64_t phone = person->phone;

	if (!happens(world, habits.phone)) {
		fputc('\n', out);
		return;
	}
	if (happens(world, habits.new_phone))
		phone = 9800000000u + lg_random_below(&world->random, 60000000);
	if (happens(world, habits.phone_slip))
		phone = phone / 100 * 100 + lg_random_below(&world->random, 100);
	fprintf(out, "%llu\n", (unsigned long long)phone);
}

static void tell(FILE *out, struct world *world, const struct person *person, uint32_t number,
	uint32_t record)
{
	struct telling telling = {
		.world = world,
		.is_deva = happens(world, habits.devanagari),
	};

	fprintf(out, "%u-%u,", number, record);
	write_names(out, &telling, person);
	write_birth(out, world, person);
	write_home(out, &telling, person);
	write_phone(out, world, person);
}

static FILE *start_file(const char *path)
{
	FILE *out = fopen(path, "we");

	if (out == NULL) {
		perror("invent");
		exit(1);
	}
	fputs("rec_id,given_name,family_name,guardian,sex,birth,district,local_level,ward,phone\n",
		out);
	return out;
}

static void end_file(FILE *out)
{
	if (ferror(out) != 0 || fclose(out) != 0) {
		perror("invent");
		exit(1);
	}
}

static void invent_one_file(struct world *world, uint32_t persons, const char *path)
{
	FILE *out = start_file(path);

	for (uint32_t p = 0; p < persons; p++) {
		struct person person = invent(world);
		uint32_t records = 1 + below(world, 3);

		for (uint32_t r = 0; r < records; r++)
			tell(out, world, &person, p, r);
	}
	end_file(out);
}

static void invent_two_files(struct world *world, uint32_t persons, char **paths)
{
	FILE *left = start_file(paths[0]), *right = start_file(paths[1]);

	for (uint32_t p = 0; p < persons; p++) {
		struct person person = invent(world);

		tell(left, world, &person, p, 0);
		if (happens(world, 600)) {
			tell(right, world, &person, p, 1);
		} else {
			person = invent(world);
			tell(right, world, &person, persons + p, 1);
		}
	}
	end_file(left);
	end_file(right);
}

int main(int argc, char **argv)
{
	struct world world;
	bool is_link = argc == 6 && strcmp(argv[1], "link") == 0;

	if (!is_link && !(argc == 5 && strcmp(argv[1], "dedupe") == 0)) {
		fputs("invent dedupe SEED PERSONS FILE, or invent link SEED PERSONS A B\n", stderr);
		return 2;
	}
	lg_random_seed(&world.random, strtoull(argv[2], NULL, 10));

	uint32_t persons = (uint32_t)strtoul(argv[3], NULL, 10);

	if (is_link)
		invent_two_files(&world, persons, argv + 4);
	else
		invent_one_file(&world, persons, argv[4]);
	return 0;
}
