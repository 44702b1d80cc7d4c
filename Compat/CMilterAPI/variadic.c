// The only variadic function, which Swift cannot define.

#include <stdarg.h>
#include <stddef.h>

#include "LibmilterSupport.h"

int smfi_setmlreply(SMFICTX *ctx, const char *rcode, const char *xcode, ...) {
  const char *lines[MILTER_MAX_REPLY_LINES + 1];
  int count = 0;
  va_list arguments;

  va_start(arguments, xcode);
  // One line too many is enough to know that there are too many.
  while (count <= MILTER_MAX_REPLY_LINES) {
    const char *line = va_arg(arguments, const char *);
    if (line == NULL) break;
    lines[count++] = line;
  }
  va_end(arguments);
  return swift_milter_setmlreply(ctx, rcode, xcode, lines, count);
}
