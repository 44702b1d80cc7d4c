/*
 * Internal functions of the original. Most of them can be called only with the private headers of the
 * original's release; here they fail. The others do the same as in the original.
 */

#include <arpa/inet.h>
#include <stddef.h>
#include <strings.h>

#include "libmilter/mfapi.h"
#include "names.h"

void freehostent(struct hostent *host) { (void)host; }

struct hostent *mi_gethostbyname(char *name, int family) {
  struct hostent *host = gethostbyname(name);

  if (host == NULL || host->h_addrtype == family) return host;
  h_errno = NO_DATA;
  return NULL;
}

int mi_inet_pton(int family, const char *text, void *address) {
  static const char tag[] = "IPv6:";

  /* The tag at the start of IPv6 addresses in mail, according to RFC 5321. */
  if (family == AF_INET6 && strncasecmp(text, tag, sizeof tag - 1) == 0) text += sizeof tag - 1;
  return inet_pton(family, text, address);
}

void mi_stop_milters(int reason) {
  (void)reason;
  smfi_stop();
}

#define FAILS(name) \
  int name(void);   \
  int name(void) { return MI_FAILURE; }

FAILS(mi_clean_signals)
FAILS(mi_closener)
FAILS(mi_clr_ctx)
FAILS(mi_clr_macros)
FAILS(mi_control_startup)
FAILS(mi_engine)
FAILS(mi_listener)
FAILS(mi_opensocket)
FAILS(mi_pool_controller_init)
FAILS(mi_sendok)
FAILS(mi_start_session)
FAILS(mi_stop)
FAILS(mi_wr_cmd)

char *mi_rd_cmd(void);
char *mi_rd_cmd(void) { return NULL; }
