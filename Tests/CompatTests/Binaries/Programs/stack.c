/*
 * Prints the stack size of a callback, and uses most of the stack.
 *
 *   stack SOCKET
 */

#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmilter/mfapi.h"

/* Each call writes one page of the stack. */
static int use(size_t pages) {
  volatile char page[4096];

  memset((char *)page, 1, sizeof page);
  return pages == 0 ? page[17] : use(pages - 1) + page[pages % sizeof page];
}

static sfsistat on_helo(SMFICTX *ctx, char *name) {
  pthread_attr_t attributes;
  void *start;
  size_t size;
  int sum;

  (void)ctx, (void)name;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0 ||
      pthread_attr_getstack(&attributes, &start, &size) != 0)
    abort();
  /* Half of the stack is for the pages, and the rest for the other contents of each frame. */
  sum = use(size / 2 / 4096);
  printf("stack %lu, used %d\n", (unsigned long)size, sum > 0);
  fflush(stdout);
  return SMFIS_CONTINUE;
}

int main(int argc, char **argv) {
  struct smfiDesc filter = {
      .xxfi_name = "stack", .xxfi_version = SMFI_VERSION, .xxfi_helo = on_helo};

  if (argc != 2 || smfi_register(filter) != MI_SUCCESS || smfi_setconn(argv[1]) != MI_SUCCESS)
    return 64;
  return smfi_main();
}
