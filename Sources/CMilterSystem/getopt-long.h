// getopt_long() is in no module of the toolchain.
#include <getopt.h>
