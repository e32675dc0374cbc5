/* Notices as files: <notice_id>.txt (file.h). */
#include "services/notification/channels/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct file_channel {
	int folder; /* open as long as the process */
};

static bool write_all(int file, const char *text)
{
	size_t size = strlen(text);

	while (size > 0) {
		ssize_t written = write(file, text, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		text += written;
		size -= (size_t)written;
	}
	return fsync(file) == 0;
}

static enum delivery file_send(
	void *state, const struct letter *letter, int64_t timeout_ms, const char **ret_reason)
{
	const struct file_channel *channel = state;
	char id[LG_ID_TEXT], name[LG_ID_TEXT + 8], beside[LG_ID_TEXT + 8];
	bool is_whole;
	int file;

	(void)timeout_ms; /* a local disk */
	lg_id_print(letter->notice_id, id);
	memcpy(name, id, LG_ID_TEXT - 1);
	memcpy(name + LG_ID_TEXT - 1, ".txt", 5);
	memcpy(beside, id, LG_ID_TEXT - 1);
	memcpy(beside + LG_ID_TEXT - 1, ".new", 5);

	file = openat(channel->folder, beside,
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (file < 0) {
		*ret_reason = "the folder of notices cannot be written to";
		return DELIVERY_LATER;
	}
	is_whole = write_all(file, letter->text);
	if (close(file) != 0 || !is_whole ||
		renameat(channel->folder, beside, channel->folder, name) != 0 ||
		fsync(channel->folder) != 0) {
		unlinkat(channel->folder, beside, 0);
		*ret_reason = "the file of a notice cannot be written";
		return DELIVERY_LATER;
	}
	return DELIVERY_DONE;
}

static bool file_is_away(void *state)
{
	(void)state;
	return false;
}

struct lg_status file_channel_open(
	struct lg_arena *arena, const char *folder, struct channel *ret_channel)
{
	struct file_channel *channel = lg_alloc(arena, sizeof *channel);

	if (mkdir(folder, 0750) != 0 && errno != EEXIST)
		return lg_refuse("the folder of notices cannot be made");
	channel->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (channel->folder < 0)
		return lg_refuse("the folder of notices cannot be opened");
	*ret_channel = (struct channel){
		.state = channel,
		.send = file_send,
		.is_away = file_is_away,
	};
	return lg_done();
}
