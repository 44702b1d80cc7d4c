/* The trace: the filter's arguments, calls, and return values, as text. */
#include "filter.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The trace shows the start, the length, and a hash of longer strings. */
#define SHOWN 48

static int trace_fd = -1;
static char line[65536];
static size_t used;

void trace_open(const char *path) {
  trace_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (trace_fd < 0) {
    perror(path);
    exit(2);
  }
}

static void append(const char *format, va_list arguments) {
  int count = vsnprintf(line + used, sizeof line - used, format, arguments);
  if (count > 0) used += (size_t)count;
  if (used > sizeof line - 1) used = sizeof line - 1;
}

void trace_start(const char *format, ...) {
  va_list arguments;
  used = 0;
  va_start(arguments, format);
  append(format, arguments);
  va_end(arguments);
}

void trace_more(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  append(format, arguments);
  va_end(arguments);
}

void trace_bytes(const void *bytes, size_t count) {
  const unsigned char *all = bytes;
  uint32_t hash = 2166136261u;
  size_t i;
  trace_more("\"");
  for (i = 0; i < count && i < SHOWN; i++) {
    unsigned char c = all[i];
    if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
      trace_more("\\x%02x", c);
    else
      trace_more("%c", c);
  }
  trace_more("\"");
  if (count <= SHOWN) return;
  for (i = 0; i < count; i++) hash = (hash ^ all[i]) * 16777619u;
  trace_more("..(%zu bytes, hash %08x)", count, hash);
}

void trace_string(const char *string) {
  if (string == NULL)
    trace_more("NULL");
  else
    trace_bytes(string, strlen(string));
}

void trace_end(void) {
  size_t done = 0;
  trace_more("\n");
  /* Not buffered, because the test reads the trace as soon as the connection ends. */
  while (done < used) {
    ssize_t count = write(trace_fd, line + done, used - done);
    if (count <= 0) _exit(4);
    done += (size_t)count;
  }
}
