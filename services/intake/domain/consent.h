/*
 * Consent per purpose and recipient, by age (field reference, section 7).
 *
 *   0..5    a caregiver consents; the child is told simply
 *   6..14   a caregiver consents and the child agrees
 *   15..17  the child consents; a caregiver agrees, or a supervisor records it
 *   18..    she herself, nobody else
 *
 * Where no safe caregiver is, a trusted adult stands in and it is a best-interest decision: it takes
 * effect when a second person records the same.  A refusal or withdrawal may be recorded by
 * anyone she tells, and takes effect at once.
 */
#ifndef SERVICES_INTAKE_DOMAIN_CONSENT_H
#define SERVICES_INTAKE_DOMAIN_CONSENT_H

#include "services/intake/domain/person.h"

#define CONSENTS_MAX          256 /* of one case */
#define CONSENT_RECIPIENT_MAX 64  /* bytes */
#define CONSENT_TOLD_MAX      16  /* in RescueRecorded */

/* As codes.ConsentPurpose. */
enum consent_purpose {
	PURPOSE_NONE,
	PURPOSE_HELP,
	PURPOSE_SHARING,
	PURPOSE_FAMILY_TRACING,
	PURPOSE_POLICE,
	PURPOSE_EMBASSY,
	PURPOSE_STATISTICS,
	PURPOSE_PHOTOGRAPH,
	PURPOSE_PUBLICITY,
	PURPOSE_TRACING_ABROAD
};
#define CONSENT_PURPOSE_COUNT 10

enum consent_state {
	CONSENT_NEVER_ASKED,
	CONSENT_GIVEN,
	CONSENT_REFUSED,
	CONSENT_WITHDRAWN,
	CONSENT_BEST_INTEREST,
	CONSENT_PROPOSED /* a best-interest decision of one person */
};

/* As intake.ConsentGiver, ConsentManner, ChildView. */
enum consent_giver {
	GIVER_NONE,
	GIVER_HERSELF,
	GIVER_CAREGIVER,
	GIVER_TRUSTED_ADULT,
	GIVER_NOBODY
};
enum consent_manner { MANNER_NONE, MANNER_ORAL, MANNER_WRITTEN, MANNER_MARK };
enum child_view { VIEW_NONE, VIEW_AGREES, VIEW_REFUSES, VIEW_NOT_ASKED };
#define CONSENT_GIVER_COUNT  5
#define CONSENT_MANNER_COUNT 4
#define CHILD_VIEW_COUNT     4

struct consent {
	struct lg_id consent_id; /* zero: not stored yet */
	struct lg_id person_id;
	enum consent_purpose purpose;
	const char *recipient; /* code of an organisation; "": all of the programme */
	enum consent_state state;
	lg_ms given_at;
	const char *language;
	enum consent_manner manner;
	enum consent_giver giver;
	enum child_view view;
	bool caregiver_agrees;
	struct lg_id recorded_by, second_by; /* second_by: of a best-interest decision */
};

/* The consents of a case. */
struct consents {
	uint32_t count;
	struct consent at[CONSENTS_MAX];
};

extern const struct lg_lifecycle consent_life;

/* The names that stand in the database. */
extern const char *const consent_purpose_names[CONSENT_PURPOSE_COUNT];
extern const char *const consent_giver_names[CONSENT_GIVER_COUNT];
extern const char *const consent_manner_names[CONSENT_MANNER_COUNT];
extern const char *const child_view_names[CHILD_VIEW_COUNT];

/* The consent of a person for a purpose and recipient, or NULL: never asked. */
struct consent *consents_find(struct consents *consents, struct lg_id person_id,
	enum consent_purpose purpose, const char *recipient);

/*
 * Records her word, or what was decided for her.
 *
 *   told           state GIVEN, REFUSED, WITHDRAWN or BEST_INTEREST; recorded_by is who records
 *   is_supervisor  whoever records may stand for the caregiver of somebody of 15..17
 *   ret_consent    as it is now, in the list
 *   ret_is_told    nothing changed
 *   refused        the age rules above; publicity for a child; language, manner or giver missing; sharing
 *                  without a recipient; a list that is full
 */
LG_MUST_CHECK struct lg_status consents_record(struct consents *consents,
	const struct person *person, const struct consent *told, bool is_supervisor,
	struct consent **ret_consent, bool *ret_is_told);

#endif
