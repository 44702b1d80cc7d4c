/*
 * The interface between a C filter and the library: libmilter's, version 1.0.1.
 *
 * Written for swift-milter, so that filters for Sendmail's libmilter compile and run unchanged.
 * swift-milter's article "Porting from libmilter" describes each function and callback.
 * Licensed under the Apache License, version 2.0.
 */

#ifndef SWIFT_MILTER_MFAPI_H
#define SWIFT_MILTER_MFAPI_H 1
/* Filters check with this name whether the file is included. */
#define _LIBMILTER_MFAPI_H 1

#include <sys/types.h>

#include <sys/socket.h>

#include "libmilter/mfdef.h"

/* The library's version; a filter may ask for an older interface by defining it first. */
#ifndef SMFI_VERSION
#define SMFI_VERSION 0x01000001
#endif

#define SM_LM_VRS_MAJOR(version) (((version) >> 24) & 0x7f)
#define SM_LM_VRS_MINOR(version) (((version) >> 8) & 0x7fff)
#define SM_LM_VRS_PLVL(version) ((version) & 0x7f)

#ifndef LIBMILTER_API
#define LIBMILTER_API extern
#endif

#ifndef _SOCK_ADDR
#define _SOCK_ADDR struct sockaddr
#endif

/* C before C23 has no bool; filters rely on this one, which is an int. Some compilers made bool
   a keyword while C23 was still a draft, so <stdbool.h> decides for anything after C17. */
#if !defined(__cplusplus) && defined(__STDC_VERSION__) && __STDC_VERSION__ > 201710L
#include <stdbool.h>
#elif !defined(__cplusplus) && !defined(bool) && !defined(__bool_true_false_are_defined)
typedef int bool;
#define false 0
#define true 1
#define __bool_true_false_are_defined 1
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The results of the functions below. */
#define MI_SUCCESS 0
#define MI_FAILURE (-1)

/* The statuses that a callback returns. */
typedef int sfsistat;

#define SMFIS_CONTINUE 0
#define SMFIS_REJECT 1
#define SMFIS_DISCARD 2
#define SMFIS_ACCEPT 3
#define SMFIS_TEMPFAIL 4
#define SMFIS_NOREPLY 7
#define SMFIS_SKIP 8
#define SMFIS_ALL_OPTS 10

/* The actions that a filter requests. */
#define SMFIF_NONE 0x00000000L
#define SMFIF_ADDHDRS 0x00000001L
#define SMFIF_CHGBODY 0x00000002L
#define SMFIF_MODBODY SMFIF_CHGBODY
#define SMFIF_ADDRCPT 0x00000004L
#define SMFIF_DELRCPT 0x00000008L
#define SMFIF_CHGHDRS 0x00000010L
#define SMFIF_QUARANTINE 0x00000020L
#define SMFIF_CHGFROM 0x00000040L
#define SMFIF_ADDRCPT_PAR 0x00000080L
#define SMFIF_SETSYMLIST 0x00000100L

/* The stages of macros, for smfi_setsymlist(). */
#define SMFIM_NOMACROS (-1)
#define SMFIM_FIRST 0
#define SMFIM_CONNECT 0
#define SMFIM_HELO 1
#define SMFIM_ENVFROM 2
#define SMFIM_ENVRCPT 3
#define SMFIM_DATA 4
#define SMFIM_EOM 5
#define SMFIM_EOH 6
#define SMFIM_LAST 6

/* One connection from an MTA. */
typedef struct smfi_str SMFICTX;
typedef struct smfi_str *SMFICTX_PTR;

/* A filter: its name, its requests, and its callbacks. The order is part of the interface. */
struct smfiDesc {
  char *xxfi_name;
  int xxfi_version;
  unsigned long xxfi_flags;
  sfsistat (*xxfi_connect)(SMFICTX *, char *, _SOCK_ADDR *);
  sfsistat (*xxfi_helo)(SMFICTX *, char *);
  sfsistat (*xxfi_envfrom)(SMFICTX *, char **);
  sfsistat (*xxfi_envrcpt)(SMFICTX *, char **);
  sfsistat (*xxfi_header)(SMFICTX *, char *, char *);
  sfsistat (*xxfi_eoh)(SMFICTX *);
  sfsistat (*xxfi_body)(SMFICTX *, unsigned char *, size_t);
  sfsistat (*xxfi_eom)(SMFICTX *);
  sfsistat (*xxfi_abort)(SMFICTX *);
  sfsistat (*xxfi_close)(SMFICTX *);
  /* Filters of version 2 end here, */
  sfsistat (*xxfi_unknown)(SMFICTX *, const char *);
  /* those of version 3 here, */
  sfsistat (*xxfi_data)(SMFICTX *);
  /* and those of version 4 here. */
  sfsistat (*xxfi_negotiate)(SMFICTX *, unsigned long, unsigned long, unsigned long,
                             unsigned long, unsigned long *, unsigned long *, unsigned long *,
                             unsigned long *);
};
typedef struct smfiDesc smfiDesc_str;
typedef struct smfiDesc *smfiDesc_ptr;

/* The whole library. */
LIBMILTER_API int smfi_register(struct smfiDesc);
LIBMILTER_API int smfi_setconn(char *);
#ifdef __GNUC__
__extension__ /* With <stdbool.h> in C89, clang warns about bool. */
#endif
LIBMILTER_API int smfi_opensocket(bool);
LIBMILTER_API int smfi_setbacklog(int);
LIBMILTER_API int smfi_settimeout(int);
LIBMILTER_API int smfi_setdbg(int);
LIBMILTER_API size_t smfi_setmaxdatasize(size_t);
LIBMILTER_API int smfi_main(void);
LIBMILTER_API int smfi_stop(void);
LIBMILTER_API int smfi_version(unsigned int *, unsigned int *, unsigned int *);

/* One connection. */
LIBMILTER_API char *smfi_getsymval(SMFICTX *, char *);
LIBMILTER_API int smfi_setpriv(SMFICTX *, void *);
LIBMILTER_API void *smfi_getpriv(SMFICTX *);
LIBMILTER_API int smfi_setreply(SMFICTX *, char *, char *, char *);
LIBMILTER_API int smfi_setmlreply(SMFICTX *, const char *, const char *, ...);
LIBMILTER_API int smfi_setsymlist(SMFICTX *, int, char *);

/* The changes of a message, at its end. */
LIBMILTER_API int smfi_addheader(SMFICTX *, char *, char *);
LIBMILTER_API int smfi_chgheader(SMFICTX *, char *, int, char *);
LIBMILTER_API int smfi_insheader(SMFICTX *, int, char *, char *);
LIBMILTER_API int smfi_chgfrom(SMFICTX *, char *, char *);
LIBMILTER_API int smfi_addrcpt(SMFICTX *, char *);
LIBMILTER_API int smfi_addrcpt_par(SMFICTX *, char *, char *);
LIBMILTER_API int smfi_delrcpt(SMFICTX *, char *);
LIBMILTER_API int smfi_replacebody(SMFICTX *, unsigned char *, int);
LIBMILTER_API int smfi_quarantine(SMFICTX *, char *);
LIBMILTER_API int smfi_progress(SMFICTX *);

#ifdef __cplusplus
}
#endif

#endif
