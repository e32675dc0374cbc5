#include "services/gateway/address.h"

#include <netinet/in.h>
#include <string.h>

#define HOST_MAX 64

struct addrinfo *address_read(const char *text)
{
	char host[HOST_MAX];
	const char *colon = strrchr(text, ':');
	struct addrinfo *address = NULL;
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM,
	};

	if (colon == NULL || colon == text || colon - text >= HOST_MAX)
		return NULL;
	size_t size = (size_t)(colon - text);
	if (text[0] == '[' && text[size - 1] == ']') {
		text++;
		size -= 2;
	}
	memcpy(host, text, size);
	host[size] = '\0';
	return getaddrinfo(host, colon + 1, &hints, &address) == 0 ? address : NULL;
}

void address_note(const struct sockaddr *from, struct lg_id *ret_address, bool *ret_is_loopback)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t loopback[LG_ID_SIZE] = { [15] = 1 };
	struct lg_id address;

	if (from->sa_family == AF_INET6) {
		memcpy(address.byte, &((const struct sockaddr_in6 *)from)->sin6_addr, LG_ID_SIZE);
	} else {
		memcpy(address.byte, mapped, sizeof mapped);
		memcpy(address.byte + sizeof mapped, &((const struct sockaddr_in *)from)->sin_addr,
			4);
	}
	bool is_v4 = memcmp(address.byte, mapped, sizeof mapped) == 0;
	*ret_is_loopback = is_v4 ? address.byte[12] == 127
				 : memcmp(address.byte, loopback, sizeof loopback) == 0;
	*ret_address = address;
}
