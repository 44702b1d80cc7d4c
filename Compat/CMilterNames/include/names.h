/*
 * The names that the shared library exports in addition to the interface of mfapi.h, because the
 * original does; not installed. Configure scripts look for some of these names to find the library,
 * and programs that were linked with the original may refer to any of them.
 */

#ifndef SWIFT_MILTER_NAMES_H
#define SWIFT_MILTER_NAMES_H

#include <netdb.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Copies strings to a buffer of limited size. Each function writes the part that fits and a NUL, or
 * nothing if the buffer is empty, and returns the length of the whole string.
 */

size_t sm_strlcpy(char *target, const char *source, ssize_t size);
size_t sm_strlcat(char *target, const char *source, ssize_t size);
size_t sm_strlcat2(char *target, const char *first, const char *second, ssize_t size);
/* Concatenates `count` strings. */
size_t sm_strlcpyn(char *target, ssize_t size, int count, ...);

/* Returns the text of an error number of the system or of Sendmail. */
const char *sm_errstring(int number);

/* Internal functions of the original that can be used without its private headers. */

void freehostent(struct hostent *host);
struct hostent *mi_gethostbyname(char *name, int family);
int mi_inet_pton(int family, const char *text, void *address);
void mi_stop_milters(int reason);

#endif
