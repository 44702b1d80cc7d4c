/*
 * What the shared library exports beside the interface of mfapi.h, because the original does; not
 * installed. Configure scripts look for some of these names to find the library, and programs that
 * were linked with the original may refer to any.
 */

#ifndef SWIFT_MILTER_NAMES_H
#define SWIFT_MILTER_NAMES_H

#include <netdb.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Strings with an end in a space of limited size. Each writes what fits and a NUL, or nothing where
 * not even that fits, and returns how long the whole string would be.
 */

size_t sm_strlcpy(char *target, const char *source, ssize_t size);
size_t sm_strlcat(char *target, const char *source, ssize_t size);
size_t sm_strlcat2(char *target, const char *first, const char *second, ssize_t size);
/* All of `count` strings, one after the other. */
size_t sm_strlcpyn(char *target, ssize_t size, int count, ...);

/* What an error number means: the system's, or one of Sendmail's own. */
const char *sm_errstring(int number);

/* The original's inside, as far as it can be used without its private headers. */

void freehostent(struct hostent *host);
struct hostent *mi_gethostbyname(char *name, int family);
int mi_inet_pton(int family, const char *text, void *address);
void mi_stop_milters(int reason);

#endif
