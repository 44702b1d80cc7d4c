/* The filter of Sources/bench-filter in C: it has every callback, and adds one header field in eom.
 *
 * The same binary runs on the original libmilter and, with LD_LIBRARY_PATH, on ours.
 *
 *   bench-filter MODE unix:PATH | bench-filter MODE inet:PORT@127.0.0.1 */
#include <libmilter/mfapi.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <unistd.h>

/* A sum, so that the compiler keeps all reads of arguments. Each thread has its own, because a shared
 * one would make processors wait for each other. */
static _Thread_local unsigned long long seen;

static sfsistat do_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *address)
{
  (void)ctx;
  (void)address;
  seen += strlen(host);
  return SMFIS_CONTINUE;
}

static sfsistat do_helo(SMFICTX *ctx, char *host)
{
  (void)ctx;
  seen += strlen(host);
  return SMFIS_CONTINUE;
}

static sfsistat do_address(SMFICTX *ctx, char **arguments)
{
  (void)ctx;
  seen += strlen(arguments[0]);
  return SMFIS_CONTINUE;
}

static sfsistat do_unknown(SMFICTX *ctx, const char *command)
{
  (void)ctx;
  seen += strlen(command);
  return SMFIS_CONTINUE;
}

static sfsistat do_step(SMFICTX *ctx)
{
  (void)ctx;
  return SMFIS_CONTINUE;
}

static sfsistat do_header(SMFICTX *ctx, char *name, char *value)
{
  (void)ctx;
  seen += strlen(name) + strlen(value);
  return SMFIS_CONTINUE;
}

static sfsistat do_header_noreply(SMFICTX *ctx, char *name, char *value)
{
  do_header(ctx, name, value);
  return SMFIS_NOREPLY;
}

static sfsistat do_header_block(SMFICTX *ctx, char *name, char *value)
{
  do_header(ctx, name, value);
  if (strcasecmp(name, "X-Block") == 0)
    usleep(500000);
  return SMFIS_CONTINUE;
}

static sfsistat do_body(SMFICTX *ctx, unsigned char *chunk, size_t size)
{
  (void)ctx;
  if (size)
    seen += size + chunk[0];
  return SMFIS_CONTINUE;
}

static sfsistat do_eom(SMFICTX *ctx)
{
  if (smfi_addheader(ctx, "X-Bench", "checked") != MI_SUCCESS)
    return SMFIS_TEMPFAIL;
  return SMFIS_ACCEPT;
}

static sfsistat do_negotiate(SMFICTX *ctx, unsigned long f0, unsigned long f1, unsigned long f2,
                             unsigned long f3, unsigned long *pf0, unsigned long *pf1,
                             unsigned long *pf2, unsigned long *pf3)
{
  (void)ctx;
  (void)f0;
  (void)f2;
  (void)f3;
  *pf0 = SMFIF_ADDHDRS;
  *pf1 = f1 & SMFIP_NR_HDR;
  *pf2 = *pf3 = 0;
  return SMFIS_CONTINUE;
}

int main(int argc, char **argv)
{
  char name[] = "bench-filter";
  struct smfiDesc all = { name, SMFI_VERSION, SMFIF_ADDHDRS, do_connect, do_helo, do_address,
                          do_address, do_header, do_step, do_body, do_eom, do_step, do_step,
                          do_unknown, do_step, NULL };
  struct smfiDesc rcpt = { name, SMFI_VERSION, SMFIF_ADDHDRS, NULL, NULL, NULL, do_address, NULL,
                           NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL };
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (argc != 3) {
    fprintf(stderr, "usage: bench-filter full|rcpt|noreply|block unix:PATH|inet:PORT@HOST\n");
    return 64;
  }
  if (strcmp(argv[1], "block") == 0)
    all.xxfi_header = do_header_block;
  if (strcmp(argv[1], "noreply") == 0) {
    all.xxfi_header = do_header_noreply;
    all.xxfi_negotiate = do_negotiate;
  }
  if (smfi_setconn(argv[2]) != MI_SUCCESS
      || smfi_register(strcmp(argv[1], "rcpt") == 0 ? rcpt : all) != MI_SUCCESS
      || smfi_setbacklog(4096) != MI_SUCCESS) {
    fprintf(stderr, "bench-filter: cannot set up\n");
    return 1;
  }
  return smfi_main() == MI_SUCCESS ? 0 : 1;
}
