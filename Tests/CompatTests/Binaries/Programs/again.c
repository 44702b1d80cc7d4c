/*
 * Runs the library's main loop again after it was stopped, and prints what the functions return.
 *
 *   again SOCKET STEP...
 *
 * The library is stopped first, so that no step waits. Steps: main, open, reopen (which removes an
 * existing socket file), register, setconn, unlink.
 */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libmilter/mfapi.h"

static int run(const char *step, char *socket, struct smfiDesc filter) {
  if (strcmp(step, "main") == 0) return smfi_main();
  if (strcmp(step, "open") == 0) return smfi_opensocket(0);
  if (strcmp(step, "reopen") == 0) return smfi_opensocket(1);
  if (strcmp(step, "register") == 0) return smfi_register(filter);
  if (strcmp(step, "setconn") == 0) return smfi_setconn(socket);
  if (strcmp(step, "unlink") == 0) return unlink(strchr(socket, ':') + 1);
  return 99;
}

int main(int argc, char **argv) {
  struct smfiDesc filter;
  static char name[] = "again";
  int i;

  if (argc < 3) return 64;
  memset(&filter, 0, sizeof filter);
  filter.xxfi_name = name;
  filter.xxfi_version = SMFI_VERSION;
  printf("register %d\n", smfi_register(filter));
  printf("setconn %d\n", smfi_setconn(argv[1]));
  printf("stop %d\n", smfi_stop());
  for (i = 2; i < argc; i++) printf("%s %d\n", argv[i], run(argv[i], argv[1], filter));
  return 0;
}
