#include "bench-filter.h"

#define main bench_filter_main
#include "../../Filter/bench-filter.c"

void bench_filter_stop(void) { smfi_stop(); }
