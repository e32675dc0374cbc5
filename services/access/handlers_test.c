/* The table of contents against the registry, and logging in without a database. */
#include "services/access/handlers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sodium.h>

#include "proto/access.pb-c.h"
#include "services/access/role_wire.h"

#define NOW ((lg_ms)1400000000000)

static int fresh(void **arena)
{
	*arena = lg_arena_new();
	return sodium_init() < 0;
}

static int done(void **arena)
{
	lg_arena_free(*arena);
	return 0;
}

/* Goal: a number means one message everywhere, and a token is kept nowhere.  Method: look. */
static void numbers_are_those_of_the_registry(void **unused)
{
	(void)unused;
	assert_string_equal(lg_message_type(LOGIN)->name, "Login");
	assert_int_equal(lg_message_type(LOGIN)->kind, LG_MESSAGE_QUERY);
	assert_string_equal(lg_message_type(CREATE_ACCOUNT)->name, "CreateAccount");
	assert_int_equal(access_handlers[0].type, LOGIN);
	assert_int_equal(access_handlers[1].type, CREATE_ACCOUNT);
	assert_int_equal(access_handlers[2].type, 0);
}

/* Goal: nobody but access makes a token's role.  Method: there and back; UNSPECIFIED, SYSTEM. */
static void roles_survive_the_way_there_and_back(void **unused)
{
	(void)unused;
	enum account_role found;

	for (unsigned role = 0; role < ROLE_COUNT; role++) {
		assert_int_equal(
			role_from_wire((uint32_t)role_to_wire((enum account_role)role), &found)
				.outcome,
			LG_DONE);
		assert_int_equal(found, role);
	}
	assert_int_equal(role_from_wire(0, &found).outcome, LG_REFUSED);
	assert_int_equal(
		role_from_wire(LIFEGUARD__CODES__ROLE__SYSTEM, &found).outcome, LG_REFUSED);
	assert_int_equal(role_from_wire(77, &found).outcome, LG_REFUSED);
}

/* An account and a message for it, as the batch would hand them over. */
struct scene {
	char password[PASSWORD_MAX + 2];
	struct account account;
	struct access_state *state;
	Lifeguard__Access__Login login;
	Lifeguard__Access__CreateAccount create;
	struct login_work login_work;
	struct account_work account_work;
	struct lg_item item;
};

static struct scene *set_scene(struct lg_arena *arena, const char *password)
{
	struct scene *scene = lg_alloc(arena, sizeof *scene);
	char hash[PASSWORD_HASH_SIZE];

	assert_int_equal(access_state_make(arena, &scene->state).outcome, LG_DONE);
	assert_int_equal(
		crypto_pwhash_str(hash, "correct horse", 13, crypto_pwhash_OPSLIMIT_INTERACTIVE,
			crypto_pwhash_MEMLIMIT_INTERACTIVE),
		0);
	assert_int_equal(
		account_create(&scene->account, "sita", hash, ROLE_VOLUNTEER).outcome, LG_DONE);
	memcpy(scene->password, password, strlen(password) + 1);
	lifeguard__access__login__init(&scene->login);
	lifeguard__access__create_account__init(&scene->create);
	scene->login.user_name = scene->account.user_name;
	scene->login.password = scene->password;
	scene->login_work.account = &scene->account;
	scene->account_work.account = &scene->account;
	scene->item = (struct lg_item){
		.message = &scene->login.base,
		.now = NOW,
		.arena = arena,
		.state = scene->state,
		.work = &scene->login_work,
	};
	return scene;
}

static enum lg_outcome log_in(struct scene *scene)
{
	ponder_login(&scene->item);
	return decide_login(&scene->item).outcome;
}

/* Goal: the right password, and no other, logs in.  Method: right, wrong, too long, unknown. */
static void only_the_right_password_logs_in(void **arena)
{
	struct scene *scene = set_scene(*arena, "correct horse");

	assert_int_equal(log_in(scene), LG_DONE);
	scene = set_scene(*arena, "correct horsf");
	assert_int_equal(log_in(scene), LG_REFUSED);
	assert_int_equal(scene->item.refusal_status, 401);
	assert_int_equal(scene->account.failures, 1);
	scene = set_scene(*arena, "");
	memset(scene->password, 'a', PASSWORD_MAX + 1);
	assert_int_equal(log_in(scene), LG_REFUSED);
	scene = set_scene(*arena, "correct horse");
	scene->account.is_known = false;
	assert_int_equal(log_in(scene), LG_REFUSED);
	assert_int_equal(scene->item.refusal_status, 401);
	assert_false(scene->login_work.was_compared);
}

/* Goal: a locked account does not even cost a hash.  Method: lock it; use the right password. */
static void a_locked_account_is_not_compared(void **arena)
{
	struct scene *scene = set_scene(*arena, "correct horse");

	scene->account.locked_until = NOW + 1;
	assert_int_equal(log_in(scene), LG_REFUSED);
	assert_int_equal(scene->item.refusal_status, 429);
	assert_false(scene->login_work.is_right);
}

static enum lg_outcome create(struct scene *scene, Lifeguard__Codes__Role by)
{
	scene->item.message = &scene->create.base;
	scene->item.work = &scene->account_work;
	scene->item.actor.role = by;
	scene->create.user_name = scene->create.user_name[0] == '\0' ? scene->account.user_name
								     : scene->create.user_name;
	scene->create.password = scene->password;
	ponder_account(&scene->item);
	return decide_account(&scene->item).outcome;
}

/* Goal: an account is made once, by who may.  Method: taken, not allowed, bad shapes, made. */
static void an_account_is_made_by_who_may(void **arena)
{
	char name[] = "Sita";
	struct scene *scene = set_scene(*arena, "battery staple");

	scene->create.role = LIFEGUARD__CODES__ROLE__MANAGER;
	assert_int_equal(create(scene, LIFEGUARD__CODES__ROLE__OPERATOR), LG_REFUSED);
	assert_int_equal(scene->item.refusal_status, 409);
	scene->account.is_known = false;
	assert_int_equal(create(scene, LIFEGUARD__CODES__ROLE__CENTRE_LEAD), LG_REFUSED);
	assert_int_equal(scene->item.refusal_status, 403);
	assert_int_equal(create(scene, LIFEGUARD__CODES__ROLE__OPERATOR), LG_DONE);
	assert_true(scene->account.is_known);
	assert_int_equal(scene->account.role, ROLE_MANAGER);
	assert_int_equal(
		crypto_pwhash_str_verify(scene->account.password_hash, "battery staple", 14), 0);

	scene = set_scene(*arena, "battery staple");
	scene->create.user_name = name;
	scene->create.role = LIFEGUARD__CODES__ROLE__MANAGER;
	assert_int_equal(create(scene, LIFEGUARD__CODES__ROLE__OPERATOR), LG_REFUSED);
	assert_int_equal(scene->item.refusal_status, 0);
	scene = set_scene(*arena, "short");
	scene->create.role = LIFEGUARD__CODES__ROLE__MANAGER;
	assert_int_equal(create(scene, LIFEGUARD__CODES__ROLE__OPERATOR), LG_REFUSED);
	assert_int_equal(scene->item.refusal_status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_those_of_the_registry),
		cmocka_unit_test(roles_survive_the_way_there_and_back),
		cmocka_unit_test_setup_teardown(only_the_right_password_logs_in, fresh, done),
		cmocka_unit_test_setup_teardown(a_locked_account_is_not_compared, fresh, done),
		cmocka_unit_test_setup_teardown(an_account_is_made_by_who_may, fresh, done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
