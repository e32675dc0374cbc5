/* One dialogue with a mail server (smtp.h).  Runs in the thread pool. */
#include "services/notification/channels/smtp.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/protect/locked.h"
#include "services/notification/channels/mail.h"

#define CONNECT_MS     5000
#define CREDENTIAL_MAX 256

/* In locked memory; user "" when the server wants none. */
struct credentials {
	char user[CREDENTIAL_MAX + 1], password[CREDENTIAL_MAX + 1];
};

struct smtp_channel {
	const struct smtp_settings *settings;
	const struct credentials *credentials;
	const char *url;
	_Atomic int64_t away_until; /* of the clock that never goes back; 0: it answers */
};

static int64_t steady_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- setting up ---------------------------------------------------------------------------- */

static bool is_host(const char *text)
{
	size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789.-");

	return size > 0 && size <= 253 && text[size] == '\0';
}

static bool is_loopback(const char *server)
{
	return strcmp(server, "127.0.0.1") == 0 || strcmp(server, "localhost") == 0;
}

static bool take_line(const char **text, char ret_line[CREDENTIAL_MAX + 1])
{
	size_t size = strcspn(*text, "\n");

	if (size == 0 || size > CREDENTIAL_MAX)
		return false;
	memcpy(ret_line, *text, size);
	ret_line[size] = '\0';
	*text += size;
	if (**text == '\n')
		(*text)++;
	return true;
}

static struct lg_status read_credentials(const char *path, struct credentials *ret_credentials)
{
	char text[2 * (CREDENTIAL_MAX + 1) + 1] = "";
	const char *at = text;
	struct stat about;
	struct lg_status status = lg_done();
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size;

	if (file < 0)
		return lg_refuse("the file of the mail server's credentials cannot be read");
	if (fstat(file, &about) != 0 || (about.st_mode & 077) != 0)
		status = lg_refuse("others may read the mail server's credentials: chmod 600");
	size = read(file, text, sizeof text - 1);
	close(file);
	if (lg_is_done(status) && (size <= 0 || !take_line(&at, ret_credentials->user) ||
					  !take_line(&at, ret_credentials->password)))
		status =
			lg_refuse("credentials are a line with the user and one with the password");
	explicit_bzero(text, sizeof text);
	return status;
}

static struct lg_status check(const struct smtp_settings *settings)
{
	if (!is_host(settings->server))
		return lg_refuse("smtp-server is no host");
	if (settings->port < 1 || settings->port > 65535)
		return lg_refuse("smtp-port is 1 to 65535");
	if (!is_host(mail_domain(settings->from)) || strpbrk(settings->from, " <>\r\n\t") != NULL)
		return lg_refuse("smtp-from is no mail address");
	if (!settings->starttls && !is_loopback(settings->server))
		return lg_refuse("without STARTTLS mail goes to loopback alone");
	if (!settings->starttls && settings->credentials[0] != '\0')
		return lg_refuse("credentials go through STARTTLS alone");
	return lg_done();
}

/* --- one letter ------------------------------------------------------------------------------ */

struct upload {
	struct lg_bytes mail;
	size_t sent;
};

static size_t read_mail(char *buffer, size_t size, size_t count, void *user)
{
	struct upload *upload = user;
	size_t room = size * count, left = upload->mail.size - upload->sent;
	size_t part = left < room ? left : room;

	memcpy(buffer, upload->mail.data + upload->sent, part);
	upload->sent += part;
	return part;
}

static size_t drop_answer(char *data, size_t size, size_t count, void *user)
{
	(void)data;
	(void)user;
	return size * count;
}

static void prepare(CURL *easy, const struct smtp_channel *channel, struct upload *upload,
	struct curl_slist *to, int64_t timeout_ms)
{
	const struct smtp_settings *settings = channel->settings;

	curl_easy_setopt(easy, CURLOPT_URL, channel->url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_USE_SSL,
		settings->starttls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (settings->ca[0] != '\0') {
		curl_easy_setopt(easy, CURLOPT_CAINFO, settings->ca);
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	}
	if (channel->credentials->user[0] != '\0') {
		curl_easy_setopt(easy, CURLOPT_USERNAME, channel->credentials->user);
		curl_easy_setopt(easy, CURLOPT_PASSWORD, channel->credentials->password);
	}
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
	curl_easy_setopt(easy, CURLOPT_MAIL_FROM, settings->from);
	curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, read_mail);
	curl_easy_setopt(easy, CURLOPT_READDATA, upload);
	curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)upload->mail.size);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop_answer);
}

/*
 * The server's last word decides only where it was about this letter (its addresses, its text);
 * what is wrong with the line, the certificate or the password is mended by somebody.
 */
static enum delivery judge(
	struct smtp_channel *channel, CURL *easy, CURLcode code, const char **ret_reason)
{
	long answer = 0;

	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer);
	if (code == CURLE_OK)
		return DELIVERY_DONE;
	if (code == CURLE_SEND_ERROR && answer >= 550 && answer <= 553) {
		*ret_reason = "the mail server refused the address";
		return DELIVERY_REFUSED;
	}
	if (code == CURLE_WEIRD_SERVER_REPLY && answer >= 550 && answer <= 554) {
		*ret_reason = "the mail server refused the mail";
		return DELIVERY_REFUSED;
	}
	if (code == CURLE_OPERATION_TIMEDOUT || code == CURLE_COULDNT_CONNECT ||
		code == CURLE_COULDNT_RESOLVE_HOST) {
		channel->away_until = steady_ms() + SMTP_AWAY_MS;
		*ret_reason = "the mail server does not answer";
	} else if (code == CURLE_LOGIN_DENIED) {
		*ret_reason = "the mail server does not know these credentials";
	} else if (code == CURLE_USE_SSL_FAILED || code == CURLE_SSL_CONNECT_ERROR ||
		   code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE) {
		*ret_reason = "STARTTLS failed: the server's certificate is not trusted, or there "
			      "is none";
	} else if (answer >= 400 && answer < 500) {
		*ret_reason = "the mail server says not now";
	} else {
		*ret_reason = "the dialogue with the mail server broke";
	}
	return DELIVERY_LATER;
}

static enum delivery smtp_send(
	void *state, const struct letter *letter, int64_t timeout_ms, const char **ret_reason)
{
	struct smtp_channel *channel = state;
	struct lg_arena *arena = lg_arena_new();
	struct upload upload = { .mail = mail_write(arena, letter, channel->settings->from) };
	CURL *easy = curl_easy_init();
	struct curl_slist *to = curl_slist_append(NULL, lg_format(arena, "<%s>", letter->address));
	enum delivery result;

	if (easy == NULL || to == NULL)
		abort();
	prepare(easy, channel, &upload, to, timeout_ms);
	result = judge(channel, easy, curl_easy_perform(easy), ret_reason);
	curl_slist_free_all(to);
	curl_easy_cleanup(easy);
	lg_arena_free(arena);
	return result;
}

static bool smtp_is_away(void *state)
{
	const struct smtp_channel *channel = state;

	return steady_ms() < channel->away_until;
}

struct lg_status smtp_channel_open(
	struct lg_arena *arena, const struct smtp_settings *settings, struct channel *ret_channel)
{
	struct smtp_channel *channel = lg_alloc(arena, sizeof *channel);
	struct credentials *credentials = lg_locked_new(sizeof *credentials);
	struct lg_status status = check(settings);

	lg_arena_defer(arena, sodium_free, credentials);
	if (lg_is_done(status) && settings->credentials[0] != '\0')
		status = read_credentials(settings->credentials, credentials);
	if (!lg_is_done(status))
		return status;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		abort();

	/* what stands behind the slash is said at HELO: not this machine's name */
	channel->settings = settings;
	channel->credentials = credentials;
	channel->url = lg_format(arena, "smtp://%s:%d/%s", settings->server, (int)settings->port,
		mail_domain(settings->from));
	*ret_channel = (struct channel){
		.state = channel,
		.send = smtp_send,
		.is_away = smtp_is_away,
	};
	return lg_done();
}
