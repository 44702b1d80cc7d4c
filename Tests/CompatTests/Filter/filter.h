/* Declarations that the parts of the scripted filter share. */
#ifndef SCRIPTED_FILTER_H
#define SCRIPTED_FILTER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "libmilter/mfapi.h"

/* The callbacks, in the order of the bits of the option "callbacks". */
enum callback {
  CB_CONNECT,
  CB_HELO,
  CB_ENVFROM,
  CB_ENVRCPT,
  CB_HEADER,
  CB_EOH,
  CB_BODY,
  CB_EOM,
  CB_ABORT,
  CB_CLOSE,
  CB_UNKNOWN,
  CB_DATA,
  CB_NEGOTIATE,
  CB_COUNT
};

extern const char *const callback_names[CB_COUNT];

/* The control file's settings for the filter's behavior in a session. */
enum manners {
  /* Act only as a working filter does: an MTA gets all replies that it waits for. */
  MANNERS_TAME = 1,
  /* Return CONTINUE from body callbacks. */
  MANNERS_BODY_CONTINUES = 2,
  /* Return undocumented values. */
  MANNERS_UNDOCUMENTED = 4,
  /* Make calls in which the libraries are known to differ. */
  MANNERS_EXCEPTIONS = 8,
  /* Use strings near the size limit of a packet. */
  MANNERS_HUGE = 16,
  /* Follow the rules, and do nothing at random. */
  MANNERS_RULES = 32
};

/* The current session. A process plays one session at a time. */
struct session {
  uint64_t seed;
  unsigned manners;
  unsigned calls[CB_COUNT];
  /* The steps that negotiate stored. They show where the MTA expects no reply. */
  unsigned long steps;
  /* Earlier results of smfi_getsymval(). The pointers must stay valid. */
  char *kept_connect;
  char *kept_envfrom;
};

extern struct session session;

/* Options of the process. */
struct options {
  unsigned long flags;
  unsigned long callbacks;
  unsigned long no_bits;
  unsigned long max_data;
  int version;
};

extern struct options options;

/* The bits that leave out a step, and the bits for a step without a reply. */
#define NO_BITS 0x37fUL
#define NR_BITS 0xff080UL

/* trace.c: one line for each event, written at once. */
void trace_open(const char *path);
void trace_start(const char *format, ...);
void trace_more(const char *format, ...);
void trace_bytes(const void *bytes, size_t count);
void trace_string(const char *string);
void trace_end(void);

/* chance.c: choices that depend only on the seed, the callback, and its number. */
struct chance {
  uint64_t state;
};

struct chance chance_of(enum callback callback, unsigned number);
unsigned below(struct chance *chance, unsigned limit);
void chance_calls(SMFICTX *ctx, enum callback callback, struct chance *chance);
sfsistat chance_status(enum callback callback, struct chance *chance);
sfsistat chance_negotiate(struct chance *chance, const unsigned long offered[4],
                          unsigned long stored[4]);

/* calls.c: the calls of the library. */
enum verb {
  V_GETSYMVAL,
  V_SETREPLY,
  V_SETMLREPLY,
  V_ADDHEADER,
  V_CHGHEADER,
  V_INSHEADER,
  V_CHGFROM,
  V_ADDRCPT,
  V_ADDRCPT_PAR,
  V_DELRCPT,
  V_REPLACEBODY,
  V_QUARANTINE,
  V_PROGRESS,
  V_SETPRIV,
  V_GETPRIV,
  V_SETSYMLIST,
  V_VERSION,
  V_COUNT
};

extern const char *const verb_names[V_COUNT];

#define MAX_TEXTS 36

struct request {
  enum verb verb;
  /* Whether the context is NULL. */
  int without_context;
  /* An index, a length, a stage, or a private value. */
  long number;
  /* Strings in the order of the C arguments. A null pointer is passed as NULL. */
  const char *texts[MAX_TEXTS];
  int count;
};

void perform(SMFICTX *ctx, const struct request *request);

/* rules.c: the literal scripts of the oracle tests. */
void rules_parse(const char *text);
int rules_apply(SMFICTX *ctx, enum callback callback, unsigned number, sfsistat *status,
                unsigned long stored[4]);

#endif
