/*
 * doorman: the checks that a mail host makes when a message arrives. The folders beside this one have the
 * same filter in Swift, with libmilter's names and with MilterKit's. The article PortingFromLibmilter compares
 * the three.
 *
 *   doorman -p SOCKET [-n NAME]... [-d DOMAIN]... [-r COUNT] [-c COUNT] [-b BYTES] [-t TAG]
 *
 *   -p SOCKET  the socket for the MTA, such as inet:8891@127.0.0.1
 *   -n NAME    refuse clients that introduce themselves as NAME
 *   -d DOMAIN  refuse senders of DOMAIN
 *   -r COUNT   the maximum number of recipients of a message (default 100)
 *   -c COUNT   quarantine messages with more than COUNT Received fields (default 25)
 *   -b BYTES   the number of bytes of the body to hash (default 4096)
 *   -t TAG     the text to put in front of the subject (default [EXT])
 *
 * The filter removes X-Doorman fields of the sender, and adds its own with the hash. Clients on this host
 * pass, and so do messages of users who have authenticated.
 */

#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "libmilter/mfapi.h"
#include "libmilter/mfdef.h"

#define TRACE "X-Doorman"
#define MOST_NAMES 32
#define WANTED (SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE | SMFIF_SETSYMLIST)

/* The settings. They are written before smfi_main(), and only read after it. */
static const char *own_names[MOST_NAMES + 1], *blocked_domains[MOST_NAMES + 1];
static const char *tag = "[EXT]";
static int most_recipients = 100, most_hops = 25;
static size_t hashed_bytes = 4096;

/* A client, and its current message. */
struct client {
  int can_skip;
  char *helo;
  char *sender, *subject;
  int recipients, hops, forged;
  size_t bytes;
  unsigned long hash;
};

/* Resets the members of the message, not those of the client. */
static void forget_message(struct client *client) {
  free(client->sender);
  free(client->subject);
  client->sender = client->subject = NULL;
  client->recipients = client->hops = client->forged = 0;
  client->bytes = 0;
  client->hash = 2166136261UL; /* the 32-bit FNV-1a hash of nothing */
}

/* The private data of a connection, made at the first call; NULL if there is no memory. */
static struct client *client_of(SMFICTX *ctx) {
  struct client *client = smfi_getpriv(ctx);

  if (client == NULL && (client = calloc(1, sizeof *client)) != NULL) {
    forget_message(client);
    smfi_setpriv(ctx, client);
  }
  return client;
}

/* Whether a name is in a list. Case does not matter. */
static int is_listed(const char *name, size_t length, const char **list) {
  for (; *list != NULL; list++)
    if (strlen(*list) == length && strncasecmp(*list, name, length) == 0) return 1;
  return 0;
}

/* Whether the sender's domain, the text after the last @, is blocked. */
static int is_blocked(const char *sender) {
  const char *at = strrchr(sender, '@');

  return at != NULL && is_listed(at + 1, strcspn(at + 1, ">"), blocked_domains);
}

/* A text of the client if it can be a word in a header field; otherwise a dash. */
static const char *word(const char *text) {
  const char *end = text;

  while (end != NULL && *end > ' ' && *end <= '~') end++;
  return end == NULL || end == text || *end != '\0' || end - text > 255 ? "-" : text;
}

/* Whether a subject can be tagged: it has no raw 8-bit characters, and no tag yet. */
static int is_taggable(const char *subject) {
  const char *end = subject;

  while ((*end >= ' ' && *end <= '~') || *end == '\t' || *end == '\n') end++;
  return *end == '\0' && strncmp(subject, tag, strlen(tag)) != 0;
}

static sfsistat doorman_negotiate(SMFICTX *ctx, unsigned long f0, unsigned long f1,
                                  unsigned long f2, unsigned long f3, unsigned long *pf0,
                                  unsigned long *pf1, unsigned long *pf2, unsigned long *pf3) {
  struct client *client = client_of(ctx);

  (void)f2, (void)f3;
  if (client == NULL) return SMFIS_REJECT;
  if (f0 & SMFIF_SETSYMLIST) {
    smfi_setsymlist(ctx, SMFIM_ENVFROM, "{auth_authen}");
    smfi_setsymlist(ctx, SMFIM_EOM, "i");
  }
  *pf0 = f0 & WANTED; /* an action that the MTA lacks fails later, and so does the message */
  *pf1 = (*pf1 | SMFIP_NR_HDR) & f1;
  *pf2 = *pf3 = 0;
  client->can_skip = (*pf1 & SMFIP_SKIP) != 0;
  return SMFIS_CONTINUE;
}

static sfsistat doorman_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *address) {
  (void)host;
  if (client_of(ctx) == NULL) return SMFIS_TEMPFAIL;
  if (address == NULL) return SMFIS_CONTINUE;
  if (address->sa_family == AF_INET) {
    const struct sockaddr_in *inet = (const struct sockaddr_in *)address;
    if (ntohl(inet->sin_addr.s_addr) >> 24 == 127) return SMFIS_ACCEPT;
  } else if (address->sa_family == AF_INET6) {
    const struct sockaddr_in6 *inet6 = (const struct sockaddr_in6 *)address;
    if (IN6_IS_ADDR_LOOPBACK(&inet6->sin6_addr)) return SMFIS_ACCEPT;
  }
  return SMFIS_CONTINUE;
}

static sfsistat doorman_helo(SMFICTX *ctx, char *host) {
  struct client *client = client_of(ctx);

  if (client == NULL) return SMFIS_TEMPFAIL;
  if (is_listed(host, strlen(host), own_names)) {
    smfi_setreply(ctx, "550", "5.7.1", "That is my name, not yours");
    return SMFIS_REJECT;
  }
  free(client->helo);
  client->helo = strdup(host);
  return SMFIS_CONTINUE;
}

static sfsistat doorman_envfrom(SMFICTX *ctx, char **arguments) {
  struct client *client = client_of(ctx);
  const char *user = smfi_getsymval(ctx, "{auth_authen}");

  if (client == NULL) return SMFIS_TEMPFAIL;
  forget_message(client);
  if (user != NULL && *user != '\0') return SMFIS_ACCEPT;
  if (is_blocked(arguments[0])) {
    smfi_setmlreply(ctx, "550", "5.7.1", "Mail from this domain is not accepted here.",
                    "If that is a mistake, call the postmaster,", "who knows the reason.", NULL);
    return SMFIS_REJECT;
  }
  client->sender = strdup(arguments[0]);
  return SMFIS_CONTINUE;
}

static sfsistat doorman_envrcpt(SMFICTX *ctx, char **arguments) {
  struct client *client = client_of(ctx);

  (void)arguments;
  if (client == NULL) return SMFIS_TEMPFAIL;
  if (client->recipients >= most_recipients) {
    smfi_setreply(ctx, "452", "4.5.3", "Too many recipients, send the rest separately");
    return SMFIS_TEMPFAIL;
  }
  client->recipients++;
  return SMFIS_CONTINUE;
}

static sfsistat doorman_header(SMFICTX *ctx, char *name, char *value) {
  struct client *client = client_of(ctx);

  if (client == NULL) return SMFIS_NOREPLY;
  if (strcasecmp(name, "Received") == 0) client->hops++;
  if (strcasecmp(name, TRACE) == 0) client->forged++;
  if (strcasecmp(name, "Subject") == 0 && client->subject == NULL) client->subject = strdup(value);
  return SMFIS_NOREPLY;
}

static sfsistat doorman_body(SMFICTX *ctx, unsigned char *chunk, size_t length) {
  struct client *client = client_of(ctx);
  size_t i;

  if (client == NULL) return SMFIS_TEMPFAIL;
  for (i = 0; i < length && client->bytes < hashed_bytes; i++, client->bytes++)
    client->hash = ((client->hash ^ chunk[i]) * 16777619UL) & 0xffffffffUL;
  return client->can_skip && client->bytes == hashed_bytes ? SMFIS_SKIP : SMFIS_CONTINUE;
}

/* Puts the tag in front of the subject. */
static int tag_subject(SMFICTX *ctx, const char *subject) {
  size_t size = strlen(tag) + 1 + strlen(subject) + 1;
  char *tagged = malloc(size);
  int result = MI_FAILURE;

  if (tagged != NULL) {
    snprintf(tagged, size, "%s %s", tag, subject);
    result = smfi_chgheader(ctx, "Subject", 1, tagged);
  }
  free(tagged);
  return result;
}

static sfsistat doorman_eom(SMFICTX *ctx) {
  struct client *client = client_of(ctx);
  char trace[1024];
  int number;

  if (client == NULL) return SMFIS_TEMPFAIL;
  /* From the last to the first: with Postfix, a deletion renumbers the fields after it. */
  for (number = client->forged; number > 0; number--)
    if (smfi_chgheader(ctx, TRACE, number, NULL) != MI_SUCCESS) return SMFIS_TEMPFAIL;
  if (client->subject != NULL && is_taggable(client->subject) &&
      tag_subject(ctx, client->subject) != MI_SUCCESS)
    return SMFIS_TEMPFAIL;
  snprintf(trace, sizeof trace, "helo=%s from=%s\n\trcpts=%d body=%lx/%lu id=%s",
           word(client->helo), word(client->sender), client->recipients, client->hash,
           (unsigned long)client->bytes, word(smfi_getsymval(ctx, "i")));
  if (smfi_addheader(ctx, TRACE, trace) != MI_SUCCESS) return SMFIS_TEMPFAIL;
  if (client->hops > most_hops && smfi_quarantine(ctx, "too many Received headers") != MI_SUCCESS)
    return SMFIS_TEMPFAIL;
  forget_message(client);
  return SMFIS_CONTINUE;
}

static sfsistat doorman_abort(SMFICTX *ctx) {
  struct client *client = client_of(ctx);

  if (client != NULL) forget_message(client);
  return SMFIS_CONTINUE;
}

static sfsistat doorman_close(SMFICTX *ctx) {
  struct client *client = smfi_getpriv(ctx);

  if (client == NULL) return SMFIS_CONTINUE;
  forget_message(client);
  free(client->helo);
  free(client);
  smfi_setpriv(ctx, NULL);
  return SMFIS_CONTINUE;
}

static struct smfiDesc doorman = {
    .xxfi_name = "doorman",
    .xxfi_version = SMFI_VERSION,
    .xxfi_flags = WANTED,
    .xxfi_connect = doorman_connect,
    .xxfi_helo = doorman_helo,
    .xxfi_envfrom = doorman_envfrom,
    .xxfi_envrcpt = doorman_envrcpt,
    .xxfi_header = doorman_header,
    .xxfi_body = doorman_body,
    .xxfi_eom = doorman_eom,
    .xxfi_abort = doorman_abort,
    .xxfi_close = doorman_close,
    .xxfi_negotiate = doorman_negotiate,
};

static int usage(void) {
  fputs("usage: doorman -p SOCKET [-n NAME]... [-d DOMAIN]... [-r COUNT] [-c COUNT] [-b BYTES]"
        " [-t TAG]\n", stderr);
  return 64; /* EX_USAGE */
}

int main(int argc, char **argv) {
  int option, names = 0, domains = 0;
  char *socket = NULL;

  while ((option = getopt(argc, argv, "p:n:d:r:c:b:t:")) != -1) switch (option) {
      case 'p': socket = optarg; break;
      case 'n': if (names < MOST_NAMES) own_names[names++] = optarg; break;
      case 'd': if (domains < MOST_NAMES) blocked_domains[domains++] = optarg; break;
      case 'r': most_recipients = atoi(optarg); break;
      case 'c': most_hops = atoi(optarg); break;
      case 'b': hashed_bytes = strtoul(optarg, NULL, 10); break;
      case 't': tag = optarg; break;
      default: return usage();
    }
  if (socket == NULL || smfi_setconn(socket) != MI_SUCCESS) return usage();
  if (smfi_register(doorman) != MI_SUCCESS || smfi_main() != MI_SUCCESS) {
    fprintf(stderr, "doorman: cannot listen on %s\n", socket);
    return 1;
  }
  return 0;
}
