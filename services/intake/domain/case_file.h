/*
 * A case at a crossing: somebody was stopped and talked to, screened, listed by person, rescued
 * or let go, and what became of it across the line.
 *
 * Its states stand in one table.  A paper form tells the first steps at once; at the crossing they
 * are told one by one.
 */
#ifndef SERVICES_INTAKE_DOMAIN_CASE_FILE_H
#define SERVICES_INTAKE_DOMAIN_CASE_FILE_H

#include "common/base/lifecycle.h"
#include "services/intake/domain/form.h"
#include "services/intake/domain/screening.h"

#define CASE_DIGEST_SIZE 32
#define CASE_EFFECTS_MAX (FORM_PERSONS_MAX + 2)

#define CASE_CERTAINTY_MAX 5
#define CASE_LANGUAGE_MAX  3

enum case_state {
	CASE_NEW,
	CASE_ENGAGED,
	CASE_SCREENED,
	CASE_IDENTIFIED,
	CASE_RELEASED, /* advised, travels on */
	CASE_RESCUED,
	CASE_HANDED_OVER,
	CASE_REUNITED,
	CASE_CLOSED
};

struct case_file {
	enum case_state state; /* CASE_NEW: never seen */
	char station[FORM_STATION_MAX + 1];
	lg_ms engaged_at;
	char language[CASE_LANGUAGE_MAX + 1]; /* of the talk; "": not recorded */
	uint32_t stated_victims;
	int32_t stated_suspects; /* -1: left empty */
	int32_t reported_points; /* of the station; or POINTS_ABSENT */
	uint32_t certainty;      /* own impression, 1..5; 0: none yet */
	const char *indicators;  /* codes answered with yes, parted by spaces; NULL: none */
	const char *denied;      /* codes answered with no; NULL: none */
	bool is_screened;
	struct screening screening;
	uint32_t victims, suspects;       /* persons listed */
	uint32_t steps;                   /* events of this case so far */
	uint8_t digest[CASE_DIGEST_SIZE]; /* of the form, to know it again */
};

extern const struct lg_lifecycle case_life;

enum case_effect_kind { EFFECT_ENGAGED, EFFECT_SCREENED, EFFECT_IDENTIFIED };

/* What happened: one event each. */
struct case_effect {
	enum case_effect_kind kind;
	uint32_t person; /* of the form's list; EFFECT_IDENTIFIED only */
};

struct case_effects {
	bool is_repeated; /* the same form was here before: nothing happened */
	uint32_t count;
	struct case_effect at[CASE_EFFECTS_MAX];
};

/*
 * Records a form.  Told twice with the same content it is done.
 *
 *   form       checked
 *   screening  what its indicators add up to
 *   digest     of the form's content: CASE_DIGEST_SIZE bytes
 *   refused    the case was recorded before with other content
 *   effects    MigrantEngaged always; ScreeningCompleted when the indicators were gone through;
 *              one PersonIdentified per person
 */
LG_MUST_CHECK struct lg_status case_file_record(struct case_file *file, const struct form *form,
	const struct screening *screening, const uint8_t *digest, struct case_effects *ret_effects);

/* --- told one by one ------------------------------------------------------------------------ */

/*
 * A talk begins.
 *   ret_is_told  the same was told before
 *   refused      a station that is none, a time before 2000 or ahead of now, a language that is
 *                none; begun before otherwise
 */
LG_MUST_CHECK struct lg_status case_file_engage(struct case_file *file, const char *station,
	lg_ms engaged_at, const char *language, lg_ms now, bool *ret_is_told);

/*
 * The worker's own impression, before anything is added up.
 *   refused  no talk, not 1..5, another one was recorded, or the screening is done
 */
LG_MUST_CHECK struct lg_status case_file_impress(
	struct case_file *file, uint32_t certainty, bool *ret_is_told);

/*
 * The indicators were gone through.
 *   yes, no      lists as case_file keeps them; kept, not copied
 *   ret_is_told  the same was told before
 *   refused      no talk; no impression yet; screened before with other answers
 */
LG_MUST_CHECK struct lg_status case_file_screen(struct case_file *file,
	const struct screening *screening, const char *yes, const char *no, bool *ret_is_told);

/* A person is listed as possible victim or suspect.  refused: no talk, or closed */
LG_MUST_CHECK struct lg_status case_file_identify(struct case_file *file, enum person_kind kind);

/*
 * A route was chosen for one of its persons.
 *   goes_on  R0: she travels on
 *   refused  no talk, or closed
 */
LG_MUST_CHECK struct lg_status case_file_route(struct case_file *file, bool goes_on);

/* What referral tells the centre that rescued. */
enum case_news { NEWS_HANDED_OVER, NEWS_REUNITED, NEWS_CLOSED };

/*
 * News of a case, in whatever order they come: it only moves forward.
 *   returns  whether anything changed
 */
bool case_file_hear(struct case_file *file, enum case_news news);

/* Whether a text is a station's code: 1 to 8 capital letters. */
bool case_station_is_one(const char *text);

/* Whether a time can be that of something that happened: not before 2000, not ahead of now. */
bool case_time_is_possible(lg_ms at, lg_ms now);

#endif
