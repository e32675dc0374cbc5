/* The tables of sounds.txt. */
#include "services/matching/engine/text/sound.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "services/matching/engine/text/sounds.inc"

/*
 * Goal: the tables are what comparing takes for granted.  Method: every pair of sounds: the same
 * both ways, nothing for itself, never dearer than leaving both out and writing both.
 */
static void changes_are_symmetric(void **unused)
{
	(void)unused;
	for (uint8_t a = 1; a < SOUND_COUNT; a++) {
		if (sound_table.kinds[a] != SOUND_IS_OTHER)
			assert_int_equal(sound_table.changes[a][a], 0);
		for (uint8_t b = 1; b < SOUND_COUNT; b++)
			assert_int_equal(sound_table.changes[a][b], sound_table.changes[b][a]);
	}
}

/* Goal: a joined sound is one that no letter makes, and can stand for some other. */
static void joined_sounds_stand_for_others(void **unused)
{
	bool is_made[SOUND_MAX] = { false };

	(void)unused;
	for (uint8_t a = 1; a < SOUND_COUNT; a++)
		for (uint8_t b = 1; b < SOUND_COUNT; b++)
			is_made[sound_table.joins[a][b]] = true;
	for (uint8_t a = 1; a < SOUND_COUNT; a++) {
		bool is_joined = sound_table.kinds[a] == SOUND_IS_JOINED;
		uint8_t best = SOUND_FAR;

		assert_int_equal(is_made[a], is_joined);
		for (uint8_t b = 1; b < SOUND_COUNT; b++)
			if (b != a && sound_table.kinds[b] != SOUND_IS_JOINED &&
				sound_table.changes[a][b] < best)
				best = sound_table.changes[a][b];
		if (is_joined)
			assert_true(best < 60);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_are_symmetric),
		cmocka_unit_test(joined_sounds_stand_for_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
