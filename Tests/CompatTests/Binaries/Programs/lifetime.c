/*
 * A filter that misuses the library: it calls it from another thread, uses a context after its
 * connection has closed, and calls functions after smfi_main() has returned. It prints the results.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "libmilter/mfapi.h"

static SMFICTX *kept;
static int value = 42;

static void *look(void *ctx) { return smfi_getpriv(ctx); }

static sfsistat on_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *address) {
  (void)host, (void)address;
  kept = ctx;
  return smfi_setpriv(ctx, &value) == MI_SUCCESS ? SMFIS_CONTINUE : SMFIS_TEMPFAIL;
}

static sfsistat on_helo(SMFICTX *ctx, char *host) {
  pthread_t thread;
  void *found = NULL;

  (void)host;
  if (pthread_create(&thread, NULL, look, ctx) != 0) return SMFIS_TEMPFAIL;
  pthread_join(thread, &found);
  printf("another thread finds %d\n", found == NULL ? 0 : *(int *)found);
  printf("addheader in helo: %d\n", smfi_addheader(ctx, "X", "v"));
  return SMFIS_CONTINUE;
}

static void at_exit(void) {
  printf("at exit: %d\n", smfi_addheader(kept, "X", "v"));
  fflush(stdout);
}

int main(int argc, char **argv) {
  struct smfiDesc filter = {.xxfi_name = "lifetime",
                            .xxfi_version = SMFI_VERSION,
                            .xxfi_flags = SMFIF_ADDHDRS,
                            .xxfi_connect = on_connect,
                            .xxfi_helo = on_helo};

  if (argc != 2) return 2;
  printf("main without register: %d\n", smfi_main());
  atexit(at_exit);
  smfi_setdbg(1);
  if (smfi_setconn(argv[1]) != MI_SUCCESS || smfi_register(filter) != MI_SUCCESS) return 2;
  printf("main: %d\n", smfi_main());
  printf("again: %d\n", smfi_main());
  printf("after close: %d %d\n", smfi_getpriv(kept) == NULL, smfi_setpriv(kept, NULL));
  return 0;
}
