/*
 * One record beside many: which of them share a key's places and may be one person at a glance.
 *
 * The glances of a block are most of what a large task costs.  What is shared by fields, and how
 * rare it is, adds up part by part (glance.h), so a part of four places has sixteen values, and a
 * vector register holds them: sixteen pairs are weighed at once.  The bound lets through what
 * glance_bits() and glance_rest() may still refuse, never the other way round.
 */
#ifndef SERVICES_MATCHING_ENGINE_LINKAGE_ABREAST_H
#define SERVICES_MATCHING_ENGINE_LINKAGE_ABREAST_H

#include "services/matching/engine/linkage/glance.h"

#define ABREAST_MAX   384u /* records side by side: 24 KiB, which the nearest cache holds */
#define ABREAST_LANES 16u
#define ABREAST_HAS   (FIELDS_MAX / GLANCE_PART_ATOMS)

/* Records laid side by side. */
struct abreast_tile {
	/* behind the last record are lanes that are read and never counted */
	struct glance_line lines[ABREAST_MAX + ABREAST_LANES];
	uint32_t has[ABREAST_MAX + ABREAST_LANES];
	uint32_t records[ABREAST_MAX];
	uint32_t size;
};

struct abreast;

/*
 * One record beside the tile's, from one of them on.
 *
 *   line      of the record
 *   places    that a pair has to share
 *   returns   how many may be one with it; at[] has their places in the tile, rising
 */
typedef uint32_t abreast_look(struct abreast *abreast, const struct glance_line *line,
	uint32_t places, const struct abreast_tile *tile, uint32_t from);

/* A glance's weights as vectors want them; one thread's own. */
struct abreast {
	const struct glance *glance;
	abreast_look *look;
	/* bits by the four places of each part that are shared, and by four fields that both have */
	_Alignas(64) float parts[GLANCE_PARTS][GLANCE_MASKS];
	float has[ABREAST_HAS][GLANCE_MASKS];
	uint32_t has_parts;
	/* per rarity of a line: its part, and a bit for each of that part's masks that shares it whole */
	uint8_t rare_parts[GLANCE_RARE];
	uint16_t rare_masks[GLANCE_RARE];
	/* of the last look; here, since the compiler clears what stands on the stack */
	uint16_t at[ABREAST_MAX];
	uint32_t shared[ABREAST_MAX + ABREAST_LANES];
	_Alignas(64) float weights[GLANCE_PARTS][GLANCE_MASKS];
};

/* For a settled glance, which must outlive it; looks by the best that this processor has. */
void abreast_init(struct abreast *abreast, const struct glance *glance);

/* The way to look that every processor has. */
uint32_t abreast_look_portable(struct abreast *abreast, const struct glance_line *line,
	uint32_t places, const struct abreast_tile *tile, uint32_t from);

/* The way with vectors of 512 bits; NULL where this processor has none. */
abreast_look *abreast_vector_look(void);

#endif
