// The C library's DNS resolver, which Swift cannot import: its functions are macros.

#ifndef MILTER_SAMPLE_RESOLVER_H
#define MILTER_SAMPLE_RESOLVER_H

#include <stdint.h>

enum { RESOLVER_MOST_ADDRESSES = 16 };

// The IPv4 addresses that a name has.
struct resolver_answer {
  // In network byte order.
  uint8_t addresses[RESOLVER_MOST_ADDRESSES][4];
  int count;
  // How long the addresses may be kept.
  uint32_t seconds;
};

// Asks for a name's IPv4 addresses. Blocks until there is an answer, or for about `seconds`.
//
// `server` is the IPv4 address of the DNS server to ask; NULL for those of /etc/resolv.conf.
//
// Returns NULL, with an answer of no addresses for a name that does not exist, or what went wrong.
const char *resolver_ask(const char *name, const char *server, uint16_t port, int seconds,
                         struct resolver_answer *answer);

#endif
