#include "resolver.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <string.h>

// Asks, and returns the length of the answer or -1 with what h_errno has.
#if defined(__GLIBC__) || defined(__APPLE__)
static int ask(const char *name, const char *server, uint16_t port, int seconds,
               unsigned char *bytes, int size, int *error) {
  struct __res_state state;
  memset(&state, 0, sizeof state);
  *error = NO_RECOVERY;
  if (res_ninit(&state) != 0) return -1;
  state.retrans = seconds;
  state.retry = 1;
  int length = -1;
  if (server) {
    memset(&state.nsaddr_list[0], 0, sizeof state.nsaddr_list[0]);
    state.nscount = 1;
    state.nsaddr_list[0].sin_family = AF_INET;
    state.nsaddr_list[0].sin_port = htons(port);
  }
  if (!server || inet_pton(AF_INET, server, &state.nsaddr_list[0].sin_addr) == 1) {
    length = res_nquery(&state, name, ns_c_in, ns_t_a, bytes, size);
    *error = state.res_h_errno;
  }
  res_nclose(&state);
  return length;
}
#else
// musl's resolver has no state of its own to set up, and takes its limits from /etc/resolv.conf.
static int ask(const char *name, const char *server, uint16_t port, int seconds,
               unsigned char *bytes, int size, int *error) {
  (void)port;
  (void)seconds;
  *error = NO_RECOVERY;
  if (server) return -1;
  int length = res_query(name, ns_c_in, ns_t_a, bytes, size);
  *error = h_errno;
  return length;
}
#endif

const char *resolver_ask(const char *name, const char *server, uint16_t port, int seconds,
                         struct resolver_answer *answer) {
  unsigned char bytes[4096];
  int error;
  memset(answer, 0, sizeof *answer);
  int length = ask(name, server, port, seconds, bytes, sizeof bytes, &error);
  if (length < 0) {
    if (error == HOST_NOT_FOUND || error == NO_DATA) return NULL;
    return error == TRY_AGAIN ? "no answer" : "the DNS server refuses to answer";
  }
  ns_msg message;
  if (length > (int)sizeof bytes || ns_initparse(bytes, length, &message) != 0)
    return "the answer cannot be read";
  answer->seconds = UINT32_MAX;
  for (int index = 0; index < ns_msg_count(message, ns_s_an); index++) {
    ns_rr record;
    if (ns_parserr(&message, ns_s_an, index, &record) != 0) return "the answer cannot be read";
    if (ns_rr_ttl(record) < answer->seconds) answer->seconds = ns_rr_ttl(record);
    // An alias stands before the addresses.
    if (ns_rr_type(record) != ns_t_a || ns_rr_rdlen(record) != 4) continue;
    if (answer->count == RESOLVER_MOST_ADDRESSES) break;
    memcpy(answer->addresses[answer->count++], ns_rr_rdata(record), 4);
  }
  return NULL;
}
