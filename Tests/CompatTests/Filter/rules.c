/* Literal scripts: lines "callback number verb arguments", as the oracle tests write them.
 *
 * Number 0 means every call. Arguments are separated by blanks. NULL is a null pointer, "" is an
 * empty string, %XX is a byte, and *N*C is the character C, N times. The verb "return" sets the
 * status. "actions" and "steps" set the values that negotiate stores.
 */
#include "filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_RULES 64
#define MAX_WORDS 40

static struct rule {
  char callback[16];
  unsigned number;
  char *words[MAX_WORDS];
  int count;
} rules[MAX_RULES];

static int rule_count;
static char text[16384];
static char repeats[8][140000];
static int repeat_count;

static char *decoded(char *word) {
  char *from = word, *to = word, *end;
  if (strcmp(word, "NULL") == 0) return NULL;
  if (strcmp(word, "\"\"") == 0) return word + 2;
  if (word[0] == '*' && repeat_count < 8) {
    size_t count = (size_t)strtoul(word + 1, &end, 10);
    char *room = repeats[repeat_count++];
    if (count >= sizeof repeats[0]) count = sizeof repeats[0] - 1;
    memset(room, end[1], count);
    room[count] = '\0';
    return room;
  }
  while (*from != '\0') {
    unsigned byte;
    if (*from == '%' && sscanf(from + 1, "%2x", &byte) == 1) {
      *to++ = (char)byte;
      from += 3;
    } else {
      *to++ = *from++;
    }
  }
  *to = '\0';
  return word;
}

void rules_parse(const char *given) {
  char *line, *next_line;
  rule_count = repeat_count = 0;
  snprintf(text, sizeof text, "%s", given);
  for (line = text; line != NULL && *line != '\0' && rule_count < MAX_RULES; line = next_line) {
    struct rule *rule = &rules[rule_count];
    char *word, *rest = line;
    next_line = strchr(line, '\n');
    if (next_line != NULL) *next_line++ = '\0';
    word = strtok_r(line, " ", &rest);
    if (word == NULL) continue;
    snprintf(rule->callback, sizeof rule->callback, "%s", word);
    word = strtok_r(NULL, " ", &rest);
    rule->number = word == NULL ? 0 : (unsigned)strtoul(word, NULL, 10);
    for (rule->count = 0; rule->count < MAX_WORDS; rule->count++) {
      word = strtok_r(NULL, " ", &rest);
      if (word == NULL) break;
      rule->words[rule->count] = decoded(word);
    }
    if (rule->count > 0) rule_count++;
  }
}

static void obey(SMFICTX *ctx, const struct rule *rule) {
  struct request request;
  int verb, i, first = 1;
  memset(&request, 0, sizeof request);
  for (verb = 0; verb < V_COUNT; verb++)
    if (strcmp(rule->words[0], verb_names[verb]) == 0) break;
  if (verb == V_COUNT) {
    fprintf(stderr, "no such verb: %s\n", rule->words[0]);
    _Exit(5);
  }
  request.verb = (enum verb)verb;
  /* In a rule, a number comes first, at whatever position the C function takes it. */
  if (verb == V_CHGHEADER || verb == V_INSHEADER || verb == V_REPLACEBODY || verb == V_SETPRIV ||
      verb == V_SETSYMLIST)
    request.number = rule->count > 1 && rule->words[first] ? strtol(rule->words[first], NULL, 0) : 0,
    first++;
  for (i = first; i < rule->count && request.count < MAX_TEXTS; i++)
    request.texts[request.count++] = rule->words[i];
  perform(ctx, &request);
}

int rules_apply(SMFICTX *ctx, enum callback callback, unsigned number, sfsistat *status,
                unsigned long stored[4]) {
  int i, any = 0;
  for (i = 0; i < rule_count; i++) {
    const struct rule *rule = &rules[i];
    if (strcmp(rule->callback, callback_names[callback]) != 0) continue;
    if (rule->number != 0 && rule->number != number) continue;
    any = 1;
    if (strcmp(rule->words[0], "return") == 0 && rule->count > 1)
      *status = (sfsistat)strtol(rule->words[1], NULL, 0);
    else if (strcmp(rule->words[0], "actions") == 0 && stored != NULL)
      stored[0] = strtoul(rule->words[1], NULL, 0);
    else if (strcmp(rule->words[0], "steps") == 0 && stored != NULL)
      stored[1] = strtoul(rule->words[1], NULL, 0);
    else
      obey(ctx, rule);
  }
  return any;
}
