/* Texts from files, checked against the facts of their events (catalogue.h). */
#include "services/notification/catalogue.h"

#include <stdio.h>

#include "services/notification/event_wire.h"

static struct lg_status read_text(
	struct lg_arena *arena, const char *path, enum told_event event, const char **ret_text)
{
	const char *names[RENDER_FACTS_MAX + 1];
	char *text = lg_alloc(arena, RENDER_TEMPLATE_MAX + 2);
	FILE *file = fopen(path, "rbe");
	size_t size;

	if (file == NULL)
		return lg_refuse("the file cannot be read");
	size = fread(text, 1, RENDER_TEMPLATE_MAX + 1, file);
	fclose(file);
	if (strlen(text) != size)
		return lg_refuse("the text has a control character");

	event_placeholders(event, names);
	*ret_text = text;
	return render_check(text, names);
}

struct lg_status catalogue_read(struct lg_arena *arena, const char *folder,
	struct catalogue *ret_catalogue, const char **ret_problem)
{
	struct catalogue catalogue = { .texts = { { NULL } } };

	for (unsigned language = 0; language < LANGUAGE_COUNT; language++) {
		for (unsigned event = 0; event < TOLD_COUNT; event++) {
			const char *path = lg_format(arena, "%s/%s/%s.txt", folder,
				language_names[language], told_event_names[event]);
			struct lg_status status = read_text(arena, path, (enum told_event)event,
				&catalogue.texts[language][event]);

			if (!lg_is_done(status)) {
				*ret_problem = lg_format(arena, "%s: %s", path, status.reason);
				return status;
			}
		}
	}
	*ret_catalogue = catalogue;
	return lg_done();
}
