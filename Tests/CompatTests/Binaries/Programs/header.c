/* Uses the whole interface. It must compile in every dialect of C and C++, and is never run. */

#ifdef BOOL_BEFORE
#include <stdbool.h>
#endif

#include <libmilter/mfapi.h>

#ifdef BOOL_AFTER
#include <stdbool.h>
#endif

static sfsistat on_helo(SMFICTX *ctx, char *name)
{
  (void) ctx;
  return name[0] == '\0' ? SMFIS_REJECT : SMFIS_CONTINUE;
}

int main(void)
{
  static struct smfiDesc filter;

  filter.xxfi_version = SMFI_VERSION;
  filter.xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGBODY;
  filter.xxfi_helo = on_helo;
  if (smfi_opensocket(true) != MI_SUCCESS || smfi_opensocket(false) != MI_SUCCESS)
    return 1;
  return smfi_register(filter);
}
