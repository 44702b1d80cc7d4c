#include "actions.h"

#include <stdlib.h>
#include <string.h>

static void replace_body(struct input *input, SMFICTX *ctx)
{
  char *body = input_text(input);
  int length = body ? (int)strlen(body) : 0;
  unsigned lie = input_byte(input);
  /* The length may be wrong, but not beyond the memory: no library could detect that. */
  if (lie == 1) length = -1;
  if (lie == 2) length = (int)(input_number(input) | 0x80000000U);
  smfi_replacebody(ctx, (unsigned char *)body, length);
  free(body);
}

static void set_lines(struct input *input, SMFICTX *ctx, char *code, char *extended)
{
  char *line[4];
  for (int i = 0; i < 4; i++) line[i] = input_text(input);
  char *a = line[0], *b = line[1], *c = line[2], *d = line[3];
  switch (input_byte(input) % 4) {
  case 0: smfi_setmlreply(ctx, code, extended, NULL); break;
  case 1: smfi_setmlreply(ctx, code, extended, a, NULL); break;
  case 2: smfi_setmlreply(ctx, code, extended, a, b, c, d, NULL); break;
  default:
    smfi_setmlreply(ctx, code, extended, a, b, c, d, a, b, c, d, a, b, c, d, a, b, c, d, a, b, c,
                    d, a, b, c, d, a, b, c, d, a, b, c, d, NULL);
  }
  for (int i = 0; i < 4; i++) free(line[i]);
}

static void look_up(SMFICTX *ctx, char *name)
{
  char *value = smfi_getsymval(ctx, name);
  /* The value belongs to the library, but a filter can read it and write to it. */
  if (value) memset(value, 'x', strlen(value));
}

void act(struct input *input, SMFICTX *ctx)
{
  unsigned function = input_byte(input) % 17;
  int number = (int)input_number(input);
  char *a = input_text(input), *b = input_text(input), *c = input_text(input);
  if (function == 15) ctx = NULL;
  switch (function) {
  case 0: look_up(ctx, a); break;
  case 1: smfi_setpriv(ctx, smfi_getpriv(ctx) ? NULL : ctx); break;
  case 2: smfi_setreply(ctx, a, b, c); break;
  case 3: set_lines(input, ctx, a, b); break;
  case 4: smfi_setsymlist(ctx, number, a); break;
  case 5: smfi_addheader(ctx, a, b); break;
  case 6: smfi_insheader(ctx, number, a, b); break;
  case 7: smfi_chgheader(ctx, a, number, b); break;
  case 8: smfi_chgfrom(ctx, a, b); break;
  case 9: smfi_addrcpt(ctx, a); break;
  case 10: smfi_addrcpt_par(ctx, a, b); break;
  case 11: smfi_delrcpt(ctx, a); break;
  case 12: replace_body(input, ctx); break;
  case 13: smfi_quarantine(ctx, a); break;
  case 14: smfi_progress(ctx); break;
  case 15:
    look_up(ctx, a);
    smfi_setreply(ctx, a, b, c);
    smfi_addheader(ctx, a, b);
    smfi_setpriv(ctx, a);
    if (smfi_getpriv(ctx)) abort();
    break;
  default: {
    /* Valid codes, because random bytes would almost never be a valid code. */
    char code[] = "550", extended[] = "5.7.1";
    if (number & 1) code[0] = '4';
    smfi_setreply(ctx, code, number & 2 ? NULL : extended, a);
  }
  }
  free(a);
  free(b);
  free(c);
}

void settings(struct input *input)
{
  smfi_setdbg(0);
  smfi_setmaxdatasize(65535);
  unsigned choice = input_byte(input);
  if (choice & 1) smfi_setdbg(1);
  if (choice & 2) smfi_setmaxdatasize(input_number(input) & (choice & 4 ? 0xFFFF : 0xFFFFFFFF));
  if (choice & 8) {
    unsigned major;
    smfi_version(choice & 16 ? NULL : &major, NULL, NULL);
    smfi_settimeout((int)input_number(input));
    smfi_setbacklog((int)input_number(input));
    char *socket = input_text(input);
    smfi_setconn(socket);
    free(socket);
    /* The socket is already open. */
    smfi_opensocket(choice & 16);
  }
}
