/* The filter of Sources/soak-filter in C, on the drop-in library.
 *
 *   soak-filter-c --socket SOCKET */

#define _DEFAULT_SOURCE

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libmilter/mfapi.h"

struct message {
  char deed[16], stage[16];
  int number;
  uint64_t hash;
};

static void add(struct message *message, const void *data, size_t length)
{
  const unsigned char *bytes = data;
  for (size_t i = 0; i < length; i++)
    message->hash = (message->hash ^ bytes[i]) * UINT64_C(0x100000001b3);
}

/* Carries out the sender's order, once for each message. */
static sfsistat deed(SMFICTX *ctx, const char *stage)
{
  struct message *message = smfi_getpriv(ctx);
  if (message == NULL || strcmp(message->stage, stage) != 0) return SMFIS_CONTINUE;
  if (strcmp(message->deed, "accept") == 0) return SMFIS_ACCEPT;
  if (strcmp(message->deed, "discard") == 0) return SMFIS_DISCARD;
  if (strcmp(message->deed, "reject") == 0) {
    char text[32];
    snprintf(text, sizeof text, "order %d", message->number);
    smfi_setreply(ctx, "550", "5.7.1", text);
    return SMFIS_REJECT;
  }
  if (strcmp(message->deed, "slow") == 0) {
    usleep(1000 * (unsigned)(1 + message->number % 20));
    return SMFIS_CONTINUE;
  }
  return SMFIS_TEMPFAIL; /* tempfail, and also fault, because C cannot throw */
}

static void forget(SMFICTX *ctx)
{
  free(smfi_getpriv(ctx));
  smfi_setpriv(ctx, NULL);
}

static sfsistat on_envfrom(SMFICTX *ctx, char **arguments)
{
  forget(ctx);
  struct message *message = calloc(1, sizeof *message);
  if (message == NULL || smfi_setpriv(ctx, message) != MI_SUCCESS) return SMFIS_TEMPFAIL;
  message->hash = UINT64_C(0xcbf29ce484222325);
  if (sscanf(arguments[0], "<%15[a-z].%15[a-z].%d@", message->deed, message->stage,
             &message->number) != 3)
    return SMFIS_TEMPFAIL;
  add(message, arguments[0], strlen(arguments[0]));
  return deed(ctx, "envfrom");
}

static sfsistat on_envrcpt(SMFICTX *ctx, char **arguments)
{
  struct message *message = smfi_getpriv(ctx);
  if (message) add(message, arguments[0], strlen(arguments[0]));
  return SMFIS_CONTINUE;
}

static sfsistat on_header(SMFICTX *ctx, char *name, char *value)
{
  struct message *message = smfi_getpriv(ctx);
  if (message) {
    add(message, name, strlen(name));
    add(message, value, strlen(value));
  }
  return deed(ctx, "header");
}

static sfsistat on_eoh(SMFICTX *ctx) { return deed(ctx, "eoh"); }

static sfsistat on_body(SMFICTX *ctx, unsigned char *chunk, size_t length)
{
  struct message *message = smfi_getpriv(ctx);
  if (message) add(message, chunk, length);
  return deed(ctx, "body");
}

static sfsistat on_eom(SMFICTX *ctx)
{
  struct message *message = smfi_getpriv(ctx);
  char field[48];
  if (message == NULL) return SMFIS_TEMPFAIL;
  snprintf(field, sizeof field, "%d %llx", message->number, (unsigned long long)message->hash);
  if (smfi_addheader(ctx, "X-Soak", field) != MI_SUCCESS) return SMFIS_TEMPFAIL;
  return deed(ctx, "eom");
}

static sfsistat on_end(SMFICTX *ctx)
{
  forget(ctx);
  return SMFIS_CONTINUE;
}

int main(int argc, char **argv)
{
  struct smfiDesc filter = {
      .xxfi_name = "soak-filter-c",
      .xxfi_version = SMFI_VERSION,
      .xxfi_flags = SMFIF_ADDHDRS,
      .xxfi_envfrom = on_envfrom,
      .xxfi_envrcpt = on_envrcpt,
      .xxfi_header = on_header,
      .xxfi_eoh = on_eoh,
      .xxfi_body = on_body,
      .xxfi_eom = on_eom,
      .xxfi_abort = on_end,
      .xxfi_close = on_end,
  };
  if (argc != 3 || smfi_register(filter) != MI_SUCCESS || smfi_setconn(argv[2]) != MI_SUCCESS ||
      smfi_setbacklog(1024) != MI_SUCCESS) {
    fputs("usage: soak-filter-c --socket SOCKET\n", stderr);
    return 64;
  }
  return smfi_main() == MI_SUCCESS ? 0 : 1;
}
