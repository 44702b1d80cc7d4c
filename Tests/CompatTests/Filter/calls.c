/* Calls the library, and traces the arguments and the result of each call. */
#include "filter.h"

#include <string.h>

const char *const verb_names[V_COUNT] = {
    "getsymval", "setreply",    "setmlreply",  "addheader",  "chgheader", "insheader",
    "chgfrom",   "addrcpt",     "addrcpt_par", "delrcpt",    "replacebody", "quarantine",
    "progress",  "setpriv",     "getpriv",     "setsymlist", "version"};

/* For each verb, the number of strings (-1: any number), and whether it has a number. */
static const struct {
  int texts;
  int number;
} shapes[V_COUNT] = {{1, 0}, {3, 0}, {-1, 0}, {2, 0}, {2, 1}, {2, 1}, {2, 0}, {1, 0}, {2, 0},
                     {1, 0}, {1, 1}, {1, 0},  {0, 0}, {0, 1}, {0, 0}, {1, 1}, {0, 0}};

static int set_lines(SMFICTX *ctx, const struct request *r) {
  const char *const *t = r->texts;
  const char *line[33];
  int i;
  switch (r->count) {
    case 2: return smfi_setmlreply(ctx, t[0], t[1], NULL);
    case 3: return smfi_setmlreply(ctx, t[0], t[1], t[2], NULL);
    case 4: return smfi_setmlreply(ctx, t[0], t[1], t[2], t[3], NULL);
    case 5: return smfi_setmlreply(ctx, t[0], t[1], t[2], t[3], t[4], NULL);
    default: break;
  }
  /* The library's maximum is 32 lines. A script can pass 33 to exceed it. */
  for (i = 0; i < 33; i++) line[i] = i + 2 < r->count ? t[i + 2] : NULL;
  return smfi_setmlreply(ctx, t[0], t[1], line[0], line[1], line[2], line[3], line[4], line[5],
                         line[6], line[7], line[8], line[9], line[10], line[11], line[12],
                         line[13], line[14], line[15], line[16], line[17], line[18], line[19],
                         line[20], line[21], line[22], line[23], line[24], line[25], line[26],
                         line[27], line[28], line[29], line[30], line[31], line[32], NULL);
}

static int call(SMFICTX *ctx, const struct request *r) {
  /* The library's old prototypes have no const. */
  char *a = (char *)r->texts[0], *b = (char *)r->texts[1], *c = (char *)r->texts[2];
  switch (r->verb) {
    case V_SETREPLY: return smfi_setreply(ctx, a, b, c);
    case V_SETMLREPLY: return set_lines(ctx, r);
    case V_ADDHEADER: return smfi_addheader(ctx, a, b);
    case V_CHGHEADER: return smfi_chgheader(ctx, a, (int)r->number, b);
    case V_INSHEADER: return smfi_insheader(ctx, (int)r->number, a, b);
    case V_CHGFROM: return smfi_chgfrom(ctx, a, b);
    case V_ADDRCPT: return smfi_addrcpt(ctx, a);
    case V_ADDRCPT_PAR: return smfi_addrcpt_par(ctx, a, b);
    case V_DELRCPT: return smfi_delrcpt(ctx, a);
    case V_REPLACEBODY: return smfi_replacebody(ctx, (unsigned char *)a, (int)r->number);
    case V_QUARANTINE: return smfi_quarantine(ctx, a);
    case V_PROGRESS: return smfi_progress(ctx);
    case V_SETPRIV: return smfi_setpriv(ctx, (void *)(intptr_t)r->number);
    case V_SETSYMLIST: return smfi_setsymlist(ctx, (int)r->number, a);
    default: return -99;
  }
}

void perform(SMFICTX *ctx, const struct request *r) {
  int texts = shapes[r->verb].texts < 0 ? r->count : shapes[r->verb].texts;
  int i;
  trace_start("  %s%s(", r->without_context ? "null." : "", verb_names[r->verb]);
  if (shapes[r->verb].number) trace_more("%ld%s", r->number, texts > 0 ? ", " : "");
  for (i = 0; i < texts; i++) {
    if (i == 6) {
      trace_more(", ..%d", texts);
      break;
    }
    if (i > 0) trace_more(", ");
    trace_string(r->texts[i]);
  }
  trace_more(") = ");
  if (r->without_context) ctx = NULL;
  if (r->verb == V_GETSYMVAL) {
    trace_string(smfi_getsymval(ctx, (char *)r->texts[0]));
  } else if (r->verb == V_GETPRIV) {
    trace_more("%ld", (long)(intptr_t)smfi_getpriv(ctx));
  } else if (r->verb == V_VERSION) {
    unsigned major = 9, minor = 9, patch = 9;
    int result = smfi_version(&major, &minor, &patch);
    trace_more("%u.%u.%u %d", major, minor, patch, result);
  } else {
    trace_more("%d", call(ctx, r));
  }
  trace_end();
}
