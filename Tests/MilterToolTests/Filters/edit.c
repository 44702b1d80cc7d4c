/* A filter on Sendmail's libmilter that changes everything in a message, and refuses some messages. */
#include <libmilter/mfapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct message {
  unsigned headers;
  unsigned long bytes;
  int is_refused, is_held;
};

static sfsistat edit_envfrom(SMFICTX *ctx, char **args) {
  struct message *message = smfi_getpriv(ctx);
  if (strcmp(args[0], "<reject@example.org>") == 0) return SMFIS_REJECT;
  if (message == NULL) message = malloc(sizeof *message);
  if (message == NULL) return SMFIS_TEMPFAIL;
  memset(message, 0, sizeof *message);
  smfi_setpriv(ctx, message);
  return SMFIS_CONTINUE;
}

static sfsistat edit_envrcpt(SMFICTX *ctx, char **args) {
  (void)ctx;
  return strcmp(args[0], "<later@example.org>") == 0 ? SMFIS_TEMPFAIL : SMFIS_CONTINUE;
}

static sfsistat edit_header(SMFICTX *ctx, char *name, char *value) {
  struct message *message = smfi_getpriv(ctx);
  message->headers++;
  if (strcmp(name, "Subject") != 0) return SMFIS_CONTINUE;
  message->is_refused = strcmp(value, "refuse") == 0;
  message->is_held = strcmp(value, "hold") == 0;
  return SMFIS_CONTINUE;
}

static sfsistat edit_body(SMFICTX *ctx, unsigned char *chunk, size_t size) {
  struct message *message = smfi_getpriv(ctx);
  (void)chunk;
  message->bytes += size;
  return SMFIS_CONTINUE;
}

static sfsistat edit_eom(SMFICTX *ctx) {
  struct message *message = smfi_getpriv(ctx);
  unsigned char body[] = "new body\r\n";
  char text[100];
  if (message->is_refused) {
    smfi_setreply(ctx, "554", "5.7.9", "not wanted");
    return SMFIS_REJECT;
  }
  if (message->is_held && smfi_quarantine(ctx, "held") != MI_SUCCESS) return SMFIS_TEMPFAIL;
  snprintf(text, sizeof text, "%u headers, %lu bytes", message->headers, message->bytes);
  if (smfi_addheader(ctx, "X-Seen", text) != MI_SUCCESS ||
      smfi_chgheader(ctx, "Subject", 1, "changed") != MI_SUCCESS ||
      smfi_delrcpt(ctx, "<gone@example.org>") != MI_SUCCESS ||
      smfi_addrcpt(ctx, "<new@example.org>") != MI_SUCCESS ||
      smfi_replacebody(ctx, body, sizeof body - 1) != MI_SUCCESS)
    return SMFIS_TEMPFAIL;
  return SMFIS_CONTINUE;
}

static sfsistat edit_close(SMFICTX *ctx) {
  free(smfi_getpriv(ctx));
  smfi_setpriv(ctx, NULL);
  return SMFIS_CONTINUE;
}

int main(int argc, char **argv) {
  struct smfiDesc description = {
      .xxfi_name = "edit",
      .xxfi_version = SMFI_VERSION,
      .xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_CHGBODY | SMFIF_ADDRCPT |
                    SMFIF_DELRCPT | SMFIF_QUARANTINE,
      .xxfi_envfrom = edit_envfrom,
      .xxfi_envrcpt = edit_envrcpt,
      .xxfi_header = edit_header,
      .xxfi_body = edit_body,
      .xxfi_eom = edit_eom,
      .xxfi_close = edit_close,
  };
  if (argc != 2 || smfi_setconn(argv[1]) != MI_SUCCESS) return 1;
  if (smfi_register(description) != MI_SUCCESS) return 1;
  return smfi_main();
}
