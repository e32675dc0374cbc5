#include "services/matching/engine/text/sound.h"

#define SOUND_TABLES
#include "services/matching/engine/text/sounds.inc"

_Static_assert(SOUND_COUNT <= SOUND_MAX, "a code fits into the tables");
