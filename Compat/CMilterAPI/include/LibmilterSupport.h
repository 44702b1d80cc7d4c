// What the library needs of C because Swift cannot say it; not installed.

#ifndef LIBMILTER_SUPPORT_H
#define LIBMILTER_SUPPORT_H

#include "libmilter/mfapi.h"

/// What `smfi_setmlreply` comes to when its arguments are collected: lines, at most one more than
/// a reply may have.
int swift_milter_setmlreply(SMFICTX *, const char *code, const char *extended, const char **lines,
                            int count);

/// Most lines in a reply.
#define MILTER_MAX_REPLY_LINES 32

#endif
