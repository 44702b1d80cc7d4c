/*
 * Becomes a background process after smfi_register, as daemons do, and then calls the library from
 * several threads at once. Returns the exit status of the background process.
 */

#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libmilter/mfapi.h"

enum { threads = 4, calls = 100000 };

static void *call(void *unused) {
  int i;
  for (i = 0; i < calls; i++)
    if (smfi_settimeout(600) != MI_SUCCESS) return unused;
  return NULL;
}

static int contend(void) {
  pthread_t others[threads];
  int i;
  for (i = 0; i < threads; i++)
    if (pthread_create(&others[i], NULL, call, NULL) != 0) return 71;
  call(NULL);
  for (i = 0; i < threads; i++) pthread_join(others[i], NULL);
  puts("done");
  return fflush(stdout) == 0 ? 0 : 74;
}

/* Registers the filter, forks, and exits. main() then becomes the parent of the forked process. */
static void become_daemon(void) {
  struct smfiDesc filter;
  static char name[] = "forked";
  int ends[2];
  char byte;

  memset(&filter, 0, sizeof filter);
  filter.xxfi_name = name;
  filter.xxfi_version = SMFI_VERSION;
  if (smfi_register(filter) != MI_SUCCESS || pipe(ends) != 0) _exit(70);
  switch (fork()) {
    case -1: _exit(71);
    case 0:
      close(ends[1]);
      /* Wait until the parent has exited. */
      if (read(ends[0], &byte, 1) != 0) _exit(74);
      _exit(contend());
    default: _exit(0);
  }
}

int main(void) {
  int status = 0, result = 0;

  /* Orphans become children of this process. */
  if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) return 71;
  switch (fork()) {
    case -1: return 71;
    case 0: become_daemon();
  }
  while (wait(&status) > 0)
    if (status != 0) result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}
