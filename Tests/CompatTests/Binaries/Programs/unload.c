/*
 * Loads the library, serves until it is told to stop, and unloads it.
 *
 *   unload LIBRARY SOCKET
 *
 * Threads of the library may not have exited yet. The program prints whether their code is still
 * loaded.
 */

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "libmilter/mfapi.h"

/* Finds a function. Only POSIX, not C, can convert the pointer, so this copies its bytes. */
#define FIND(function, name) memcpy(&function, (void *[]){dlsym(library, name)}, sizeof function)

int main(int argc, char **argv) {
  struct smfiDesc filter = {.xxfi_name = "unload", .xxfi_version = SMFI_VERSION};
  int (*set_up)(struct smfiDesc);
  int (*set_socket)(char *);
  int (*serve)(void);
  void *library;

  if (argc != 3) return 64;
  library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return 1;
  FIND(set_up, "smfi_register");
  FIND(set_socket, "smfi_setconn");
  FIND(serve, "smfi_main");
  if (set_up(filter) != MI_SUCCESS || set_socket(argv[2]) != MI_SUCCESS) return 1;
  printf("main: %d\n", serve());
  printf("close: %d\n", dlclose(library));
  printf("still there: %d\n", dlopen(argv[1], RTLD_NOW | RTLD_NOLOAD) != NULL);
  return 0;
}
