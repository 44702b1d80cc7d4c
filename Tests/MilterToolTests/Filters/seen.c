/* A filter on Sendmail's libmilter that adds a header field with the number of fields and body bytes. */
#include <libmilter/mfapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct message {
  unsigned headers;
  unsigned long bytes;
};

static sfsistat seen_envfrom(SMFICTX *ctx, char **args) {
  struct message *message = smfi_getpriv(ctx);
  if (strcmp(args[0], "<reject@example.org>") == 0) return SMFIS_REJECT;
  if (message == NULL) message = malloc(sizeof *message);
  if (message == NULL) return SMFIS_TEMPFAIL;
  memset(message, 0, sizeof *message);
  smfi_setpriv(ctx, message);
  return SMFIS_CONTINUE;
}

static sfsistat seen_header(SMFICTX *ctx, char *name, char *value) {
  struct message *message = smfi_getpriv(ctx);
  (void)name;
  (void)value;
  message->headers++;
  return SMFIS_CONTINUE;
}

static sfsistat seen_body(SMFICTX *ctx, unsigned char *chunk, size_t size) {
  struct message *message = smfi_getpriv(ctx);
  (void)chunk;
  message->bytes += size;
  return SMFIS_CONTINUE;
}

static sfsistat seen_eom(SMFICTX *ctx) {
  struct message *message = smfi_getpriv(ctx);
  char text[100];
  snprintf(text, sizeof text, "%u headers, %lu bytes", message->headers, message->bytes);
  return smfi_addheader(ctx, "X-Seen", text) == MI_SUCCESS ? SMFIS_ACCEPT : SMFIS_TEMPFAIL;
}

static sfsistat seen_close(SMFICTX *ctx) {
  free(smfi_getpriv(ctx));
  smfi_setpriv(ctx, NULL);
  return SMFIS_CONTINUE;
}

int main(int argc, char **argv) {
  struct smfiDesc description = {
      .xxfi_name = "seen",
      .xxfi_version = SMFI_VERSION,
      .xxfi_flags = SMFIF_ADDHDRS,
      .xxfi_envfrom = seen_envfrom,
      .xxfi_header = seen_header,
      .xxfi_body = seen_body,
      .xxfi_eom = seen_eom,
      .xxfi_close = seen_close,
  };
  if (argc != 2 || smfi_setconn(argv[1]) != MI_SUCCESS) return 1;
  if (smfi_register(description) != MI_SUCCESS) return 1;
  return smfi_main();
}
