/*
 * One person against many, as the service searches: who is known is the memory of lg-matching, and
 * who asks has just been taken in.  Prints `known_N_name: value`.
 *
 *   known PEOPLE OTHERS         two files of invent; the second tells some of the first anew
 *   known PEOPLE OTHERS COUNT   by their names alone, COUNT of those whom the first file tells too
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "services/matching/memory/known.h"

#define COLUMNS     10
#define QUERIES_MAX 20000u
#define SCANS       100u /* queries that are also compared with everybody, */
#define SCANS_LEAST 10u  /* and fewer where everybody is more than */
#define SCANS_AMONG 1000000
#define MEASURED_AT 1764000000000 /* the day on which everybody has the age that the file says */

enum { REC_ID, GIVEN, FAMILY, GUARDIAN, SEX, BIRTH, DISTRICT, LEVEL, WARD, PHONE };

/* Of this thread: other work on the machine is not the index's. */
static double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static struct lg_id id_of(uint32_t person, uint32_t side)
{
	struct lg_id id = { .byte = { 0, (uint8_t)side } };
	uint64_t mixed = (person + 1ull) * 0x9e3779b97f4a7c15u;

	memcpy(id.byte + 4, &person, sizeof person);
	memcpy(id.byte + 8, &mixed, sizeof mixed);
	return id;
}

static bool split(char *line, char *cells[COLUMNS])
{
	for (unsigned n = 0; n < COLUMNS; n++) {
		cells[n] = line;
		line += strcspn(line, ",\n");
		if (n + 1 < COLUMNS && *line != ',')
			return false;
		*line++ = '\0';
	}
	return true;
}

static bool take(struct known *known, uint32_t side, int64_t place, char *cells[COLUMNS])
{
	char name[256];
	char *names[1] = { name };
	long year = strtol(cells[BIRTH], NULL, 10);
	const struct person_facts facts = {
		.sex = cells[SEX][0] == 'f'   ? SEX_FEMALE
		       : cells[SEX][0] == 'm' ? SEX_MALE
					      : SEX_NOT_RECORDED,
		.age_years = year > 1900 && year <= 2025 ? (int32_t)(2025 - year) : -1,
		.age_basis = AGE_STATED,
		.at = MEASURED_AT,
		.district = cells[DISTRICT],
	};

	snprintf(name, sizeof name, "%s %s", cells[GIVEN], cells[FAMILY]);
	return known_take(
		known, &(struct known_person){
			       .record_id = id_of((uint32_t)strtoul(cells[REC_ID], NULL, 10), side),
			       .place = place,
			       .facts = &facts,
			       .name_count = 1,
			       .names = names,
			       .phone_count = cells[PHONE][0] == '\0' ? 0 : 1,
			       .phones = &cells[PHONE] });
}

/* Room for everybody and the one who asks, as the service has it when it stopped growing. */
static uint32_t room_for(FILE *file)
{
	uint32_t room = KNOWN_FIRST_ROWS, rows = 0;

	for (int c = getc(file); c != EOF; c = getc(file))
		rows += c == '\n';
	rewind(file);
	while (room <= rows)
		room *= 2;
	return room;
}

/* Every row of a file; begins again when the memory did, with twice the room. */
static int64_t fill(struct known *known, FILE *file)
{
	char *line = NULL, *cells[COLUMNS];
	size_t room = 0;
	int64_t place = 0;

	while (getline(&line, &room, file) > 0) {
		if (!split(line, cells) || strcmp(cells[REC_ID], "rec_id") == 0)
			continue;
		if (!take(known, 1, ++place, cells)) {
			rewind(file);
			place = 0;
		}
	}
	free(line);
	return place;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static bool is_among(const struct lg_id *found, uint32_t count, struct lg_id wanted)
{
	for (uint32_t i = 0; i < count; i++)
		if (lg_id_equal(found[i], wanted))
			return true;
	return false;
}

/* What a run finds. */
struct found {
	const char *prefix;
	double us[QUERIES_MAX];
	uint32_t count, true_count, kept, first;
	uint32_t scanned, best_kept, likely, likely_kept;
	uint64_t candidates;
};

/* Is the best of everybody among the candidates?  Likely: more so than not, one of all being it. */
static void scan(struct known *known, struct lg_id self, const struct lg_id *found, uint32_t count,
	struct found *sums)
{
	struct lg_id best[KNOWN_CANDIDATES_MAX];
	float bits;
	bool is_kept;

	if (known_scan(known, self, best, &bits) == 0)
		return;
	is_kept = is_among(found, count, best[0]);
	sums->scanned++;
	sums->best_kept += is_kept;
	if (bits < log2(known_count(known)))
		return;
	sums->likely++;
	sums->likely_kept += is_kept;
}

/* A scan costs as much as there are persons: of ten times as many, a tenth. */
static uint32_t scans_among(int64_t persons)
{
	int64_t scans = persons > SCANS_AMONG ? SCANS * (int64_t)SCANS_AMONG / persons : SCANS;

	return scans < SCANS_LEAST ? SCANS_LEAST : (uint32_t)scans;
}

static void ask_one(struct known *known, char *cells[COLUMNS], int64_t persons, uint32_t scans,
	struct found *sums)
{
	struct lg_id found[KNOWN_CANDIDATES_MAX];
	uint32_t person = (uint32_t)strtoul(cells[REC_ID], NULL, 10), number;
	struct lg_id self = id_of(person, 2), wanted = id_of(person, 1);
	double began;

	if (!take(known, 2, persons + 1, cells))
		exit(1); /* it had no room for the one who asks */
	began = now_us();
	number = known_search(known, self, found);
	sums->us[sums->count++] = now_us() - began;
	if (sums->scanned < scans)
		scan(known, self, found, number, sums);
	known_drop(known, self, persons + 1);
	sums->candidates += number;
	if (known_place(known, wanted) == 0)
		return;
	sums->true_count++;
	sums->kept += is_among(found, number, wanted);
	sums->first += number > 0 && lg_id_equal(found[0], wanted);
}

static double share(uint32_t part, uint32_t of)
{
	return of == 0 ? 0 : (double)part / of;
}

static void print(struct found *sums)
{
	const char *prefix = sums->prefix;
	uint32_t count = sums->count;

	if (count == 0)
		return;
	qsort(sums->us, count, sizeof sums->us[0], ascending);
	printf("%s_search_p50_us: %.1f\n", prefix, sums->us[count / 2]);
	printf("%s_search_p99_us: %.1f\n", prefix, sums->us[count - 1 - count / 100]);
	printf("%s_candidates_mean: %.1f\n", prefix, (double)sums->candidates / count);
	printf("%s_true_among_candidates: %.4f\n", prefix, share(sums->kept, sums->true_count));
	printf("%s_true_first: %.4f\n", prefix, share(sums->first, sums->true_count));
	if (sums->scanned == 0)
		return;
	printf("%s_scans_likely_best_among_candidates: %.4f of %u\n", prefix,
		share(sums->likely_kept, sums->likely), sums->likely);
	printf("%s_scans_any_best_among_candidates: %.4f of %u\n", prefix,
		share(sums->best_kept, sums->scanned), sums->scanned);
}

/* by_name: so many, whom the first file tells too, by their names alone; 0: everybody by all. */
static void ask(struct known *known, FILE *file, int64_t persons, uint32_t by_name)
{
	static struct found sums;
	char *line = NULL, *cells[COLUMNS], prefix[64];
	uint32_t most = by_name == 0 || by_name > QUERIES_MAX ? QUERIES_MAX : by_name;
	size_t room = 0;

	snprintf(prefix, sizeof prefix, "known_%lld%s", (long long)persons,
		by_name > 0 ? "_by_name" : "");
	sums.prefix = prefix;
	while (sums.count < most && getline(&line, &room, file) > 0) {
		if (!split(line, cells) || strcmp(cells[REC_ID], "rec_id") == 0)
			continue;
		if (by_name > 0) {
			struct lg_id wanted = id_of((uint32_t)strtoul(cells[REC_ID], NULL, 10), 1);

			if (known_place(known, wanted) == 0)
				continue;
			cells[SEX] = cells[BIRTH] = cells[DISTRICT] = cells[PHONE] =
				cells[SEX] + strlen(cells[SEX]);
		}
		ask_one(known, cells, persons, by_name > 0 ? 0 : scans_among(persons), &sums);
	}
	free(line);
	print(&sums);
}

int main(int argc, char **argv)
{
	FILE *people = argc >= 3 ? fopen(argv[1], "re") : NULL;
	FILE *others = argc >= 3 ? fopen(argv[2], "re") : NULL;
	uint32_t by_name = argc == 4 ? (uint32_t)strtoul(argv[3], NULL, 10) : 0;
	struct known *known;
	int64_t persons;
	double began;

	if (people == NULL || others == NULL || argc > 4) {
		fprintf(stderr, "known PEOPLE OTHERS [COUNT]: two files of invent\n");
		return 2;
	}
	known = known_new(room_for(people));
	began = now_us();
	persons = fill(known, people);
	if (by_name == 0) {
		printf("known_%lld_fill_s: %.2f\n", (long long)persons, (now_us() - began) / 1e6);
		printf("known_%lld_bytes_per_person: %.1f\n", (long long)persons,
			(double)known_bytes(known) / (double)persons);
	}
	ask(known, others, persons, by_name);
	known_free(known);
	fclose(people);
	fclose(others);
	return 0;
}
