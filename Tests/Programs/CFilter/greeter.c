/*
 * The same as Samples/greeter, in C on the drop-in library: it adds the envelope sender as a header
 * field. Tests that must give the same results with both libraries start both programs.
 *
 *   greeter-c --socket SOCKET
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmilter/mfapi.h"

static sfsistat greeter_envfrom(SMFICTX *ctx, char **arguments) {
  free(smfi_getpriv(ctx));
  smfi_setpriv(ctx, strdup(arguments[0]));
  return SMFIS_CONTINUE;
}

static sfsistat greeter_eom(SMFICTX *ctx) {
  char *sender = smfi_getpriv(ctx);

  if (sender == NULL || smfi_addheader(ctx, "X-Seen-From", sender) != MI_SUCCESS)
    return SMFIS_TEMPFAIL;
  return SMFIS_ACCEPT;
}

static sfsistat greeter_close(SMFICTX *ctx) {
  free(smfi_getpriv(ctx));
  smfi_setpriv(ctx, NULL);
  return SMFIS_CONTINUE;
}

int main(int argc, char **argv) {
  struct smfiDesc greeter = {
      .xxfi_name = "greeter-c",
      .xxfi_version = SMFI_VERSION,
      .xxfi_flags = SMFIF_ADDHDRS,
      .xxfi_envfrom = greeter_envfrom,
      .xxfi_eom = greeter_eom,
      .xxfi_close = greeter_close,
  };

  if (argc != 3 || strcmp(argv[1], "--socket") != 0) {
    fputs("usage: greeter-c --socket SOCKET\n", stderr);
    return 64; /* EX_USAGE */
  }
  if (smfi_register(greeter) != MI_SUCCESS || smfi_setconn(argv[2]) != MI_SUCCESS ||
      smfi_opensocket(1) != MI_SUCCESS) {
    fprintf(stderr, "greeter-c: cannot listen on %s\n", argv[2]);
    return 1;
  }
  fprintf(stderr, "listening on %s\n", argv[2]);
  return smfi_main() == MI_SUCCESS ? 0 : 1;
}
