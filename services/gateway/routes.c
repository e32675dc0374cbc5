#include "services/gateway/routes.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "common/base/text.h"
#include "common/stream/partition.h"

#define SEGMENTS_MAX 8
#define SEGMENT_MAX  64
#define BY_MAX       2

#define SERVICE "/api/v1/services/{service}"

/* clang-format off */
static const struct route routes[] = {
	/* method pattern                                     message                service               key                   body                 argument    is_open */
	{ "GET",  "/api/v1/health",                           NULL,                  LG_SERVICE_GATEWAY,   ROUTE_KEY_ZERO,       ROUTE_BODY_NOTHING,  NULL,       true },
	{ "POST", "/api/v1/session",                          "Login",               LG_SERVICE_ACCESS,    ROUTE_KEY_ZERO,       ROUTE_BODY_SENT,     NULL,       true },
	{ "POST", "/api/v1/accounts",                         "CreateAccount",       LG_SERVICE_ACCESS,    ROUTE_KEY_ZERO,       ROUTE_BODY_SENT,     NULL,       false },
	{ "PUT",  "/api/v1/cases/{id}/interception",          "RecordInterception",  LG_SERVICE_INTAKE,    ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,       false },
	{ "GET",  "/api/v1/cases/{id}",                       "ShowCase",            LG_SERVICE_INTAKE,    ROUTE_KEY_CASE,       ROUTE_BODY_CASE,     "identity", false },
	{ "POST", "/api/v1/informed",                            "CountInformed",       LG_SERVICE_INTAKE,     ROUTE_KEY_ANY,        ROUTE_BODY_SENT,     NULL,     false },
	{ "POST", "/api/v1/cases/search",                        "ListCases",           LG_SERVICE_INTAKE,     ROUTE_KEY_ANY,        ROUTE_BODY_SENT,     NULL,     false },
	{ "PUT",  "/api/v1/cases/{id}/arrival",                  "EngageMigrant",       LG_SERVICE_INTAKE,     ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,     false },
	{ "POST", "/api/v1/cases/{id}/travellers",               "RegisterTraveller",   LG_SERVICE_INTAKE,     ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,     false },
	{ "POST", "/api/v1/cases/{id}/aliases",                  "AddAlias",            LG_SERVICE_INTAKE,     ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,     false },
	{ "PUT",  "/api/v1/cases/{id}/impression",               "RecordImpression",    LG_SERVICE_INTAKE,     ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,     false },
	{ "PUT",  "/api/v1/cases/{id}/screening",                "CompleteScreening",   LG_SERVICE_INTAKE,     ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,     false },
	{ "POST", "/api/v1/cases/{id}/identifications",          "IdentifyPerson",      LG_SERVICE_INTAKE,     ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,     false },
	{ "POST", "/api/v1/cases/{id}/consents",                 "RecordConsent",       LG_SERVICE_INTAKE,     ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,     false },
	{ "POST", "/api/v1/cases/{id}/rescues",                  "RecordRescue",        LG_SERVICE_INTAKE,     ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,     false },
	{ "POST", "/api/v1/cases/{id}/steps",                    "CompleteStep",        LG_SERVICE_INTAKE,     ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,     false },
	{ "GET",  "/api/v1/cases/{id}/checklist",                "ShowChecklist",       LG_SERVICE_INTAKE,     ROUTE_KEY_CASE,       ROUTE_BODY_TRACE,    NULL,     false },
	{ "PUT",  "/api/v1/missing/{id}",                        "ReportMissingPerson", LG_SERVICE_INTAKE,     ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,     false },
	{ "GET",  "/api/v1/cases/{id}/trace",                 "ShowTrace",           LG_SERVICE_REPORTING, ROUTE_KEY_CASE,       ROUTE_BODY_TRACE,    NULL,       false },
	{ "POST", "/api/v1/matches/search",                   "ListMatches",         LG_SERVICE_MATCHING,  ROUTE_KEY_ANY,        ROUTE_BODY_SENT,     NULL,       false },
	{ "GET",  "/api/v1/matches/{id}",                     "ShowMatch",           LG_SERVICE_MATCHING,  ROUTE_KEY_CASE,       ROUTE_BODY_MATCH,    "identity", false },
	{ "POST", "/api/v1/matches/{id}/confirm",             "ConfirmMatch",        LG_SERVICE_MATCHING,  ROUTE_KEY_CASE,       ROUTE_BODY_MATCH,    NULL,       false },
	{ "POST", "/api/v1/matches/{id}/reject",              "RejectMatch",         LG_SERVICE_MATCHING,  ROUTE_KEY_CASE,       ROUTE_BODY_MATCH,    NULL,       false },
	{ "POST", "/api/v1/matches/{id}/undo",                "UndoMatch",           LG_SERVICE_MATCHING,  ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,       false },
	{ "POST", "/api/v1/matches/weights",                    "LearnWeights",        LG_SERVICE_MATCHING,  ROUTE_KEY_ANY,        ROUTE_BODY_SENT,     NULL,       false },
	{ "PUT",  "/api/v1/traces/{id}",                        "AskTrace",            LG_SERVICE_MATCHING,  ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,       false },
	{ "POST", "/api/v1/traces/{id}/approve",                "ApproveTrace",        LG_SERVICE_MATCHING,  ROUTE_KEY_CASE,       ROUTE_BODY_NOTHING,  NULL,       false },
	{ "POST", "/api/v1/traces/{id}/decline",                "DeclineTrace",        LG_SERVICE_MATCHING,  ROUTE_KEY_CASE,       ROUTE_BODY_NOTHING,  NULL,       false },
	{ "POST", "/api/v1/traces/search",                      "ListTraces",          LG_SERVICE_MATCHING,  ROUTE_KEY_ANY,        ROUTE_BODY_SENT,     NULL,       false },
	{ "GET",  "/api/v1/traces/{id}",                        "ShowTracedPerson",    LG_SERVICE_MATCHING,  ROUTE_KEY_CASE,       ROUTE_BODY_NOTHING,  NULL,       false },
	{ "POST", "/api/v1/referrals/search",                   "ListReferrals",         LG_SERVICE_REFERRAL,  ROUTE_KEY_ANY,        ROUTE_BODY_SENT,     NULL,       false },
	{ "GET",  "/api/v1/referrals/{id}",                     "ShowReferral",          LG_SERVICE_REFERRAL,  ROUTE_KEY_CASE,       ROUTE_BODY_REFERRAL, "identity", false },
	{ "POST", "/api/v1/referrals/{id}/accept",              "AcceptReferral",        LG_SERVICE_REFERRAL,  ROUTE_KEY_CASE,       ROUTE_BODY_NOTHING,  NULL,       false },
	{ "POST", "/api/v1/referrals/{id}/decline",             "DeclineReferral",       LG_SERVICE_REFERRAL,  ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,       false },
	{ "POST", "/api/v1/referrals/{id}/withdraw",            "WithdrawReferral",      LG_SERVICE_REFERRAL,  ROUTE_KEY_CASE,       ROUTE_BODY_NOTHING,  NULL,       false },
	{ "POST", "/api/v1/referrals/{id}/offer",               "OfferReferral",         LG_SERVICE_REFERRAL,  ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,       false },
	{ "POST", "/api/v1/referrals/{id}/end",                 "EndReferral",           LG_SERVICE_REFERRAL,  ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,       false },
	{ "POST", "/api/v1/referrals/{id}/destination",         "LinkDestination",       LG_SERVICE_REFERRAL,  ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,       false },
	{ "GET",  "/api/v1/referrals/{id}/code",                "ShowHandoverCode",      LG_SERVICE_REFERRAL,  ROUTE_KEY_CASE,       ROUTE_BODY_NOTHING,  NULL,       false },
	{ "POST", "/api/v1/referrals/{id}/handover",            "ConfirmHandover",       LG_SERVICE_REFERRAL,  ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,       false },
	{ "POST", "/api/v1/referrals/{id}/reunification",       "RecordReunification",   LG_SERVICE_REFERRAL,  ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,       false },
	{ "POST", "/api/v1/referrals/{id}/rehabilitation",      "StartRehabilitation",   LG_SERVICE_REFERRAL,  ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,       false },
	{ "POST", "/api/v1/referrals/{id}/followups",           "RecordFollowUp",        LG_SERVICE_REFERRAL,  ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,       false },
	{ "POST", "/api/v1/referrals/{id}/legal",               "RecordLegalMilestone",  LG_SERVICE_REFERRAL,  ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,       false },
	{ "POST", "/api/v1/referrals/{id}/close",               "CloseReferral",         LG_SERVICE_REFERRAL,  ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,       false },
	{ "GET",  "/api/v1/organisations",                      "ListOrganisations",     LG_SERVICE_REFERRAL,  ROUTE_KEY_ANY,        ROUTE_BODY_NOTHING,  NULL,       false },
	{ "POST", "/api/v1/organisations",                      "AddOrganisation",       LG_SERVICE_REFERRAL,  ROUTE_KEY_ANY,        ROUTE_BODY_SENT,     NULL,       false },
	{ "PUT",  "/api/v1/organisations/{id}",                 "UpdateOrganisation",    LG_SERVICE_REFERRAL,  ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,       false },
	{ "PUT",  "/api/v1/members/{id}",                       "AssignMember",          LG_SERVICE_REFERRAL,  ROUTE_KEY_CASE,       ROUTE_BODY_SENT,     NULL,       false },
	{ "GET",  "/api/v1/inbox/referrals",                  "ListReferrals",       LG_SERVICE_REFERRAL,  ROUTE_KEY_ANY,        ROUTE_BODY_INBOX,    NULL,       false },
	{ "GET",  "/api/v1/inbox/matches",                    "ListMatches",         LG_SERVICE_MATCHING,  ROUTE_KEY_ANY,        ROUTE_BODY_INBOX,    NULL,       false },
	{ "GET",  "/api/v1/reports/interceptions",            "ReportInterceptions", LG_SERVICE_REPORTING, ROUTE_KEY_ANY,        ROUTE_BODY_BY,       "by",       false },
	{ "GET",  "/api/v1/reports/journey",                  "ReportJourney",       LG_SERVICE_REPORTING, ROUTE_KEY_ANY,        ROUTE_BODY_BY,       "by",       false },
	{ "PUT",  "/api/v1/subscriptions/{id}",               "Subscribe",           LG_SERVICE_NOTIFICATION, ROUTE_KEY_CASE,    ROUTE_BODY_SENT,     NULL,       false },
	{ "POST", "/api/v1/subscriptions/{id}/end",           "Unsubscribe",         LG_SERVICE_NOTIFICATION, ROUTE_KEY_CASE,    ROUTE_BODY_NOTHING,  NULL,       false },
	{ "POST", "/api/v1/subscriptions/search",             "ListSubscriptions",   LG_SERVICE_NOTIFICATION, ROUTE_KEY_ANY,     ROUTE_BODY_SENT,     NULL,       false },
	{ "POST", "/api/v1/notices/search",                   "ListNotices",         LG_SERVICE_NOTIFICATION, ROUTE_KEY_ANY,     ROUTE_BODY_SENT,     NULL,       false },
	{ "POST", "/api/v1/cases/{id}/notices/retry",         "RetryNotice",         LG_SERVICE_NOTIFICATION, ROUTE_KEY_CASE,    ROUTE_BODY_SENT,     NULL,       false },
	{ "GET",  "/api/v1/services",                         NULL,                  LG_SERVICE_GATEWAY,   ROUTE_KEY_ZERO,       ROUTE_BODY_NOTHING,  NULL,       false },
	{ "GET",  SERVICE,                                    "ShowStatus",          LG_SERVICE_NONE,      ROUTE_KEY_ANY,        ROUTE_BODY_NOTHING,  NULL,       false },
	{ "GET",  SERVICE "/states",                          "ShowStates",          LG_SERVICE_NONE,      ROUTE_KEY_ANY,        ROUTE_BODY_NOTHING,  NULL,       false },
	{ "GET",  SERVICE "/streams/{partition}",             "ShowStreams",         LG_SERVICE_NONE,      ROUTE_KEY_PARTITION,  ROUTE_BODY_NOTHING,  NULL,       false },
	{ "GET",  SERVICE "/audit",                           "VerifyAudit",         LG_SERVICE_NONE,      ROUTE_KEY_ANY,        ROUTE_BODY_NOTHING,  NULL,       false },
	{ "POST", SERVICE "/rebuild/{partition}",             "RebuildProjection",   LG_SERVICE_NONE,      ROUTE_KEY_PARTITION,  ROUTE_BODY_CONFIRM,  NULL,       false },
	{ "GET",  SERVICE "/dead-letters",                    "ListDeadLetters",     LG_SERVICE_NONE,      ROUTE_KEY_ANY,        ROUTE_BODY_LIMIT,    "limit",    false },
	{ "GET",  SERVICE "/dead-letters/{letter}",           "ShowDeadLetter",      LG_SERVICE_NONE,      ROUTE_KEY_ANY,        ROUTE_BODY_LETTER,   NULL,       false },
	{ "GET",  SERVICE "/lost",                            "ListLost",            LG_SERVICE_NONE,      ROUTE_KEY_ANY,        ROUTE_BODY_LIMIT,    "limit",    false },
	{ "POST", SERVICE "/dead-letters/{letter}/retry",     "RetryDeadLetter",     LG_SERVICE_NONE,      ROUTE_KEY_CASE_ASKED, ROUTE_BODY_LETTER,   "case",     false },
	{ "POST", SERVICE "/dead-letters/{letter}/drop",      "DropDeadLetter",      LG_SERVICE_NONE,      ROUTE_KEY_CASE_ASKED, ROUTE_BODY_LETTER,   "case",     false },
};
/* clang-format on */

#define ROUTE_COUNT (sizeof routes / sizeof routes[0])

/* A path cut at its slashes; segments point into it. */
struct segments {
	uint32_t count;
	struct lg_bytes at[SEGMENTS_MAX];
};

static bool cut(const char *path, struct segments *ret_segments)
{
	struct segments segments = { 0 };

	if (path[0] != '/')
		return false;
	while (*path == '/') {
		const char *start = path + 1;
		size_t size = strcspn(start, "/");

		if (size == 0 || size > SEGMENT_MAX || segments.count == SEGMENTS_MAX)
			return false;
		segments.at[segments.count++] = lg_bytes(start, size);
		path = start + size;
	}
	*ret_segments = segments;
	return true;
}

static bool is_variable(struct lg_bytes segment)
{
	return segment.data[0] == '{';
}

/* Whether the fixed segments are the same; variable ones take anything. */
static bool has_shape(const struct segments *pattern, const struct segments *path)
{
	if (pattern->count != path->count)
		return false;
	for (uint32_t i = 0; i < path->count; i++)
		if (!is_variable(pattern->at[i]) && !lg_bytes_equal(pattern->at[i], path->at[i]))
			return false;
	return true;
}

static enum route_outcome read_service(const char *text, struct route_target *target)
{
	const struct lg_message_type *type = lg_message_type_named(target->route->message);

	target->service = lg_service_by_name(text);
	if (target->service == LG_SERVICE_NONE)
		return ROUTE_NO_SERVICE;
	if (type == NULL || !lg_service_in(type->to, target->service))
		return ROUTE_NO_SERVICE;
	return ROUTE_FOUND;
}

static enum route_outcome read_variable(
	char name, struct lg_bytes segment, struct route_target *target)
{
	char text[SEGMENT_MAX + 1] = { 0 };
	int64_t number = 0;

	memcpy(text, segment.data, segment.size);
	if (name == 'i')
		return lg_is_done(lg_id_parse(text, &target->case_id)) ? ROUTE_FOUND
								       : ROUTE_MALFORMED;
	if (name == 's')
		return read_service(text, target);

	if (!lg_is_done(lg_int_parse(text, &number)) || number < 0)
		return ROUTE_MALFORMED;
	if (name == 'l') {
		target->letter = (uint64_t)number;
		return ROUTE_FOUND;
	}
	assert(name == 'p');
	if (number >= LG_PARTITIONS)
		return ROUTE_MALFORMED;
	target->partition = (uint32_t)number;
	return ROUTE_FOUND;
}

const struct route *routes_all(uint32_t *ret_count)
{
	*ret_count = ROUTE_COUNT;
	return routes;
}

enum route_outcome routes_find(
	const char *method, const char *path, struct route_target *ret_target)
{
	enum route_outcome outcome = ROUTE_UNKNOWN;
	struct segments asked, pattern;

	if (!cut(path, &asked))
		return ROUTE_UNKNOWN;
	if (strcmp(method, "HEAD") == 0)
		method = "GET";

	for (uint32_t i = 0; i < ROUTE_COUNT; i++) {
		struct route_target target = { .route = &routes[i], .service = routes[i].service };

		bool is_cut = cut(routes[i].pattern, &pattern);
		assert(is_cut);
		if (!has_shape(&pattern, &asked))
			continue;
		if (strcmp(routes[i].method, method) != 0) {
			outcome = ROUTE_OTHER_METHOD;
			continue;
		}
		for (uint32_t s = 0; s < pattern.count; s++) {
			if (!is_variable(pattern.at[s]))
				continue;
			outcome = read_variable((char)pattern.at[s].data[1], asked.at[s], &target);
			if (outcome != ROUTE_FOUND)
				return outcome;
		}
		*ret_target = target;
		return ROUTE_FOUND;
	}
	return outcome;
}

void routes_allowed(const char *path, char ret_allow[ROUTES_ALLOW_TEXT])
{
	bool can_get = false, can_post = false, can_put = false;
	struct segments asked, pattern;

	ret_allow[0] = '\0';
	if (!cut(path, &asked))
		return;
	for (uint32_t i = 0; i < ROUTE_COUNT; i++) {
		if (!cut(routes[i].pattern, &pattern) || !has_shape(&pattern, &asked))
			continue;
		can_get |= strcmp(routes[i].method, "GET") == 0;
		can_post |= strcmp(routes[i].method, "POST") == 0;
		can_put |= strcmp(routes[i].method, "PUT") == 0;
	}
	if (can_get || can_post || can_put)
		snprintf(ret_allow, ROUTES_ALLOW_TEXT, "%s%s%sOPTIONS",
			can_get ? "GET, HEAD, " : "", can_post ? "POST, " : "",
			can_put ? "PUT, " : "");
}

/* "station,month" -> ["station","month"]; words of small letters only, the service knows them. */
static struct lg_status write_by(
	struct lg_arena *arena, const char *argument, struct lg_bytes *ret_body)
{
	char list[96] = "";
	size_t used = 0;
	uint32_t count = 0;

	while (argument != NULL && *argument != '\0') {
		size_t size = strspn(argument, "abcdefghijklmnopqrstuvwxyz_");

		if (size == 0 || size > 16 || count == BY_MAX)
			return lg_refuse("malformed list");
		if (argument[size] != '\0' && (argument[size] != ',' || argument[size + 1] == '\0'))
			return lg_refuse("malformed list");
		used += (size_t)snprintf(list + used, sizeof list - used, "%s\"%.*s\"",
			count == 0 ? "" : ",", (int)size, argument);
		assert(used < sizeof list);
		count++;
		argument += size + (argument[size] == ',');
	}
	char *text = lg_format(arena, "{\"by\":[%s]}", list);
	*ret_body = lg_bytes(text, strlen(text));
	return lg_done();
}

static struct lg_status write_id(struct lg_arena *arena, const char *name, struct lg_id case_id,
	const char *argument, struct lg_bytes *ret_body)
{
	char id[LG_ID_TEXT];
	bool with_identity = argument != NULL && strcmp(argument, "1") == 0;

	if (argument != NULL && !with_identity && strcmp(argument, "0") != 0)
		return lg_refuse("identity is 0 or 1");
	lg_id_print(case_id, id);
	char *text = lg_format(arena, "{\"%s\":\"%s\"%s}", name, id,
		with_identity ? ",\"with_identity\":true" : "");
	*ret_body = lg_bytes(text, strlen(text));
	return lg_done();
}

static struct lg_status write_limit(
	struct lg_arena *arena, const char *argument, struct lg_bytes *ret_body)
{
	int64_t limit = 0;

	if (argument != NULL && (!lg_is_done(lg_int_parse(argument, &limit)) || limit < 0))
		return lg_refuse("limit is a whole number");
	char *text = lg_format(arena, "{\"limit\":%" PRId64 "}", limit);
	*ret_body = lg_bytes(text, strlen(text));
	return lg_done();
}

struct lg_status routes_write_body(struct lg_arena *arena, const struct route_target *target,
	const char *argument, struct lg_bytes *ret_body)
{
	const char *text = "{}";

	switch (target->route->body) {
	case ROUTE_BODY_BY:
		return write_by(arena, argument, ret_body);
	case ROUTE_BODY_CASE:
	case ROUTE_BODY_TRACE:
		return write_id(arena, "case_id", target->case_id, argument, ret_body);
	case ROUTE_BODY_MATCH:
		return write_id(arena, "match_id", target->case_id, argument, ret_body);
	case ROUTE_BODY_REFERRAL:
		return write_id(arena, "referral_id", target->case_id, argument, ret_body);
	case ROUTE_BODY_LIMIT:
		return write_limit(arena, argument, ret_body);
	case ROUTE_BODY_LETTER:
		text = lg_format(arena, "{\"letter\":%" PRIu64 "}", target->letter);
		break;
	case ROUTE_BODY_CONFIRM:
		text = "{\"confirm\":true}";
		break;
	case ROUTE_BODY_NOTHING:
	case ROUTE_BODY_SENT:
	case ROUTE_BODY_INBOX:
		break;
	}
	*ret_body = lg_bytes(text, strlen(text));
	return lg_done();
}

/* A random id whose partition is in the set; for one partition 16 tries on average. */
static struct lg_id key_in(uint16_t set, const uint64_t random[2])
{
	struct lg_id key;

	assert(set != 0);
	for (uint64_t half[2] = { random[0], random[1] };; half[0]++) {
		memcpy(key.byte, half, sizeof key.byte);
		if (((uint32_t)set >> lg_partition_of(key) & 1u) != 0)
			return key;
	}
}

struct lg_status routes_choose_key(const struct route_target *target, const char *argument,
	uint16_t owned, const uint64_t random[2], struct lg_id *ret_key)
{
	struct lg_id key = { 0 };

	switch (target->route->key) {
	case ROUTE_KEY_ZERO:
		break;
	case ROUTE_KEY_ANY:
		key = key_in(owned == 0 ? UINT16_MAX : owned, random);
		break;
	case ROUTE_KEY_CASE:
		key = target->case_id;
		break;
	case ROUTE_KEY_CASE_ASKED:
		if (argument == NULL)
			return lg_refuse("the case is missing");
		return lg_id_parse(argument, ret_key);
	case ROUTE_KEY_PARTITION:
		key = key_in((uint16_t)(1u << target->partition), random);
		break;
	}
	*ret_key = key;
	return lg_done();
}
