// The parts of the library that Swift cannot express; not installed.

#ifndef LIBMILTER_SUPPORT_H
#define LIBMILTER_SUPPORT_H

#include "libmilter/mfapi.h"

/// `smfi_setmlreply` with its arguments as an array, with at most one line more than a reply may
/// have.
int swift_milter_setmlreply(SMFICTX *, const char *code, const char *extended, const char **lines,
                            int count);

/// The maximum number of lines in a reply.
#define MILTER_MAX_REPLY_LINES 32

#endif
