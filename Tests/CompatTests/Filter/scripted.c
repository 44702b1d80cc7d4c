/* The filter of the differential test: one program, run with the original library and with ours.
 *
 * The control file contains the current session, and the actions of the filter in it. Each callback
 * checks whether the file has changed, so the filter runs the same scripts with both libraries.
 */
#include "filter.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

const char *const callback_names[CB_COUNT] = {
    "connect", "helo",  "envfrom", "envrcpt", "header", "eoh",      "body",
    "eom",     "abort", "close",   "unknown", "data",   "negotiate"};

struct session session;
struct options options;

static int control_fd = -1;

/* Reads the control file, because this may be a new session, and counts the call. */
static unsigned begin(enum callback callback) {
  static char known[16384];
  char now[sizeof known];
  ssize_t count = pread(control_fd, now, sizeof now - 1, 0);
  if (count < 0) _exit(4);
  now[count] = '\0';
  if (strcmp(now, known) != 0) {
    const char *rest = strchr(now, '\n');
    unsigned long long seed = 0;
    unsigned manners = 0;
    memset(&session, 0, sizeof session);
    if (sscanf(now, "%*u %llx %u", &seed, &manners) != 2) _exit(4);
    session.seed = seed;
    session.manners = manners;
    rules_parse(rest == NULL ? "" : rest + 1);
    strcpy(known, now);
  }
  session.calls[callback]++;
  trace_start("%s#%u", callback_names[callback], session.calls[callback]);
  return session.calls[callback];
}

static sfsistat finish(sfsistat status) {
  trace_start("  return %d", status);
  trace_end();
  return status;
}

/* Ends the trace line of the arguments, makes the calls, and returns the status. */
static sfsistat act(SMFICTX *ctx, enum callback callback) {
  unsigned number = session.calls[callback];
  sfsistat status = SMFIS_CONTINUE;
  struct chance chance = chance_of(callback, number);
  trace_end();
  if (session.manners & MANNERS_RULES) {
    rules_apply(ctx, callback, number, &status, NULL);
    return finish(status);
  }
  chance_calls(ctx, callback, &chance);
  return finish(chance_status(callback, &chance));
}

/* A test sends PROBE to learn that the filter has read everything. Only PROBE gets this reply. */
static int is_probe(const char *text) { return strcmp(text, "PROBE") == 0; }

static sfsistat answer_probe(SMFICTX *ctx) {
  int i;
  trace_end();
  for (i = 0; i < 9; i++) smfi_progress(ctx);
  return finish(SMFIS_CONTINUE);
}

static void trace_address(const _SOCK_ADDR *address) {
  char shown[INET6_ADDRSTRLEN] = "?";
  if (address == NULL) {
    trace_more(" NULL");
  } else if (address->sa_family == AF_INET) {
    const struct sockaddr_in *in = (const void *)address;
    inet_ntop(AF_INET, &in->sin_addr, shown, sizeof shown);
    trace_more(" inet %s %u", shown, ntohs(in->sin_port));
  } else if (address->sa_family == AF_INET6) {
    const struct sockaddr_in6 *in = (const void *)address;
    inet_ntop(AF_INET6, &in->sin6_addr, shown, sizeof shown);
    trace_more(" inet6 %s %u %u %u", shown, ntohs(in->sin6_port), (unsigned)in->sin6_flowinfo,
               (unsigned)in->sin6_scope_id);
  } else if (address->sa_family == AF_UNIX) {
    trace_more(" unix ");
    trace_string(((const struct sockaddr_un *)(const void *)address)->sun_path);
  } else {
    trace_more(" family %d", address->sa_family);
  }
}

static void trace_strings(char **strings) {
  for (; *strings != NULL; strings++) {
    trace_more(" ");
    trace_string(*strings);
  }
}

/* Keeps a pointer to a macro's value for on_eom. It must stay valid only in a tame session. */
static void keep(SMFICTX *ctx, char **kept, char *macro) {
  if (session.manners & MANNERS_TAME) *kept = smfi_getsymval(ctx, macro);
}

static sfsistat on_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *address) {
  begin(CB_CONNECT);
  trace_more(" ");
  trace_string(host);
  trace_address(address);
  keep(ctx, &session.kept_connect, "j");
  return act(ctx, CB_CONNECT);
}

static sfsistat on_helo(SMFICTX *ctx, char *host) {
  begin(CB_HELO);
  trace_more(" ");
  trace_string(host);
  return is_probe(host) ? answer_probe(ctx) : act(ctx, CB_HELO);
}

static sfsistat on_envfrom(SMFICTX *ctx, char **arguments) {
  begin(CB_ENVFROM);
  trace_strings(arguments);
  keep(ctx, &session.kept_envfrom, "i");
  return act(ctx, CB_ENVFROM);
}

static sfsistat on_envrcpt(SMFICTX *ctx, char **arguments) {
  begin(CB_ENVRCPT);
  trace_strings(arguments);
  return act(ctx, CB_ENVRCPT);
}

static sfsistat on_header(SMFICTX *ctx, char *name, char *value) {
  begin(CB_HEADER);
  trace_more(" ");
  trace_string(name);
  trace_more(" ");
  trace_string(value);
  return act(ctx, CB_HEADER);
}

static sfsistat on_body(SMFICTX *ctx, unsigned char *bytes, size_t count) {
  begin(CB_BODY);
  trace_more(" %zu ", count);
  trace_bytes(bytes, count);
  return act(ctx, CB_BODY);
}

static sfsistat on_eom(SMFICTX *ctx) {
  begin(CB_EOM);
  if (session.manners & MANNERS_TAME) {
    trace_more(" kept ");
    trace_string(session.kept_connect);
    trace_more(" ");
    trace_string(session.kept_envfrom);
  }
  return act(ctx, CB_EOM);
}

static sfsistat on_unknown(SMFICTX *ctx, const char *command) {
  begin(CB_UNKNOWN);
  trace_more(" ");
  trace_string(command);
  return is_probe(command) ? answer_probe(ctx) : act(ctx, CB_UNKNOWN);
}

static sfsistat on_eoh(SMFICTX *ctx) { return begin(CB_EOH), act(ctx, CB_EOH); }
static sfsistat on_data(SMFICTX *ctx) { return begin(CB_DATA), act(ctx, CB_DATA); }
static sfsistat on_abort(SMFICTX *ctx) { return begin(CB_ABORT), act(ctx, CB_ABORT); }
static sfsistat on_close(SMFICTX *ctx) { return begin(CB_CLOSE), act(ctx, CB_CLOSE); }

static sfsistat on_negotiate(SMFICTX *ctx, unsigned long f0, unsigned long f1, unsigned long f2,
                             unsigned long f3, unsigned long *p0, unsigned long *p1,
                             unsigned long *p2, unsigned long *p3) {
  unsigned number = begin(CB_NEGOTIATE);
  struct chance chance = chance_of(CB_NEGOTIATE, number);
  unsigned long offered[4] = {f0, f1, f2, f3};
  unsigned long stored[4] = {*p0, *p1, *p2, *p3};
  sfsistat status = SMFIS_CONTINUE;
  trace_more(" %lx %lx %lx %lx init %lx %lx %lx %lx", f0, f1, f2, f3, *p0, *p1, *p2, *p3);
  trace_end();
  if (session.manners & MANNERS_RULES) {
    rules_apply(ctx, CB_NEGOTIATE, number, &status, stored);
  } else {
    chance_calls(ctx, CB_NEGOTIATE, &chance);
    status = chance_negotiate(&chance, offered, stored);
  }
  *p0 = stored[0];
  *p1 = stored[1];
  *p2 = stored[2];
  *p3 = stored[3];
  trace_start("  store %lx %lx %lx %lx", *p0, *p1, *p2, *p3);
  trace_end();
  return finish(status);
}

/* Records a crash in the trace. */
static void on_crash(int number) {
  trace_start("killed by signal %d", number);
  trace_end();
  _exit(128 + number);
}

/* Ends this process with the test, because only the test holds the other end of standard input. */
static void *watch(void *unused) {
  char byte;
  while (read(0, &byte, 1) > 0) continue;
  _exit(0);
  return unused;
}

/* Returns the port that the system chose for the TCP socket, or 0 if the socket is not TCP. */
static unsigned listening_port(void) {
  int fd;
  for (fd = 3; fd < 64; fd++) {
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int on = 0;
    socklen_t on_length = sizeof on;
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &on_length) != 0 || !on) continue;
    if (getsockname(fd, (struct sockaddr *)&address, &length) != 0) continue;
    if (address.sin_family == AF_INET) return ntohs(address.sin_port);
  }
  return 0;
}

#define REGISTERED(callback, function) \
  (options.callbacks & (1UL << (callback)) ? (function) : NULL)

static int register_filter(void) {
  struct smfiDesc filter = {
      "scripted",
      options.version,
      options.flags,
      REGISTERED(CB_CONNECT, on_connect),
      REGISTERED(CB_HELO, on_helo),
      REGISTERED(CB_ENVFROM, on_envfrom),
      REGISTERED(CB_ENVRCPT, on_envrcpt),
      REGISTERED(CB_HEADER, on_header),
      REGISTERED(CB_EOH, on_eoh),
      REGISTERED(CB_BODY, on_body),
      REGISTERED(CB_EOM, on_eom),
      REGISTERED(CB_ABORT, on_abort),
      REGISTERED(CB_CLOSE, on_close),
      REGISTERED(CB_UNKNOWN, on_unknown),
      REGISTERED(CB_DATA, on_data),
      REGISTERED(CB_NEGOTIATE, on_negotiate),
  };
  return smfi_register(filter);
}

int main(int argc, char **argv) {
  static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT};
  pthread_t watcher;
  Dl_info library = {0};
  size_t i, old_limit;
  int registered, set, opened;
  if (argc != 9) {
    fprintf(stderr, "usage: scripted SOCKET TRACE CONTROL FLAGS CALLBACKS VERSION NOBITS LIMIT\n");
    return 2;
  }
  trace_open(argv[2]);
  control_fd = open(argv[3], O_RDONLY | O_CLOEXEC);
  options.flags = strtoul(argv[4], NULL, 0);
  options.callbacks = strtoul(argv[5], NULL, 0);
  options.version = (int)strtol(argv[6], NULL, 0);
  options.no_bits = strtoul(argv[7], NULL, 0);
  options.max_data = strtoul(argv[8], NULL, 0);
  if (control_fd < 0 || pthread_create(&watcher, NULL, watch, NULL) != 0) return 2;
  for (i = 0; i < sizeof crashes / sizeof *crashes; i++) signal(crashes[i], on_crash);

  old_limit = options.max_data == 0 ? 0 : smfi_setmaxdatasize(options.max_data);
  registered = register_filter();
  set = smfi_setconn(argv[1]);
  opened = smfi_opensocket(1);
  if (!dladdr(dlsym(RTLD_DEFAULT, "smfi_main"), &library)) library.dli_fname = "?";
  printf("ready %u %d %d %d %zu %s\n", listening_port(), registered, set, opened, old_limit,
         library.dli_fname);
  fflush(stdout);
  if (registered != 0 || set != 0 || opened != 0) return 3;
  return smfi_main();
}
