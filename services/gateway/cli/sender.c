#include "services/gateway/cli/sender.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define TURN_MS 100
#define TELL_MS 5000

enum slot_state { SLOT_FREE, SLOT_OUT, SLOT_WAITING };

/* One connection and the form on it. */
struct slot {
	enum slot_state state;
	CURL *easy;
	struct lg_arena *arena; /* of one form: its document holds names */
	const struct form *form;
	const char *path, *json;
	struct curl_slist *headers;
	struct client_text text;
	uint64_t again_at_ms;
};

struct sender {
	const struct sender_options *options;
	CURLM *multi;
	struct lg_id run; /* random */
	struct slot slots[SENDER_JOBS_MAX];
	uint32_t next; /* form */
	uint64_t answered_at_ms;
	enum command_exit result; /* other than done: nothing new is begun */
	bool is_stopped, is_silence_told;
};

uint64_t sender_steady_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool is_ending(const struct sender *sender)
{
	return sender->is_stopped || sender->result != COMMAND_DONE;
}

static void send_slot(struct sender *sender, struct slot *slot)
{
	client_text_release(&slot->text);
	client_prepare(sender->options->client, slot->easy, "PUT", slot->path, slot->json,
		&slot->text, slot->headers);
	curl_easy_setopt(slot->easy, CURLOPT_PRIVATE, slot);
	if (curl_multi_add_handle(sender->multi, slot->easy) != CURLM_OK)
		abort();
	slot->state = SLOT_OUT;
}

static void clear_slot(struct slot *slot)
{
	curl_slist_free_all(slot->headers);
	slot->headers = NULL;
	client_text_release(&slot->text);
	lg_arena_reset(slot->arena);
	slot->state = SLOT_FREE;
}

static void begin_form(struct sender *sender, struct slot *slot, const struct form *form)
{
	struct lg_id case_id = form_case_id(form, sender->options->site);
	char id[LG_ID_TEXT], command_id[LG_ID_TEXT];

	lg_id_print(case_id, id);
	slot->form = form;
	slot->path = lg_format(slot->arena, "/api/v1/cases/%s/interception", id);
	slot->json = form_json(slot->arena, form, case_id);
	lg_id_print(form_command_id(slot->json, &sender->run), command_id);
	slot->headers = client_headers(sender->options->client, command_id);
	send_slot(sender, slot);
}

static const struct form *next_form(struct sender *sender)
{
	while (sender->next < sender->options->form_count) {
		const struct form *form = sender->options->forms[sender->next++];

		if (form->withheld == NULL)
			return form;
	}
	return NULL;
}

/* Puts every idle connection to work; returns how many are still wanted. */
static uint32_t fill(struct sender *sender, uint64_t now_ms)
{
	uint32_t wanted = 0;

	for (uint32_t i = 0; i < sender->options->jobs; i++) {
		struct slot *slot = &sender->slots[i];

		if (slot->state == SLOT_WAITING && is_ending(sender))
			clear_slot(slot);
		else if (slot->state == SLOT_WAITING && now_ms >= slot->again_at_ms)
			send_slot(sender, slot);
		if (slot->state == SLOT_FREE && !is_ending(sender)) {
			const struct form *form = next_form(sender);

			if (form != NULL)
				begin_form(sender, slot, form);
		}
		wanted += slot->state != SLOT_FREE;
	}
	return wanted;
}

static void complain_of_silence(struct sender *sender, uint64_t silent_ms)
{
	if (silent_ms > SENDER_GIVE_UP_MS)
		sender->result = COMMAND_NOT_REACHABLE;
	if (silent_ms < TELL_MS || sender->is_silence_told)
		return;
	sender->is_silence_told = true;
	command_complain("no answer for some seconds: trying again for %d s",
		(SENDER_GIVE_UP_MS - TELL_MS) / 1000);
}

static void finish(struct sender *sender, struct slot *slot, CURLcode code, uint64_t now_ms)
{
	long status = 0;

	if (code == CURLE_OK)
		curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_multi_remove_handle(sender->multi, slot->easy);

	if (status == 0 || status == 429 || status == 503 || status == 504) {
		/* it may have taken effect or not: the same id makes asking again harmless */
		slot->state = SLOT_WAITING;
		slot->again_at_ms = now_ms + SENDER_PAUSE_MS;
		complain_of_silence(sender, now_ms - sender->answered_at_ms);
		return;
	}
	sender->answered_at_ms = now_ms;
	sender->is_silence_told = false;
	if (client_exit_of(status) == COMMAND_NOT_ALLOWED) {
		if (sender->result == COMMAND_DONE)
			command_complain(
				"%s", client_problem_text(slot->arena, slot->text.data, status));
		sender->result = COMMAND_NOT_ALLOWED;
	} else {
		sender->options->settle(sender->options->user, slot->form, status,
			slot->text.data == NULL ? "" : slot->text.data);
	}
	clear_slot(slot);
}

static void collect(struct sender *sender, uint64_t now_ms)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(sender->multi, &left)) != NULL) {
		struct slot *slot = NULL;

		assert(message->msg == CURLMSG_DONE);
		CURLcode code = message->data.result;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &slot);
		finish(sender, slot, code, now_ms);
	}
}

enum command_exit sender_run(const struct sender_options *options)
{
	struct sender sender = { .options = options, .answered_at_ms = sender_steady_ms() };
	int running;

	assert(options->jobs >= 1 && options->jobs <= SENDER_JOBS_MAX);
	randombytes_buf(sender.run.byte, sizeof sender.run.byte);
	sender.multi = curl_multi_init();
	if (sender.multi == NULL)
		abort();
	curl_multi_setopt(sender.multi, CURLMOPT_MAXCONNECTS, (long)options->jobs);
	for (uint32_t i = 0; i < options->jobs; i++) {
		sender.slots[i].easy = curl_easy_init();
		sender.slots[i].arena = lg_arena_new();
		if (sender.slots[i].easy == NULL)
			abort();
	}

	while (fill(&sender, sender_steady_ms()) > 0) {
		struct curl_waitfd stop = { .fd = options->stop_fd, .events = CURL_WAIT_POLLIN };

		curl_multi_perform(sender.multi, &running);
		collect(&sender, sender_steady_ms());
		options->progress(options->user);
		/* once stopped the descriptor stays readable: not asked again */
		curl_multi_poll(sender.multi, &stop, sender.is_stopped ? 0 : 1, TURN_MS, NULL);
		sender.is_stopped |= (stop.revents & CURL_WAIT_POLLIN) != 0;
	}

	for (uint32_t i = 0; i < options->jobs; i++) {
		curl_easy_cleanup(sender.slots[i].easy);
		lg_arena_free(sender.slots[i].arena);
	}
	curl_multi_cleanup(sender.multi);
	if (sender.result == COMMAND_DONE && sender.is_stopped)
		return COMMAND_FAILED;
	return sender.result;
}
