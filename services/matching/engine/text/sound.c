#include "services/matching/engine/text/sound.h"

#include <assert.h>

#define SOUND_TABLES
#include "services/matching/engine/text/sounds.inc"

enum sound_kind sound_kind(uint8_t sound)
{
	assert(sound < SOUND_COUNT);
	return (enum sound_kind)kinds[sound];
}

uint32_t sound_drop(uint8_t sound)
{
	assert(sound < SOUND_COUNT);
	return drops[sound];
}

const uint8_t *sound_changes(uint8_t sound)
{
	assert(sound < SOUND_COUNT);
	return changes[sound];
}

uint8_t sound_join(uint8_t first, uint8_t second)
{
	assert(first < SOUND_COUNT);
	assert(second < SOUND_COUNT);
	return joins[first][second];
}
