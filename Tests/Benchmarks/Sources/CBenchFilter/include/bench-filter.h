/* The C filter as a part of another program, with another name for main(). */
#ifndef BENCH_FILTER_H
#define BENCH_FILTER_H

/* Serves until bench_filter_stop(). */
int bench_filter_main(int argc, char **argv);

/* Ends bench_filter_main(), from another thread. */
void bench_filter_stop(void);

#endif
