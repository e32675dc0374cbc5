/* All statements of intake, in one list for whoever prepares or checks them. */
#include "services/intake/store.h"

#include <assert.h>
#include <sodium.h>

const struct lg_statement *const store_tables[STORE_TABLE_COUNT] = {
	store_case_file,
	store_person,
	store_consent,
	store_case_step,
	store_missing,
};

unsigned store_number_of(const char *const *names, unsigned count, const char *name)
{
	unsigned number = 0;

	while (number < count && strcmp(names[number], name) != 0)
		number++;
	assert(number < count);
	return number;
}

const char *store_text(struct lg_arena *arena, const PGresult *result, int row, int column)
{
	return lg_copy_text(arena, lg_field_text(result, row, column));
}

struct lg_bytes store_bytes(struct lg_arena *arena, const PGresult *result, int row, int column)
{
	return lg_copy(arena, lg_field_bytes(result, row, column));
}

struct lg_id store_row_key(struct lg_id case_id, struct lg_id id, const char *text)
{
	crypto_generichash_state state;
	struct lg_id key;

	crypto_generichash_init(&state, NULL, 0, LG_ID_SIZE);
	crypto_generichash_update(&state, case_id.byte, LG_ID_SIZE);
	crypto_generichash_update(&state, id.byte, LG_ID_SIZE);
	crypto_generichash_update(&state, (const uint8_t *)text, strlen(text));
	crypto_generichash_final(&state, key.byte, LG_ID_SIZE);
	return key;
}
