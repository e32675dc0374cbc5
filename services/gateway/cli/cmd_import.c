/* `lifeguard import interceptions`: two CSV files into a site, as often as one likes. */
#include "services/gateway/cli/command.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/text.h"
#include "services/gateway/cli/client.h"
#include "services/gateway/cli/import.h"
#include "services/gateway/cli/progress.h"
#include "services/gateway/cli/sender.h"
#include "services/gateway/cli/table.h"

#define FILE_SIZE_MAX (512u * 1024u * 1024u)
#define JOBS_STANDARD 16

enum { PEOPLE, DRY_RUN, JOBS, DIFFERENCES, PRINT_IDS };

struct run {
	const char *names[IMPORT_FILE_COUNT]; /* of the files */
	struct import *import;
	struct progress progress;
	FILE *differences; /* or NULL */
	uint64_t fresh, repeated, refused, differing;
};

/* A file as a whole; free it.  NULL: it was said why not. */
static uint8_t *read_whole(const char *path, struct lg_bytes *ret_bytes)
{
	struct stat info;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t *data = NULL;
	size_t size = 0;

	if (fd < 0 || fstat(fd, &info) != 0) {
		command_complain("%s cannot be read: %s", path, strerror(errno));
		goto out;
	}
	if (!S_ISREG(info.st_mode) || info.st_size > FILE_SIZE_MAX) {
		command_complain("%s is no file, or larger than 512 MiB: split it", path);
		goto out;
	}
	data = malloc((size_t)info.st_size + 1);
	if (data == NULL)
		abort();
	while (size < (size_t)info.st_size) {
		ssize_t got = read(fd, data + size, (size_t)info.st_size - size);

		if (got <= 0)
			break;
		size += (size_t)got;
	}
	*ret_bytes = lg_bytes(data, size);
out:
	if (fd >= 0)
		close(fd);
	return data;
}

/* FILE:LINE:COLUMN: column: reason */
static void say_fault(void *user, const struct import_fault *fault)
{
	const struct run *run = user;

	fprintf(stderr, "%s", run->names[fault->file]);
	if (fault->line > 0)
		fprintf(stderr, ":%" PRIu32, fault->line);
	if (fault->column > 0)
		fprintf(stderr, ":%" PRIu32, fault->column);
	if (fault->column_name != NULL) {
		struct lg_arena *arena = lg_arena_new();
		char *name = lg_copy_text(arena, fault->column_name);

		table_make_safe(name);
		fprintf(stderr, ": %s", name);
		lg_arena_free(arena);
	}
	bool is_form_row = fault->file == IMPORT_FORMS && fault->line > 1 && !fault->is_note;
	fprintf(stderr, ": %s%s\n", fault->reason, is_form_row ? " (form not sent)" : "");
}

static void note_difference(struct run *run, const struct form *form, const json_t *recorded)
{
	char points[24], computed[24];

	run->differing++;
	if (run->differences == NULL)
		return;
	snprintf(points, sizeof points, "%" PRId64, form->points);
	snprintf(computed, sizeof computed, "%" PRId64,
		(int64_t)json_integer_value(json_object_get(recorded, "points")));
	lg_csv_write_cell(run->differences, form->record, false);
	lg_csv_write_cell(run->differences, points, false);
	lg_csv_write_cell(run->differences, computed, true);
}

static void settle(void *user, const struct form *form, long status, const char *body)
{
	struct run *run = user;

	if (client_exit_of(status) != COMMAND_DONE) {
		struct lg_arena *arena = lg_arena_new();

		run->refused++;
		progress_clear(&run->progress);
		fprintf(stderr, "%s:%" PRIu32 ": refused: %s\n", run->names[IMPORT_FORMS],
			form->line, client_problem_text(arena, body, status));
		lg_arena_free(arena);
		return;
	}
	json_t *recorded = json_loads(body, 0, NULL);
	if (json_is_true(json_object_get(recorded, "repeated_form")))
		run->repeated++;
	else
		run->fresh++;
	if (json_is_true(json_object_get(recorded, "points_differ")))
		note_difference(run, form, recorded);
	json_decref(recorded);
}

static void show_progress(void *user)
{
	struct run *run = user;

	progress_show(&run->progress, run->fresh + run->repeated + run->refused, run->refused,
		sender_steady_ms());
}

/* Both files; false when nothing may be sent. */
static bool read_files(struct run *run, const struct lg_bytes bytes[IMPORT_FILE_COUNT])
{
	if (!lg_is_done(import_read_forms(run->import, bytes[IMPORT_FORMS])) ||
		!lg_is_done(import_read_people(run->import, bytes[IMPORT_PEOPLE]))) {
		command_complain("nothing was sent: put the header right and import again");
		return false;
	}
	import_settle(run->import);
	return true;
}

static void print_summary(const struct run *run, bool is_dry, uint64_t passed_ms)
{
	struct import_counts counts = import_counts(run->import);
	uint64_t bad =
		counts.bad_form_rows + counts.bad_person_rows + counts.withheld + counts.unclaimed;

	printf("read       %" PRIu32 " forms, %" PRIu32 " persons\n", counts.form_rows,
		counts.person_rows);
	printf("bad rows   %" PRIu32 " of forms, %" PRIu32 " of persons, %" PRIu32
	       " persons without a form\n",
		counts.bad_form_rows, counts.bad_person_rows, counts.unclaimed);
	printf("withheld   %" PRIu32 " forms with a person that could not be read\n",
		counts.withheld);
	if (is_dry) {
		printf("sendable   %" PRIu32 " forms\n", counts.sendable);
		puts("Nothing was sent or stored.  The service looks at more when it is sent: "
		     "codes of indicators, times to come.");
		return;
	}
	printf("new        %" PRIu64 "\n", run->fresh);
	printf("repeated   %" PRIu64 " (were here already, nothing changed)\n", run->repeated);
	printf("refused    %" PRIu64 " by the service\n", run->refused);
	printf("differing  %" PRIu64 " forms whose own total of points is another\n",
		run->differing);
	printf("took       %" PRIu64 ".%" PRIu64 " s, %" PRIu64 " forms a second\n",
		passed_ms / 1000, passed_ms % 1000 / 100,
		passed_ms == 0 ? 0
			       : (run->fresh + run->repeated + run->refused) * 1000 / passed_ms);
	if (bad + run->refused > 0)
		puts("Put the named rows right and import the files again: what is in stays as it "
		     "is.");
}

/* SIGINT and SIGTERM arrive as bytes of a descriptor: what is out is waited for. */
static int catch_stop(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signalfd(-1, &signals, SFD_CLOEXEC);
}

static void print_ids(const struct sender_options *options)
{
	for (uint32_t i = 0; i < options->form_count; i++) {
		const struct form *form = options->forms[i];
		char id[LG_ID_TEXT];

		if (form->withheld != NULL)
			continue;
		lg_id_print(form_case_id(form, options->site), id);
		printf("%s %s\n", form->record, id);
	}
}

/* The site is asked for its number first: it is part of every case's id. */
static enum command_exit send_forms(struct run *run, const struct command_line *line, uint32_t jobs)
{
	struct client *client = client_new(line);
	struct sender_options options = { .client = client, .jobs = jobs, .user = run };
	json_t *health = NULL;
	enum command_exit result = client_ask(client, "GET", "/api/v1/health", NULL, &health);

	options.site = (uint16_t)json_integer_value(json_object_get(health, "site"));
	options.forms = import_forms(run->import, &options.form_count);
	json_decref(health);
	if (result == COMMAND_DONE && line->values[PRINT_IDS] != NULL) {
		print_ids(&options);
	} else if (result == COMMAND_DONE) {
		options.stop_fd = catch_stop();
		options.settle = settle;
		options.progress = show_progress;
		result = sender_run(&options);
		close(options.stop_fd);
		progress_clear(&run->progress);
	}
	client_free(client);
	return result;
}

static void explain_end(enum command_exit result)
{
	if (result == COMMAND_FAILED)
		command_complain("stopped: import the same files again to go on, it changes "
				 "nothing that is in");
	else if (result == COMMAND_NOT_REACHABLE)
		command_complain("gave up: see `lifeguard status`, then import the same files "
				 "again to go on");
	else if (result == COMMAND_NOT_ALLOWED)
		command_complain("log in with `lifeguard login`, then import the same files again "
				 "to go on");
}

static enum command_exit send_and_tell(
	struct run *run, const struct command_line *line, uint32_t jobs)
{
	struct import_counts counts = import_counts(run->import);
	bool is_dry = line->values[DRY_RUN] != NULL;
	uint64_t began_ms = sender_steady_ms();
	enum command_exit result = COMMAND_DONE;

	run->progress = progress_begin(stderr, "forms", counts.sendable, began_ms);
	if (!is_dry)
		result = send_forms(run, line, jobs);
	fflush(stderr);
	if (line->values[PRINT_IDS] == NULL)
		print_summary(run, is_dry, sender_steady_ms() - began_ms);
	explain_end(result);
	if (result == COMMAND_DONE && counts.bad_form_rows + counts.bad_person_rows +
						      counts.withheld + counts.unclaimed +
						      run->refused >
					      0)
		result = COMMAND_FAILED;
	return result;
}

/* "record,station_total,computed", made anew. */
static bool open_differences(struct run *run, const char *path)
{
	if (path == NULL)
		return true;
	run->differences = fopen(path, "we");
	if (run->differences == NULL) {
		command_complain("%s cannot be written: %s", path, strerror(errno));
		return false;
	}
	fputs("record,station_total,computed\n", run->differences);
	return true;
}

static enum command_exit import_interceptions(const struct command_line *line)
{
	struct run run = { .names = { line->operands[0], line->values[PEOPLE] } };
	struct lg_bytes bytes[IMPORT_FILE_COUNT] = { 0 };
	uint8_t *data[IMPORT_FILE_COUNT] = { 0 };
	enum command_exit result = COMMAND_FAILED;
	int64_t jobs = JOBS_STANDARD;

	if (run.names[IMPORT_PEOPLE] == NULL) {
		command_complain("--people FILE is missing: the persons of the forms");
		return COMMAND_WRONG_USE;
	}
	if (line->values[JOBS] != NULL && (!lg_is_done(lg_int_parse(line->values[JOBS], &jobs)) ||
						  jobs < 1 || jobs > SENDER_JOBS_MAX)) {
		command_complain("--jobs is a number from 1 to %d", SENDER_JOBS_MAX);
		return COMMAND_WRONG_USE;
	}

	run.import = import_new(say_fault, &run);
	data[IMPORT_FORMS] = read_whole(run.names[IMPORT_FORMS], &bytes[IMPORT_FORMS]);
	if (data[IMPORT_FORMS] != NULL)
		data[IMPORT_PEOPLE] = read_whole(run.names[IMPORT_PEOPLE], &bytes[IMPORT_PEOPLE]);
	if (data[IMPORT_PEOPLE] != NULL && read_files(&run, bytes) &&
		open_differences(&run, line->values[DIFFERENCES]))
		result = send_and_tell(&run, line, (uint32_t)jobs);

	if (run.differences != NULL && fclose(run.differences) != 0) {
		command_complain("%s could not be written whole: %s", line->values[DIFFERENCES],
			strerror(errno));
		result = COMMAND_FAILED;
	}
	for (int i = 0; i < IMPORT_FILE_COUNT; i++) {
		if (data[i] != NULL)
			explicit_bzero(data[i], bytes[i].size); /* names */
		free(data[i]);
	}
	import_free(run.import);
	return result;
}

const struct command command_import = {
	.words = "import interceptions",
	.operands = "FILE",
	.least = 1,
	.most = 1,
	.summary = "bring interception forms from CSV files in",
	.help = "FILE has one row per form: record, station, intercepted_at, potential_victims,\n"
		"suspects, reported_red_flags, certainty_1_to_5, then one 0/1 column per indicator.\n"
		"The people file has one row per person: record, kind, gender, age, district,\n"
		"relation and, if wanted, name (several are parted by ';').\n\n"
		"Bad rows are named as FILE:LINE:COLUMN and left; a form with a person that could\n"
		"not be read is withheld.  Importing the same files again changes nothing that is\n"
		"in, so that is also how to go on after a stop.\n\n"
		"  lifeguard import interceptions forms.csv --people people.csv --dry-run\n"
		"  lifeguard import interceptions forms.csv --people people.csv \\\n"
		"      --differences differences.csv\n\n"
		"Exit codes: 0 all is in, 1 a row was refused or it was stopped, 3 the gateway\n"
		"stayed away, 4 logged out.",
	.options = {
		[PEOPLE] = { "people", "FILE", "persons of the forms; required" },
		[DRY_RUN] = { "dry-run", NULL, "check both files, send and store nothing" },
		[JOBS] = { "jobs", "N", "connections at once; 16" },
		[DIFFERENCES] = { "differences", "FILE",
			"write forms whose own total is another: record, station_total, computed" },
		[PRINT_IDS] = { "print-ids", NULL, "send nothing: print each record and its case" },
	},
	.run = import_interceptions,
};
