#include "filter.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "actions.h"

/* There is only one connection at a time. */
static struct input *input;

/* The context of a closed connection. Filters must not use it, but some do. */
static SMFICTX *stale;

/* A sum, so that the compiler keeps all reads of arguments. */
static volatile size_t seen;

static sfsistat decide(SMFICTX *ctx)
{
  static const sfsistat statuses[] = {0, 0, 1, 2, 3, 4, 7, 8, 10, 21, 22, -1, 5, 1 << 30};
  while (input_byte(input) & 1) act(input, input_byte(input) == 1 && stale ? stale : ctx);
  return statuses[input_byte(input) % (sizeof statuses / sizeof *statuses)];
}

static sfsistat on_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *address)
{
  seen += strlen(host);
  if (address && address->sa_family == AF_INET) seen += ((struct sockaddr_in *)address)->sin_port;
  if (address && address->sa_family == AF_INET6) {
    seen += ((struct sockaddr_in6 *)address)->sin6_port;
  }
  if (address && address->sa_family == AF_UNIX) {
    seen += strlen(((struct sockaddr_un *)address)->sun_path);
  }
  return decide(ctx);
}

/* Reads a string of the library, and writes to it, as filters may. */
static void use(char *text)
{
  size_t length = strlen(text);
  seen += length;
  memset(text, 'x', length);
}

static sfsistat on_helo(SMFICTX *ctx, char *host)
{
  use(host);
  return decide(ctx);
}

static sfsistat on_path(SMFICTX *ctx, char **arguments)
{
  if (arguments[0] == NULL) abort();
  for (char **argument = arguments; *argument; argument++) use(*argument);
  return decide(ctx);
}

static sfsistat on_header(SMFICTX *ctx, char *name, char *value)
{
  seen += strlen(name);
  use(value);
  return decide(ctx);
}

static sfsistat on_unknown(SMFICTX *ctx, const char *command)
{
  seen += strlen(command);
  return decide(ctx);
}

static sfsistat on_body(SMFICTX *ctx, unsigned char *chunk, size_t length)
{
  for (size_t i = 0; i < length; i++) seen += chunk[i];
  memset(chunk, 'x', length);
  return decide(ctx);
}

static sfsistat on_step(SMFICTX *ctx) { return decide(ctx); }

static sfsistat on_close(SMFICTX *ctx)
{
  sfsistat status = decide(ctx);
  stale = ctx;
  return status;
}

static sfsistat on_negotiate(SMFICTX *ctx, unsigned long f0, unsigned long f1, unsigned long f2,
                             unsigned long f3, unsigned long *pf0, unsigned long *pf1,
                             unsigned long *pf2, unsigned long *pf3)
{
  unsigned choice = input_byte(input);
  *pf0 = choice & 1 ? input_number(input) : f0;
  *pf1 = choice & 2 ? input_number(input) : f1 & *pf1;
  *pf2 = f2;
  *pf3 = f3;
  return decide(ctx);
}

void filter_prepare(struct input *new_input)
{
  static char name[] = "fuzzed";
  input = new_input;
  struct smfiDesc filter = {
      .xxfi_name = name,
      .xxfi_version = SMFI_VERSION,
      .xxfi_flags = 0x1FF & ~input_number(input),
      .xxfi_connect = on_connect,
      .xxfi_helo = on_helo,
      .xxfi_envfrom = on_path,
      .xxfi_envrcpt = on_path,
      .xxfi_header = on_header,
      .xxfi_eoh = on_step,
      .xxfi_body = on_body,
      .xxfi_eom = on_step,
      .xxfi_abort = on_step,
      .xxfi_close = on_close,
      .xxfi_unknown = on_unknown,
      .xxfi_data = on_step,
      .xxfi_negotiate = on_negotiate,
  };
  unsigned missing = input_byte(input) << 8 | input_byte(input);
  if (missing & 0x001) filter.xxfi_connect = NULL;
  if (missing & 0x002) filter.xxfi_helo = NULL;
  if (missing & 0x004) filter.xxfi_envfrom = NULL;
  if (missing & 0x008) filter.xxfi_envrcpt = NULL;
  if (missing & 0x010) filter.xxfi_header = NULL;
  if (missing & 0x020) filter.xxfi_eoh = NULL;
  if (missing & 0x040) filter.xxfi_body = NULL;
  if (missing & 0x080) filter.xxfi_eom = NULL;
  if (missing & 0x100) filter.xxfi_abort = NULL;
  if (missing & 0x200) filter.xxfi_unknown = NULL;
  if (missing & 0x400) filter.xxfi_data = NULL;
  if (missing & 0x800) filter.xxfi_negotiate = NULL;
  if (smfi_register(filter) != MI_SUCCESS) abort();
  settings(input);
  unsigned version = input_byte(input);
  if (version == 0) return;
  /* A filter with an unknown version does not replace the registered one. */
  filter.xxfi_version = version < 8 ? (int)version : (int)input_number(input);
  if (missing & 0x1000) filter.xxfi_name = NULL;
  smfi_register(filter);
}
