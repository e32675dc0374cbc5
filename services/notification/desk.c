/* The desk from its configuration (desk.h). */
#include "services/notification/desk.h"

#include "common/base/config.h"
#include "common/base/text.h"
#include "services/notification/channels/file.h"
#include "services/notification/channels/smtp.h"

#define SECTION  "channels"
#define LINK_MAX 160

struct settings {
	const char *texts, *link, *folder;
	struct smtp_settings smtp;
};

/* clang-format off */
static const struct lg_option options[] = {
	{ "texts",            LG_OPTION_TEXT, offsetof(struct settings, texts),            "texts", 0, 0,     "folder of the texts, one folder per language" },
	{ "link",             LG_OPTION_TEXT, offsetof(struct settings, link),             "",      0, 0,     "what stands before a case id in a link; empty: no link" },
	{ "folder",           LG_OPTION_TEXT, offsetof(struct settings, folder),           "",      0, 0,     "where notices are put as files; empty: nowhere" },
	{ "smtp-server",      LG_OPTION_TEXT, offsetof(struct settings, smtp.server),      "",      0, 0,     "host of the mail server; empty: no mail" },
	{ "smtp-port",        LG_OPTION_INT,  offsetof(struct settings, smtp.port),        "587",   1, 65535, "its port" },
	{ "smtp-from",        LG_OPTION_TEXT, offsetof(struct settings, smtp.from),        "",      0, 0,     "mail address of the site" },
	{ "smtp-starttls",    LG_OPTION_FLAG, offsetof(struct settings, smtp.starttls),    "yes",   0, 0,     "no: in the clear, on loopback alone" },
	{ "smtp-ca",          LG_OPTION_TEXT, offsetof(struct settings, smtp.ca),          "",      0, 0,     "file of certificates to trust; empty: the system's" },
	{ "smtp-credentials", LG_OPTION_TEXT, offsetof(struct settings, smtp.credentials), "",      0, 0,     "file (0600) with a line for the user and one for the password" },
	{ NULL, LG_OPTION_TEXT, 0, NULL, 0, 0, NULL },
};
/* clang-format on */

/* Names in the file are those of the folder that it lies in. */
static const char *in_folder(struct lg_arena *arena, const char *folder, const char *name)
{
	if (name[0] == '\0' || name[0] == '/')
		return name;
	return lg_format(arena, "%s/%s", folder, name);
}

static bool is_link(const char *text)
{
	if (text[0] == '\0')
		return true;
	if (strncmp(text, "https://", 8) != 0 && strncmp(text, "http://127.0.0.1", 16) != 0)
		return false;
	return strlen(text) <= LINK_MAX && strpbrk(text, " \t\r\n<>\"{}") == NULL;
}

static struct lg_status open_channels(struct lg_arena *arena, const struct settings *settings,
	struct desk *desk, const char **ret_problem)
{
	struct lg_status status = lg_done();

	if (settings->folder[0] != '\0') {
		status = file_channel_open(arena, settings->folder, &desk->channels[CHANNEL_FILE]);
		if (!lg_is_done(status))
			*ret_problem = lg_format(arena, "%s: %s", settings->folder, status.reason);
	}
	if (lg_is_done(status) && settings->smtp.server[0] != '\0') {
		status = smtp_channel_open(arena, &settings->smtp, &desk->channels[CHANNEL_SMTP]);
		if (!lg_is_done(status))
			*ret_problem = status.reason;
	}
	return status;
}

static void free_pouch(void *pouch)
{
	pouch_free(pouch);
}

struct lg_status desk_open(
	struct lg_arena *arena, const char *data_folder, void **ret_desk, const char **ret_problem)
{
	struct settings *settings = lg_alloc(arena, sizeof *settings);
	struct desk *desk = lg_alloc(arena, sizeof *desk);
	char *arguments[] = { (char *)(uintptr_t) "channels.ini", NULL };
	struct lg_status status = lg_config_read(arena, options, SECTION,
		lg_format(arena, "%s/channels.ini", data_folder), 1, arguments, settings,
		ret_problem);

	if (!lg_is_done(status))
		return status;
	if (!is_link(settings->link)) {
		*ret_problem = "link is https://… or http://127.0.0.1…, at most 160 bytes";
		return lg_refuse("link is no address");
	}
	settings->texts = in_folder(arena, data_folder, settings->texts);
	settings->folder = in_folder(arena, data_folder, settings->folder);
	settings->smtp.ca = in_folder(arena, data_folder, settings->smtp.ca);
	settings->smtp.credentials = in_folder(arena, data_folder, settings->smtp.credentials);

	desk->link = settings->link;
	desk->pouch = pouch_new();
	lg_arena_defer(arena, free_pouch, desk->pouch);
	status = catalogue_read(arena, settings->texts, &desk->catalogue, ret_problem);
	if (lg_is_done(status))
		status = open_channels(arena, settings, desk, ret_problem);
	*ret_desk = desk;
	return status;
}
