/*
 * A filter that uses each connection from three threads at once: the thread of the callbacks, and two
 * other threads, like a filter with a thread for progress replies.
 *
 *   threads SOCKET
 *
 * At each command, the two threads call every function once, while the library continues with the
 * next command. At the end of a message, all three threads make the same series of changes. The texts
 * name the thread, the message, and the position in the series, so that the MTA can check each change.
 *
 * Standard output has a line for each wrong result of a call, and the result of smfi_main().
 */

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmilter/mfapi.h"

/* The library takes strings as char *, not const char *, although it does not change them. */
#define TEXT(literal) ((char *)(size_t)(literal))

/* The size of a new body of two chunks, and the number of messages from one such body to the next. */
#define LONG_BODY 70000
#define LONG_BODY_EVERY 64

struct connection;

struct helper {
  struct connection *connection;
  int number;
  pthread_t thread;
  sem_t wanted;
  sem_t done;
  int takes_part; /* atomic; whether it makes changes at the end of the message */
};

struct connection {
  SMFICTX *ctx;
  struct helper helpers[2];
  char message[16];
  int ends; /* atomic */
};

static int wrong; /* atomic */

static void expect(int is_right, const char *what) {
  if (is_right) return;
  __atomic_store_n(&wrong, 1, __ATOMIC_RELAXED);
  printf("wrong: %s\n", what);
  fflush(stdout);
}

#define EXPECT(condition) expect(condition, #condition)

/* Makes the calls that must succeed at any time. */
static void look(struct connection *own) {
  SMFICTX *ctx = own->ctx;

  EXPECT(smfi_getpriv(ctx) == own);
  EXPECT(smfi_setpriv(ctx, own) == MI_SUCCESS);
  EXPECT(smfi_setreply(ctx, TEXT("450"), TEXT("4.7.1"), TEXT("later")) == MI_SUCCESS);
  EXPECT(smfi_setmlreply(ctx, "550", "5.7.1", "not", "ever", (char *)NULL) == MI_SUCCESS);
}

/* Makes all calls at any time, also between commands. Most of them then fail, without harm. */
static void disturb(struct connection *own) {
  SMFICTX *ctx = own->ctx;
  unsigned char body[] = "X-Any-Time";

  look(own);
  /* The library may have freed the value already, so the thread does not read it. */
  (void)smfi_getsymval(ctx, TEXT("i"));
  (void)smfi_getsymval(ctx, TEXT("{client_addr}"));
  (void)smfi_setsymlist(ctx, SMFIM_EOM, TEXT("i"));
  (void)smfi_addheader(ctx, TEXT("X-Any-Time"), TEXT("a"));
  (void)smfi_insheader(ctx, 1, TEXT("X-Any-Time"), TEXT("i"));
  (void)smfi_chgheader(ctx, TEXT("X-Any-Time"), 1, TEXT("c"));
  (void)smfi_chgfrom(ctx, TEXT("<X-Any-Time>"), NULL);
  (void)smfi_addrcpt(ctx, TEXT("<X-Any-Time>"));
  (void)smfi_addrcpt_par(ctx, TEXT("<X-Any-Time>"), TEXT("NOTIFY=NEVER"));
  (void)smfi_delrcpt(ctx, TEXT("<X-Any-Time>"));
  (void)smfi_replacebody(ctx, body, (int)sizeof body - 1);
  (void)smfi_quarantine(ctx, TEXT("X-Any-Time"));
  (void)smfi_progress(ctx);
}

/* Makes the changes of one thread, in the order that the MTA expects. */
static void change(struct connection *own, int thread) {
  SMFICTX *ctx = own->ctx;
  char text[64];
  const char *id = smfi_getsymval(ctx, TEXT("i"));

  EXPECT(id != NULL && strcmp(id, own->message) == 0);
  look(own);
  snprintf(text, sizeof text, "<%d.%s>", thread, own->message);
  EXPECT(smfi_addheader(ctx, TEXT("X-Add"), text) == MI_SUCCESS);
  EXPECT(smfi_insheader(ctx, thread, TEXT("X-Insert"), text) == MI_SUCCESS);
  EXPECT(smfi_chgheader(ctx, TEXT("X-Change"), thread + 1, text) == MI_SUCCESS);
  EXPECT(smfi_chgfrom(ctx, text, NULL) == MI_SUCCESS);
  EXPECT(smfi_addrcpt(ctx, text) == MI_SUCCESS);
  EXPECT(smfi_progress(ctx) == MI_SUCCESS);
  EXPECT(smfi_addrcpt_par(ctx, text, TEXT("NOTIFY=NEVER")) == MI_SUCCESS);
  EXPECT(smfi_delrcpt(ctx, text) == MI_SUCCESS);
  if (atoi(own->message) % LONG_BODY_EVERY == 0) {
    unsigned char *body = (unsigned char *)malloc(LONG_BODY);

    if (body == NULL) abort();
    memset(body, '0' + thread, LONG_BODY);
    EXPECT(smfi_replacebody(ctx, body, LONG_BODY) == MI_SUCCESS);
    free(body);
  } else {
    EXPECT(smfi_replacebody(ctx, (unsigned char *)text, (int)strlen(text)) == MI_SUCCESS);
  }
  EXPECT(smfi_quarantine(ctx, text) == MI_SUCCESS);
  EXPECT(strcmp(id, own->message) == 0);
}

static void *help(void *argument) {
  struct helper *self = (struct helper *)argument;
  struct connection *own = self->connection;

  while (sem_wait(&self->wanted) == 0 && !__atomic_load_n(&own->ends, __ATOMIC_ACQUIRE)) {
    if (__atomic_exchange_n(&self->takes_part, 0, __ATOMIC_ACQ_REL)) {
      change(own, self->number);
      sem_post(&self->done);
    } else {
      disturb(own);
    }
  }
  return NULL;
}

static struct connection *find(SMFICTX *ctx) {
  struct connection *own = (struct connection *)smfi_getpriv(ctx);

  if (own == NULL) abort();
  return own;
}

static sfsistat wake(SMFICTX *ctx) {
  struct connection *own = find(ctx);

  for (int i = 0; i < 2; i++) sem_post(&own->helpers[i].wanted);
  return SMFIS_CONTINUE;
}

static sfsistat on_negotiate(SMFICTX *ctx, unsigned long f0, unsigned long f1, unsigned long f2,
                             unsigned long f3, unsigned long *pf0, unsigned long *pf1,
                             unsigned long *pf2, unsigned long *pf3) {
  struct connection *own = (struct connection *)calloc(1, sizeof *own);

  (void)f1, (void)f2, (void)f3;
  if (own == NULL) abort();
  own->ctx = ctx;
  EXPECT(smfi_setpriv(ctx, own) == MI_SUCCESS);
  EXPECT(smfi_setsymlist(ctx, SMFIM_ENVFROM, TEXT("i")) == MI_SUCCESS);
  for (int i = 0; i < 2; i++) {
    struct helper *helper = &own->helpers[i];

    helper->connection = own;
    helper->number = i + 1;
    if (sem_init(&helper->wanted, 0, 0) != 0 || sem_init(&helper->done, 0, 0) != 0 ||
        pthread_create(&helper->thread, NULL, help, helper) != 0)
      abort();
  }
  *pf0 = f0;
  *pf1 = *pf2 = *pf3 = 0;
  return SMFIS_CONTINUE;
}

static sfsistat on_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *address) {
  (void)host, (void)address;
  return wake(ctx);
}

static sfsistat on_helo(SMFICTX *ctx, char *name) {
  (void)name;
  return wake(ctx);
}

static sfsistat on_envelope(SMFICTX *ctx, char **arguments) {
  (void)arguments;
  return wake(ctx);
}

static sfsistat on_header(SMFICTX *ctx, char *name, char *value) {
  (void)name, (void)value;
  return wake(ctx);
}

static sfsistat on_body(SMFICTX *ctx, unsigned char *chunk, size_t size) {
  (void)chunk, (void)size;
  return wake(ctx);
}

static sfsistat on_eom(SMFICTX *ctx) {
  struct connection *own = find(ctx);
  const char *id = smfi_getsymval(ctx, TEXT("i"));

  if (id == NULL) abort();
  snprintf(own->message, sizeof own->message, "%s", id);
  for (int i = 0; i < 2; i++) {
    __atomic_store_n(&own->helpers[i].takes_part, 1, __ATOMIC_RELEASE);
    sem_post(&own->helpers[i].wanted);
  }
  change(own, 0);
  for (int i = 0; i < 2; i++) sem_wait(&own->helpers[i].done);
  return SMFIS_CONTINUE;
}

static sfsistat on_close(SMFICTX *ctx) {
  struct connection *own = find(ctx);

  __atomic_store_n(&own->ends, 1, __ATOMIC_RELEASE);
  wake(ctx);
  for (int i = 0; i < 2; i++) {
    struct helper *helper = &own->helpers[i];

    pthread_join(helper->thread, NULL);
    sem_destroy(&helper->wanted);
    sem_destroy(&helper->done);
  }
  EXPECT(smfi_setpriv(ctx, NULL) == MI_SUCCESS);
  free(own);
  return SMFIS_CONTINUE;
}

int main(int argc, char **argv) {
  struct smfiDesc filter;
  int result;

  if (argc != 2) return 64;
  memset(&filter, 0, sizeof filter);
  filter.xxfi_name = TEXT("threads");
  filter.xxfi_version = SMFI_VERSION;
  filter.xxfi_negotiate = on_negotiate;
  filter.xxfi_connect = on_connect;
  filter.xxfi_helo = on_helo;
  filter.xxfi_envfrom = on_envelope;
  filter.xxfi_envrcpt = on_envelope;
  filter.xxfi_data = wake;
  filter.xxfi_header = on_header;
  filter.xxfi_eoh = wake;
  filter.xxfi_body = on_body;
  filter.xxfi_eom = on_eom;
  filter.xxfi_abort = wake;
  filter.xxfi_close = on_close;
  if (smfi_register(filter) != MI_SUCCESS || smfi_setconn(argv[1]) != MI_SUCCESS ||
      smfi_opensocket(1) != MI_SUCCESS)
    return 1;
  result = smfi_main();
  printf("smfi_main returned %d\n", result);
  return __atomic_load_n(&wrong, __ATOMIC_RELAXED) ? 3 : result;
}
