#include "services/gateway/domain/problem.h"

#include <assert.h>
#include <stddef.h>

/* clang-format off */
static const struct problem problems[PROBLEM_COUNT] = {
	[PROBLEM_MALFORMED_PATH]     = { 400, 0, "malformed path", "ids are 32 hexadecimal digits, partitions 0 to 15, letters whole numbers" },
	[PROBLEM_MALFORMED_ARGUMENT] = { 400, 0, "malformed argument", "the part behind '?' is not what this path takes; openapi.yaml says what it takes" },
	[PROBLEM_MALFORMED_KEY]      = { 400, 0, "malformed Idempotency-Key", "the header is 32 hexadecimal digits, made by the client for one wish" },
	[PROBLEM_MALFORMED_MATCH]    = { 400, 0, "malformed If-Match", "one header of at most 512 bytes: \"*\", or ETags as GET gives them" },
	[PROBLEM_BODY_MISSING]       = { 400, 0, "body missing", "send the JSON document that openapi.yaml shows for this path" },
	[PROBLEM_BODY_UNWANTED]      = { 400, 0, "body not wanted", "this path takes no body" },
	[PROBLEM_NO_TOKEN]           = { 401, 0, "not logged in", "log in at /api/v1/session and send its token as Authorization: Bearer" },
	[PROBLEM_BAD_TOKEN]          = { 401, 0, "session not valid", "the session has ended or is not of this site: log in again" },
	[PROBLEM_NOT_FOUND]          = { 404, 0, "not found", "there is nothing under this path; openapi.yaml lists what there is" },
	[PROBLEM_NO_SUCH_SERVICE]    = { 404, 0, "no such service", "no service of this name takes this request; /api/v1/services lists them" },
	[PROBLEM_OTHER_METHOD]       = { 405, 0, "method not allowed", "the Allow header says which methods this path takes" },
	[PROBLEM_TOO_LARGE]          = { 413, 0, "body too large", "a body is at most 256 KiB" },
	[PROBLEM_NOT_JSON]           = { 415, 0, "not JSON", "send Content-Type: application/json" },
	[PROBLEM_UNDER_WAY]          = { 503, 1, "under way", "a request with this Idempotency-Key is not answered yet: ask again with the same key" },
	[PROBLEM_TOO_MANY]           = { 503, 1, "too many requests at once", "nothing was sent: ask again with the same Idempotency-Key" },
	[PROBLEM_TOO_MANY_STREAMS]   = { 429, 5, "too many streams at once", "an account keeps at most 4 inboxes open: close one, or ask again later" },
	[PROBLEM_STOPPING]           = { 503, 5, "gateway is stopping", "nothing was sent: ask again with the same Idempotency-Key" },
	[PROBLEM_NOT_DELIVERED]      = { 503, 1, "service not reachable", "no instance of the service took the request; nothing was changed: ask again with the same Idempotency-Key" },
	[PROBLEM_UNKNOWN_OUTCOME]    = { 504, 1, "outcome unknown", "the answer did not come; ask again with the same Idempotency-Key: it takes effect once" },
};
/* clang-format on */

const struct problem *problem_of(enum problem_kind kind)
{
	assert(kind < PROBLEM_COUNT);
	assert(problems[kind].title != NULL);
	return &problems[kind];
}
