/* A filter that calls every function of the library; both C99 and C++17.
 *
 *   filter SOCKET
 *
 * The Subject of a message selects the calls. Standard output lists the calls with an unexpected
 * result, and the result of smfi_main(). */

#include <libmilter/mfapi.h>
#include <mfapi.h>

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* The library takes strings as char *, not const char *, although it does not change them. */
#define TEXT(literal) ((char *) (size_t) (literal))

#define EXPECT(condition) \
  do { \
    if (!(condition)) \
      report(#condition, __LINE__); \
  } while (0)

static void report(const char *condition, int line)
{
  printf("line %d: not %s\n", line, condition);
  fflush(stdout);
}

/* What the filter knows about a connection. */
struct own {
  char subject[64];
  char address[64];
  size_t body;
};

static struct own *own(SMFICTX *ctx)
{
  struct own *data = (struct own *) smfi_getpriv(ctx);

  EXPECT(data != NULL);
  return data;
}

static sfsistat negotiate(SMFICTX *ctx, unsigned long f0, unsigned long f1, unsigned long f2,
    unsigned long f3, unsigned long *pf0, unsigned long *pf1, unsigned long *pf2,
    unsigned long *pf3)
{
  EXPECT((f0 & SMFI_CURR_ACTS) == SMFI_CURR_ACTS);
  EXPECT((f1 & SMFIP_SKIP) != 0 && f2 == 0 && f3 == 0);
  EXPECT(smfi_setsymlist(ctx, SMFIM_CONNECT, TEXT("j")) == MI_SUCCESS);
  EXPECT(smfi_setsymlist(ctx, SMFIM_CONNECT, TEXT("j")) == MI_FAILURE);
  *pf0 = SMFIF_ADDHDRS | SMFIF_CHGBODY | SMFIF_ADDRCPT | SMFIF_DELRCPT | SMFIF_CHGHDRS
      | SMFIF_QUARANTINE | SMFIF_CHGFROM | SMFIF_ADDRCPT_PAR | SMFIF_SETSYMLIST;
  *pf1 = SMFIP_SKIP | SMFIP_NR_HDR | SMFIP_NOUNKNOWN;
  *pf2 = 0;
  *pf3 = 0;
  return SMFIS_CONTINUE;
}

static sfsistat on_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *address)
{
  struct own *data = (struct own *) calloc(1, sizeof *data);
  const char *name = smfi_getsymval(ctx, TEXT("j"));

  if (data == NULL)
    return SMFIS_TEMPFAIL;
  EXPECT(smfi_getpriv(ctx) == NULL);
  EXPECT(smfi_setpriv(ctx, data) == MI_SUCCESS);
  EXPECT(strcmp(host, "client.example.org") == 0);
  EXPECT(name != NULL && strcmp(name, "mx.example.org") == 0);
  EXPECT(smfi_getsymval(ctx, TEXT("{client_addr}")) == NULL);
  EXPECT(address != NULL && address->sa_family == AF_INET);
  if (address != NULL && address->sa_family == AF_INET) {
    struct sockaddr_in inet;
    unsigned long number;

    memcpy(&inet, address, sizeof inet);
    number = ntohl(inet.sin_addr.s_addr);
    snprintf(data->address, sizeof data->address, "%lu.%lu.%lu.%lu", number >> 24,
        number >> 16 & 255, number >> 8 & 255, number & 255);
    EXPECT(ntohs(inet.sin_port) == 49152);
  }
  return SMFIS_CONTINUE;
}

static sfsistat on_helo(SMFICTX *ctx, char *name)
{
  (void) ctx;
  return name[0] == '\0' ? SMFIS_REJECT : SMFIS_CONTINUE;
}

static sfsistat on_envfrom(SMFICTX *ctx, char **arguments)
{
  own(ctx)->body = 0;
  return arguments[0] == NULL ? SMFIS_TEMPFAIL : SMFIS_CONTINUE;
}

static sfsistat on_envrcpt(SMFICTX *ctx, char **arguments)
{
  if (strcmp(arguments[0], "<refused@example.net>") == 0) {
    EXPECT(smfi_setreply(ctx, TEXT("550"), TEXT("5.1.1"), TEXT("nobody")) == MI_SUCCESS);
    EXPECT(smfi_setreply(ctx, TEXT("250"), NULL, NULL) == MI_FAILURE);
    return SMFIS_REJECT;
  }
  if (strcmp(arguments[0], "<later@example.net>") == 0) {
    EXPECT(smfi_setmlreply(ctx, "451", "4.2.1", "come", "back", (char *) NULL) == MI_SUCCESS);
    return SMFIS_TEMPFAIL;
  }
  return SMFIS_CONTINUE;
}

static sfsistat on_header(SMFICTX *ctx, char *name, char *value)
{
  if (strcmp(name, "Subject") == 0)
    snprintf(own(ctx)->subject, sizeof own(ctx)->subject, "%s", value);
  return SMFIS_NOREPLY;
}

static sfsistat on_eoh(SMFICTX *ctx)
{
  /* Changes are for the end of the message only. */
  EXPECT(smfi_addheader(ctx, TEXT("X-Early"), TEXT("no")) == MI_FAILURE);
  return SMFIS_CONTINUE;
}

static sfsistat on_body(SMFICTX *ctx, unsigned char *bytes, size_t count)
{
  EXPECT(bytes != NULL);
  own(ctx)->body += count;
  return strcmp(own(ctx)->subject, "skip") == 0 ? SMFIS_SKIP : SMFIS_CONTINUE;
}

static sfsistat change(SMFICTX *ctx)
{
  unsigned char body[] = "new body\r\n";
  char sizes[32];

  snprintf(sizes, sizeof sizes, "%lu", (unsigned long) own(ctx)->body);
  EXPECT(smfi_addheader(ctx, TEXT("X-Body"), sizes) == MI_SUCCESS);
  EXPECT(smfi_insheader(ctx, 0, TEXT("X-Address"), own(ctx)->address) == MI_SUCCESS);
  EXPECT(smfi_chgheader(ctx, TEXT("Subject"), 1, TEXT("changed")) == MI_SUCCESS);
  EXPECT(smfi_chgheader(ctx, TEXT("X-Old"), 1, NULL) == MI_SUCCESS);
  EXPECT(smfi_chgheader(ctx, TEXT("X-Old"), -1, NULL) == MI_FAILURE);
  EXPECT(smfi_chgfrom(ctx, TEXT("<new@example.org>"), NULL) == MI_SUCCESS);
  EXPECT(smfi_chgfrom(ctx, TEXT("<new@example.org>"), TEXT("SIZE=1")) == MI_SUCCESS);
  EXPECT(smfi_addrcpt(ctx, TEXT("<added@example.net>")) == MI_SUCCESS);
  EXPECT(
      smfi_addrcpt_par(ctx, TEXT("<par@example.net>"), TEXT("NOTIFY=NEVER")) == MI_SUCCESS);
  EXPECT(smfi_delrcpt(ctx, TEXT("<bob@example.net>")) == MI_SUCCESS);
  EXPECT(smfi_progress(ctx) == MI_SUCCESS);
  EXPECT(smfi_replacebody(ctx, body, (int) sizeof body - 1) == MI_SUCCESS);
  EXPECT(smfi_quarantine(ctx, TEXT("held")) == MI_SUCCESS);
  EXPECT(smfi_quarantine(ctx, TEXT("")) == MI_FAILURE);
  return SMFIS_CONTINUE;
}

static sfsistat on_eom(SMFICTX *ctx)
{
  const char *subject = own(ctx)->subject;

  if (strcmp(subject, "change") == 0)
    return change(ctx);
  if (strcmp(subject, "accept") == 0)
    return SMFIS_ACCEPT;
  if (strcmp(subject, "discard") == 0)
    return SMFIS_DISCARD;
  if (strcmp(subject, "stop") == 0)
    EXPECT(smfi_stop() == MI_SUCCESS);
  return SMFIS_CONTINUE;
}

static sfsistat on_abort(SMFICTX *ctx)
{
  EXPECT(smfi_getpriv(ctx) != NULL);
  return SMFIS_CONTINUE;
}

static sfsistat on_close(SMFICTX *ctx)
{
  free(smfi_getpriv(ctx));
  EXPECT(smfi_setpriv(ctx, NULL) == MI_SUCCESS);
  return SMFIS_CONTINUE;
}

static sfsistat on_unknown(SMFICTX *ctx, const char *command)
{
  (void) ctx;
  (void) command;
  return SMFIS_CONTINUE;
}

static sfsistat on_data(SMFICTX *ctx)
{
  EXPECT(smfi_getsymval(ctx, TEXT("{i}")) != NULL);
  return SMFIS_CONTINUE;
}

int main(int argc, char *argv[])
{
  unsigned int major, minor, level;
  struct smfiDesc filter;
  smfiDesc_str *description = &filter;
  int result;

  if (argc != 2)
    return 64;
  memset(&filter, 0, sizeof filter);
  description->xxfi_name = TEXT("filter");
  description->xxfi_version = SMFI_VERSION;
  description->xxfi_flags = SMFIF_NONE | SMFIF_MODBODY;
  description->xxfi_connect = on_connect;
  description->xxfi_helo = on_helo;
  description->xxfi_envfrom = on_envfrom;
  description->xxfi_envrcpt = on_envrcpt;
  description->xxfi_header = on_header;
  description->xxfi_eoh = on_eoh;
  description->xxfi_body = on_body;
  description->xxfi_eom = on_eom;
  description->xxfi_abort = on_abort;
  description->xxfi_close = on_close;
  description->xxfi_unknown = on_unknown;
  description->xxfi_data = on_data;
  description->xxfi_negotiate = negotiate;

  EXPECT(smfi_version(&major, &minor, &level) == MI_SUCCESS);
  EXPECT(major == SM_LM_VRS_MAJOR(SMFI_VERSION));
  EXPECT(minor == SM_LM_VRS_MINOR(SMFI_VERSION));
  EXPECT(level == SM_LM_VRS_PLVL(SMFI_VERSION));
  EXPECT(smfi_opensocket(0) == MI_FAILURE);
  EXPECT(smfi_register(filter) == MI_SUCCESS);
  EXPECT(smfi_setconn(NULL) == MI_FAILURE);
  EXPECT(smfi_setconn(argv[1]) == MI_SUCCESS);
  EXPECT(smfi_settimeout(600) == MI_SUCCESS);
  EXPECT(smfi_setbacklog(16) == MI_SUCCESS);
  EXPECT(smfi_setbacklog(0) == MI_FAILURE);
  EXPECT(smfi_setdbg(0) == MI_SUCCESS);
  EXPECT(smfi_setmaxdatasize(MILTER_MAX_DATA_SIZE) == MILTER_MAX_DATA_SIZE);
  EXPECT(smfi_opensocket(1) == MI_SUCCESS);
  result = smfi_main();
  printf("smfi_main returned %d\n", result);
  return result;
}
