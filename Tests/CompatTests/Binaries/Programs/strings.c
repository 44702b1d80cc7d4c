/* Prints the results of the string functions for many buffer sizes, and the texts of errors. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

size_t sm_strlcpy(char *, const char *, ssize_t);
size_t sm_strlcat(char *, const char *, ssize_t);
size_t sm_strlcat2(char *, const char *, const char *, ssize_t);
size_t sm_strlcpyn(char *, ssize_t, int, ...);
const char *sm_errstring(int);

static const char *const texts[] = {"", "a", "hello", "0123456789"};
enum { TEXTS = sizeof texts / sizeof *texts, SPACE = 40 };

static char space[SPACE];

static char *start(const char *text) {
  memset(space, '#', SPACE);
  strcpy(space, text);
  return space;
}

/* Prints the whole buffer, to show a write after the given size. */
static void show(const char *what, int size, size_t result) {
  int i;

  printf("%s %d: %lu ", what, size, (unsigned long)result);
  for (i = 0; i < SPACE; i++) putchar(space[i] == '\0' ? '.' : space[i]);
  putchar('\n');
}

int main(void) {
  int a, b, c, size, number;

  for (size = -2; size < SPACE; size++)
    for (a = 0; a < TEXTS; a++) {
      start("former");
      show("copy", size, sm_strlcpy(space, texts[a], size));
      start("former");
      show("copy nothing", size, sm_strlcpyn(space, size, 0));
      show("copy less", size, sm_strlcpyn(start("former"), size, -1));
      for (b = 0; b < TEXTS; b++) {
        show("append", size, sm_strlcat(start(texts[a]), texts[b], size));
        for (c = 0; c < TEXTS; c++) {
          show("append two", size, sm_strlcat2(start(texts[a]), texts[b], texts[c], size));
          start("former");
          show("copy some", size, sm_strlcpyn(space, size, 3, texts[a], texts[b], texts[c]));
        }
      }
    }
  for (number = -10; number < 1000; number++) printf("%d: %s\n", number, sm_errstring(number));
  return 0;
}
