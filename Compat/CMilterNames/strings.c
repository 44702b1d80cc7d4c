#include <stdarg.h>
#include <string.h>

#include "names.h"

/* Appends a string to `target`, and returns the length of both, even if they do not fit. */
static size_t append(char *target, size_t used, const char *source, ssize_t size) {
  size_t length = strlen(source);

  if (size > 0 && used < (size_t)size) {
    size_t room = (size_t)size - 1 - used;
    size_t count = length < room ? length : room;

    memmove(target + used, source, count);
    target[used + count] = '\0';
  }
  return used + length;
}

size_t sm_strlcpy(char *target, const char *source, ssize_t size) {
  return append(target, 0, source, size);
}

size_t sm_strlcat(char *target, const char *source, ssize_t size) {
  return append(target, strlen(target), source, size);
}

size_t sm_strlcat2(char *target, const char *first, const char *second, ssize_t size) {
  return append(target, append(target, strlen(target), first, size), second, size);
}

size_t sm_strlcpyn(char *target, ssize_t size, int count, ...) {
  size_t used = 0;
  va_list sources;

  if (count <= 0) return append(target, 0, "", size);
  va_start(sources, count);
  while (count-- > 0) used = append(target, used, va_arg(sources, const char *), size);
  va_end(sources);
  return used;
}
