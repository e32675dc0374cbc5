#include "services/matching/wire/trace_secret.h"

#include <assert.h>
#include <sodium.h>

static void derive(const uint8_t *secret, const char *label, struct lg_id about, uint8_t *ret_bytes,
	size_t size)
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, secret, CLK_KEY_SIZE, size);
	crypto_generichash_update(&state, (const uint8_t *)label, strlen(label));
	crypto_generichash_update(&state, about.byte, LG_ID_SIZE);
	crypto_generichash_final(&state, ret_bytes, size);
}

void trace_secret_check(const uint8_t secret[CLK_KEY_SIZE], uint8_t ret_check[TRACE_CHECK_SIZE])
{
	derive(secret, "check", (struct lg_id){ 0 }, ret_check, TRACE_CHECK_SIZE);
}

void trace_token(const uint8_t secret[CLK_KEY_SIZE], struct lg_id record_id,
	uint8_t ret_token[TRACE_TOKEN_SIZE])
{
	derive(secret, "token", record_id, ret_token, TRACE_TOKEN_SIZE);
}

/* As many bits as a real one has, each place as likely as any other. */
static struct clk noise(uint32_t weight)
{
	struct clk clk = { { 0 } };

	for (uint32_t set = 0; set < weight;) {
		uint32_t bit = randombytes_uniform(CLK_BITS);
		uint64_t mask = UINT64_C(1) << bit % 64;

		set += (clk.word[bit / 64] & mask) == 0;
		clk.word[bit / 64] |= mask;
	}
	return clk;
}

void trace_pad(struct clk *clks, uint32_t count, uint32_t wanted)
{
	assert(count > 0);

	for (uint32_t i = count; i < wanted; i++)
		clks[i] = noise(clk_weight(&clks[i % count]));
	for (uint32_t i = wanted - 1; i > 0; i--) { /* the real ones stand anywhere */
		uint32_t other = randombytes_uniform(i + 1);
		struct clk kept = clks[i];

		clks[i] = clks[other];
		clks[other] = kept;
	}
}
