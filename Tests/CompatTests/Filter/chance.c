/* Random actions of the filter. The random numbers are the same for both libraries. */
#include "filter.h"

#include <string.h>

static uint64_t next(struct chance *chance) {
  /* SplitMix64 */
  uint64_t z = chance->state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

struct chance chance_of(enum callback callback, unsigned number) {
  struct chance chance = {session.seed ^ ((uint64_t)callback << 32) ^ number};
  chance.state = next(&chance);
  return chance;
}

unsigned below(struct chance *chance, unsigned limit) {
  return (unsigned)((next(chance) >> 32) % limit);
}

#define PICK(chance, list) ((list)[below((chance), sizeof(list) / sizeof *(list))])

/* Returns a string of a given length. It stays valid until the second call after this one. */
static const char *repeated(char c, size_t count) {
  static char room[2][140000];
  static int turn;
  char *text = room[turn = !turn];
  if (count >= sizeof room[0]) count = sizeof room[0] - 1;
  memset(text, c, count);
  text[count] = '\0';
  return text;
}

/* Returns a short random string from an alphabet that the checks of reply codes handle specially. */
static const char *noise(struct chance *chance, const char *alphabet, unsigned longest) {
  static char room[4][16];
  static int turn;
  unsigned i, count = below(chance, longest + 1);
  char *text = room[turn = (turn + 1) % 4];
  for (i = 0; i < count; i++) text[i] = alphabet[below(chance, (unsigned)strlen(alphabet))];
  text[count] = '\0';
  return text;
}

static const char *code(struct chance *chance) {
  static const char *const good[] = {"550", "450", "421", "554", "451", "599", "400", "500"};
  static const char *const bad[] = {"250", "55", "5500", "5x0", "", NULL, "350", " 550", "650"};
  if (below(chance, 4) > 0) return PICK(chance, good);
  if (below(chance, 2) > 0) return PICK(chance, bad);
  return noise(chance, "0123456789455x ", 4);
}

static const char *extended(struct chance *chance) {
  static const char *const good[] = {NULL, "5.7.1", "4.7.1", "2.0.0", "4.999.999", "5.0.10"};
  static const char *const bad[] = {"",       "5.7",   "5.7.1.1", "3.7.1",  "5.1000.1", "5..1",
                                    " 5.7.1", "5.7.1 ", "5.a.1",  "5.7.1x", "5.7.",     "x"};
  if (below(chance, 4) > 0) return PICK(chance, good);
  if (below(chance, 2) > 0) return PICK(chance, bad);
  return noise(chance, "2450.19..", 11);
}

static const char *text(struct chance *chance) {
  static const char *const usual[] = {"go away", "", NULL, "100% \xff", "%s%n", "try later"};
  switch (below(chance, 12)) {
    case 0: return "a\nb";
    case 1: return "a\r";
    case 2: return repeated('x', 978 + below(chance, 5));
    default: return PICK(chance, usual);
  }
}

static const char *name(struct chance *chance) {
  static const char *const names[] = {"X-A",  "Subject", "X-Long-Name", "X: y",
                                      "\xc3\xa4", "a@b.example", "<a@b>", "x"};
  unsigned choice = below(chance, 12);
  if (choice == 0) return NULL;
  if (choice == 1) return "";
  return PICK(chance, names);
}

static const char *value(struct chance *chance) {
  static const char *const values[] = {"v", "", " lead\r\n\tfold", "\xff\xfe", "SIZE=1 A=B", "w"};
  unsigned choice = below(chance, 16);
  if (choice == 0) return NULL;
  if (choice == 1) return repeated('v', 200);
  if (choice == 2 && session.manners & MANNERS_HUGE)
    return repeated('h', 65520 + below(chance, 20));
  return PICK(chance, values);
}

static const char *macro(struct chance *chance) {
  static const char *const names[] = {
      "j",  "{j}", "i",   "{i}",  "_",         "{daemon_name}", "daemon_name", "{mail_addr}",
      "ab", "{ab}", "{rcpt_addr}", "{nope}", "nope", "", NULL, "{}", "{", "}", "{j", "j}", "k", "{k}",
      "{client_addr}", "v", "{msg_id}"};
  return PICK(chance, names);
}

static void fill(struct request *r, enum callback callback, struct chance *chance) {
  static const int lines[] = {1, 2, 3, 1, 2, 3, 32, 33};
  static const long numbers[] = {0, 1, 2, -1, 3, 2147483647, 7, -2147483647 - 1};
  int i, count;
  r->number = PICK(chance, numbers);
  switch (r->verb) {
    case V_GETSYMVAL: r->texts[0] = macro(chance); break;
    case V_SETREPLY:
      r->texts[0] = code(chance);
      r->texts[1] = extended(chance);
      r->texts[2] = text(chance);
      break;
    case V_SETMLREPLY:
      count = PICK(chance, lines);
      if (session.manners & MANNERS_EXCEPTIONS && below(chance, 3) == 0) count = 0;
      r->texts[0] = code(chance);
      r->texts[1] = extended(chance);
      for (i = 0; i < count; i++) {
        r->texts[i + 2] = count > 3 ? "line" : text(chance);
        /* NULL would end the list. */
        if (r->texts[i + 2] == NULL) r->texts[i + 2] = "null";
      }
      r->count = count + 2;
      break;
    case V_REPLACEBODY:
      r->texts[0] = value(chance);
      r->number = r->texts[0] == NULL ? (long)below(chance, 3) - 1 : (long)strlen(r->texts[0]);
      if (session.manners & MANNERS_HUGE && below(chance, 3) == 0) {
        r->number = 131068 + (long)below(chance, 6);
        r->texts[0] = repeated('b', (size_t)r->number);
      }
      break;
    case V_SETSYMLIST:
      r->texts[0] = value(chance);
      r->number = (long)below(chance, callback == CB_NEGOTIATE ? 7 : 10) - (below(chance, 9) == 0);
      break;
    default:
      r->texts[0] = name(chance);
      r->texts[1] = value(chance);
  }
}

void chance_calls(SMFICTX *ctx, enum callback callback, struct chance *chance) {
  static const enum verb anywhere[] = {V_GETSYMVAL, V_GETSYMVAL, V_GETSYMVAL, V_SETREPLY,
                                       V_SETMLREPLY, V_SETPRIV, V_GETPRIV, V_GETSYMVAL};
  unsigned left = below(chance, 2) == 0 ? 0 : 1 + below(chance, 4);
  for (; left > 0; left--) {
    struct request request;
    memset(&request, 0, sizeof request);
    if (callback == CB_NEGOTIATE && below(chance, 2) == 0)
      request.verb = V_SETSYMLIST;
    else if (callback == CB_EOM ? below(chance, 4) > 0 : below(chance, 8) == 0)
      request.verb = (enum verb)below(chance, V_COUNT);
    else
      request.verb = PICK(chance, anywhere);
    /* Where no reply is expected, an MTA takes a progress packet for the next reply. */
    if (request.verb == V_PROGRESS && session.manners & MANNERS_TAME && callback != CB_EOM)
      request.verb = V_GETPRIV;
    fill(&request, callback, chance);
    /* smfi_setsymlist() crashes on a NULL context. */
    if (request.verb != V_SETSYMLIST && request.verb != V_VERSION)
      request.without_context = below(chance, 50) == 0;
    perform(ctx, &request);
  }
}

sfsistat chance_status(enum callback callback, struct chance *chance) {
  static const unsigned long silent[CB_COUNT] = {0x1000,  0x2000,  0x4000, 0x8000, 0x80, 0x40000,
                                                 0x80000, 0,       0,      0,      0x20000, 0x10000,
                                                 0};
  static const sfsistat verdicts[] = {SMFIS_REJECT, SMFIS_TEMPFAIL, SMFIS_ACCEPT, SMFIS_DISCARD,
                                      SMFIS_SKIP, SMFIS_REJECT, SMFIS_TEMPFAIL, SMFIS_SKIP};
  static const sfsistat others[] = {5, 6, 9, 10, 11, 20, -1, 21, 22, 23, 99, -2147483647};
  unsigned choice = below(chance, 100);
  if (callback == CB_BODY && session.manners & MANNERS_BODY_CONTINUES) return SMFIS_CONTINUE;
  if (session.manners & MANNERS_TAME) {
    if (session.steps & silent[callback]) return choice < 50 ? SMFIS_CONTINUE : SMFIS_NOREPLY;
    return choice < 94 ? SMFIS_CONTINUE : PICK(chance, verdicts);
  }
  if (choice < 80) return SMFIS_CONTINUE;
  if (choice < 92) return PICK(chance, verdicts);
  if (choice < 96) return SMFIS_NOREPLY;
  return session.manners & MANNERS_UNDOCUMENTED ? PICK(chance, others) : SMFIS_CONTINUE;
}

sfsistat chance_negotiate(struct chance *chance, const unsigned long offered[4],
                          unsigned long stored[4]) {
  static const sfsistat odd[] = {SMFIS_REJECT, SMFIS_ACCEPT, SMFIS_TEMPFAIL, SMFIS_SKIP,
                                 SMFIS_NOREPLY, 99, -1, 21, 22, 5};
  unsigned long random = (unsigned long)next(chance);
  unsigned choice = below(chance, 20);
  int tame = (session.manners & MANNERS_TAME) != 0;
  /* The NO* bits that a negotiation adds are the same in all sessions of a process: the original
     keeps them for all later connections. */
  unsigned long steps = stored[1] | options.no_bits;
  if (choice < 10)
    steps |= random & (tame ? offered[1] & NR_BITS : NR_BITS);
  else if (choice < 12 && !tame)
    steps = (random & ~NO_BITS) | (steps & NO_BITS);
  else if (choice < 14 && !tame)
    steps = options.no_bits | (random & 0x400);
  else if (choice < 16)
    steps |= offered[1] & 0x100800;
  stored[1] = steps;
  if (below(chance, 3) == 0) stored[0] = offered[0] & (random >> 32);
  if (!tame && below(chance, 12) == 0) stored[0] = random >> 20;
  if (!tame && below(chance, 6) == 0) stored[2] = stored[3] = random;
  session.steps = steps;
  if (!tame && below(chance, 25) == 0) return PICK(chance, odd);
  if (options.no_bits == 0 && below(chance, 5) == 0) {
    session.steps = 0;
    return SMFIS_ALL_OPTS;
  }
  return SMFIS_CONTINUE;
}
