/*
 * One person against many, as the service searches: who is known is the memory of lg-matching, and
 * who asks has just been taken in.  Prints `known_N_name: value`.
 *
 *   known PEOPLE OTHERS         two files of invent; the second tells some of the first anew
 *   known PEOPLE OTHERS COUNT   by their names alone, COUNT of those whom the first file tells too
 *
 * Then searches are held against looks at everybody, by two processes, until LIKELY questions were
 * found whose best is likely: more so than not the same person, one of all being it.  The best is
 * found when somebody of just as much evidence is among the candidates: who tells two of the same
 * weight apart is the comparison behind.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "services/matching/memory/known.h"

#define COLUMNS     10
#define QUERIES_MAX 20000u
#define LIKELY      1000u /* questions with a likely best, of both processes */
#define PROCESSES   2u
#define ASKER       0u            /* among those of side 2 */
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

static uint32_t person_of(char *const cells[COLUMNS])
{
	return (uint32_t)strtoul(cells[REC_ID], NULL, 10);
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
	return known_take(known,
		&(struct known_person){
			.record_id = side == 2 ? id_of(ASKER, 2) : id_of(person_of(cells), side),
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

/* What searches find. */
struct found {
	const char *prefix;
	double us[QUERIES_MAX];
	uint32_t count, true_count, kept, first;
	uint64_t candidates;
};

/* How often a search finds the best of a look at everybody. */
struct recall {
	uint32_t scanned, kept, likely, likely_kept;
};

/* All questions are asked under one id, so that they need the room of one. */
static struct lg_id take_asker(struct known *known, int64_t persons, char *cells[COLUMNS])
{
	if (take(known, 2, persons + 1, cells))
		return id_of(ASKER, 2);
	fprintf(stderr,
		"known: no room for who asks beside %lld people; room_for() must give more\n",
		(long long)persons);
	exit(1);
}

static void ask_one(struct known *known, char *cells[COLUMNS], int64_t persons, struct found *sums)
{
	struct lg_id found[KNOWN_CANDIDATES_MAX];
	struct lg_id wanted = id_of(person_of(cells), 1);
	struct lg_id self = take_asker(known, persons, cells);
	double began = now_us();
	uint32_t number = known_search(known, self, found, NULL);

	sums->us[sums->count++] = now_us() - began;
	known_drop(known, self, persons + 1);
	sums->candidates += number;
	if (known_place(known, wanted) == 0)
		return;
	sums->true_count++;
	sums->kept += is_among(found, number, wanted);
	sums->first += number > 0 && lg_id_equal(found[0], wanted);
}

static void scan_one(
	struct known *known, char *cells[COLUMNS], int64_t persons, struct recall *recall)
{
	struct lg_id found[KNOWN_CANDIDATES_MAX], best[KNOWN_CANDIDATES_MAX];
	struct lg_id self = take_asker(known, persons, cells);
	float bits, most;
	uint32_t number = known_search(known, self, found, &bits);
	bool is_kept;

	if (known_scan(known, self, best, &most) > 0) {
		is_kept = number > 0 && bits == most;
		recall->scanned++;
		recall->kept += is_kept;
		if (most >= log2((double)persons)) {
			recall->likely++;
			recall->likely_kept += is_kept;
		}
	}
	known_drop(known, self, persons + 1);
}

static double share(uint32_t part, uint32_t of)
{
	return of == 0 ? 0 : (double)part / of;
}

static void print(struct found *sums)
{
	const char *prefix = sums->prefix;
	uint32_t count = sums->count;

	if (count == 0) {
		fputs("known: nobody to ask for: OTHERS must be the second file of invent\n",
			stderr);
		exit(1);
	}
	qsort(sums->us, count, sizeof sums->us[0], ascending);
	printf("%s_search_p50_us: %.1f\n", prefix, sums->us[count / 2]);
	printf("%s_search_p99_us: %.1f\n", prefix, sums->us[count - 1 - count / 100]);
	printf("%s_candidates_mean: %.1f\n", prefix, (double)sums->candidates / count);
	printf("%s_true_among_candidates: %.4f\n", prefix, share(sums->kept, sums->true_count));
	printf("%s_true_first: %.4f\n", prefix, share(sums->first, sums->true_count));
}

/* The questions of one process: every so many, until its share of likely ones is reached. */
static struct recall scan_share(struct known *known, FILE *file, int64_t persons, uint32_t share_of)
{
	struct recall recall = { .scanned = 0 };
	char *line = NULL, *cells[COLUMNS];
	size_t room = 0;

	for (uint32_t number = 0;
		recall.likely < LIKELY / PROCESSES && getline(&line, &room, file) > 0;)
		if (split(line, cells) && strcmp(cells[REC_ID], "rec_id") != 0 &&
			number++ % PROCESSES == share_of)
			scan_one(known, cells, persons, &recall);
	free(line);
	return recall;
}

/* Each process has its own view of the memory, which searches write into, and of the file. */
static void scan(struct known *known, const char *path, int64_t persons)
{
	struct recall sum = { .scanned = 0 }, part;
	int ends[2];

	if (pipe(ends) != 0) {
		perror("known: pipe");
		exit(1);
	}
	for (uint32_t n = 0; n < PROCESSES; n++) {
		pid_t child = fork();

		if (child > 0)
			continue;
		FILE *file = child == 0 ? fopen(path, "re") : NULL;

		if (file == NULL) {
			perror("known: a process to scan with");
			_exit(1);
		}
		part = scan_share(known, file, persons, n);
		_exit(write(ends[1], &part, sizeof part) == (ssize_t)sizeof part ? 0 : 1);
	}
	close(ends[1]);
	for (uint32_t n = 0; n < PROCESSES; n++) {
		int status;

		if (wait(&status) < 0 || status != 0 ||
			read(ends[0], &part, sizeof part) != (ssize_t)sizeof part) {
			fputs("known: a process that scanned has ended early\n", stderr);
			exit(1);
		}
		sum.scanned += part.scanned;
		sum.kept += part.kept;
		sum.likely += part.likely;
		sum.likely_kept += part.likely_kept;
	}
	close(ends[0]);
	printf("known_%lld_scans_likely_best_among_candidates: %.4f, %u of %u\n",
		(long long)persons, share(sum.likely_kept, sum.likely), sum.likely_kept,
		sum.likely);
	printf("known_%lld_scans_any_best_among_candidates: %.4f, %u of %u\n", (long long)persons,
		share(sum.kept, sum.scanned), sum.kept, sum.scanned);
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
			if (known_place(known, id_of(person_of(cells), 1)) == 0)
				continue;
			cells[SEX] = cells[BIRTH] = cells[DISTRICT] = cells[PHONE] =
				cells[SEX] + strlen(cells[SEX]);
		}
		ask_one(known, cells, persons, &sums);
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
	if (persons == 0) {
		fputs("known: PEOPLE holds nobody: it must be the first file of invent\n", stderr);
		return 1;
	}
	if (by_name == 0) {
		printf("known_%lld_fill_s: %.2f\n", (long long)persons, (now_us() - began) / 1e6);
		printf("known_%lld_bytes_per_person: %.1f\n", (long long)persons,
			(double)known_bytes(known) / (double)persons);
	}
	ask(known, others, persons, by_name);
	fflush(stdout);
	if (by_name == 0)
		scan(known, argv[2], persons);
	known_free(known);
	fclose(people);
	fclose(others);
	return 0;
}
