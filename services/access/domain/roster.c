/* Lines of accounts, read with the rules of accounts. */
#include "services/access/domain/roster.h"

#include "common/base/text.h"

static struct lg_status role_of(const char *text, enum account_role *ret_role)
{
	for (unsigned role = 0; role < ROLE_COUNT; role++) {
		if (lg_text_equal_fold(text, account_role_names[role]))
			return account_role_named(account_role_names[role], ret_role);
	}
	return account_role_named(text, ret_role);
}

static bool is_space(char letter)
{
	return letter == ' ' || letter == '\t';
}

static const char *copy_of(struct lg_arena *arena, const char *text, size_t size)
{
	return (const char *)lg_copy(arena, lg_bytes(text, size)).data;
}

/* text begins with no space and is not empty. */
static struct lg_status parse_line(
	struct lg_arena *arena, const char *text, struct roster_line *ret_line)
{
	size_t name_size = strcspn(text, " \t");
	size_t end = strlen(text);
	struct roster_line line = { .user_name = copy_of(arena, text, name_size) };
	struct lg_status status = account_check_name(line.user_name);
	size_t begin = name_size + strspn(text + name_size, " \t");

	while (end > begin && is_space(text[end - 1]))
		end--;

	size_t role_at = end;

	while (role_at > begin && !is_space(text[role_at - 1]))
		role_at--;
	if (lg_is_done(status))
		status = role_of(copy_of(arena, text + role_at, end - role_at), &line.role);
	end = role_at;
	while (end > begin && is_space(text[end - 1]))
		end--;
	line.password = copy_of(arena, text + begin, end - begin);
	if (lg_is_done(status))
		status = account_check_password(end - begin);
	if (lg_is_done(status))
		*ret_line = line;
	return status;
}

struct lg_status roster_parse(
	struct lg_arena *arena, struct lg_bytes text, struct roster *ret_roster, uint32_t *ret_line)
{
	struct roster roster = { .count = 0 };
	const char *at = (const char *)lg_copy(arena, text).data;

	*ret_line = 1;
	if (text.size > ROSTER_SIZE_MAX || !lg_text_is_valid(text))
		return lg_refuse("the file is above 32 KiB or not text");
	for (uint32_t line = 1; *at != '\0'; line++) {
		size_t size = strcspn(at, "\n");
		size_t kept = size > 0 && at[size - 1] == '\r' ? size - 1 : size;
		const char *row = (const char *)lg_copy(arena, lg_bytes(at, kept)).data;

		at += size + (at[size] == '\n');
		row += strspn(row, " \t");
		if (*row == '\0' || *row == '#')
			continue;
		*ret_line = line;
		if (roster.count == ROSTER_MAX)
			return lg_refuse("more than 64 accounts");

		struct lg_status status = parse_line(arena, row, &roster.at[roster.count]);

		if (!lg_is_done(status))
			return status;
		roster.count++;
	}
	*ret_roster = roster;
	return lg_done();
}
