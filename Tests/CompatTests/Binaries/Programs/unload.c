/*
 * Loads the library, serves until it is told to stop, and unloads it.
 *
 *   unload LIBRARY SOCKET
 *
 * Threads of the library may still be on their way to their end. Standard output tells whether their
 * code is still there.
 */

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "libmilter/mfapi.h"

/* A function of the library; POSIX has the conversion, C has not. */
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
