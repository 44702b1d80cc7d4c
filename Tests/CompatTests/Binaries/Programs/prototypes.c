/* Makes the compiler compare the type of every function with its type in libmilter. */

#include <libmilter/mfapi.h>

int (*the_opensocket)(bool) = smfi_opensocket;
int (*the_register)(struct smfiDesc) = smfi_register;
int (*the_main)(void) = smfi_main;
int (*the_setbacklog)(int) = smfi_setbacklog;
int (*the_setdbg)(int) = smfi_setdbg;
int (*the_settimeout)(int) = smfi_settimeout;
int (*the_setconn)(char *) = smfi_setconn;
int (*the_stop)(void) = smfi_stop;
size_t (*the_setmaxdatasize)(size_t) = smfi_setmaxdatasize;
int (*the_version)(unsigned int *, unsigned int *, unsigned int *) = smfi_version;
char *(*the_getsymval)(SMFICTX *, char *) = smfi_getsymval;
int (*the_setreply)(SMFICTX *, char *, char *, char *) = smfi_setreply;
int (*the_setmlreply)(SMFICTX *, const char *, const char *, ...) = smfi_setmlreply;
int (*the_addheader)(SMFICTX *, char *, char *) = smfi_addheader;
int (*the_chgheader)(SMFICTX *, char *, int, char *) = smfi_chgheader;
int (*the_insheader)(SMFICTX *, int, char *, char *) = smfi_insheader;
int (*the_chgfrom)(SMFICTX *, char *, char *) = smfi_chgfrom;
int (*the_addrcpt)(SMFICTX *, char *) = smfi_addrcpt;
int (*the_addrcpt_par)(SMFICTX *, char *, char *) = smfi_addrcpt_par;
int (*the_delrcpt)(SMFICTX *, char *) = smfi_delrcpt;
int (*the_progress)(SMFICTX *) = smfi_progress;
int (*the_replacebody)(SMFICTX *, unsigned char *, int) = smfi_replacebody;
int (*the_quarantine)(SMFICTX *, char *) = smfi_quarantine;
int (*the_setpriv)(SMFICTX *, void *) = smfi_setpriv;
void *(*the_getpriv)(SMFICTX_PTR) = smfi_getpriv;
int (*the_setsymlist)(SMFICTX *, int, char *) = smfi_setsymlist;

int main(void)
{
  return 0;
}
