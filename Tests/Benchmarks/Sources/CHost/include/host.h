/* What the benchmark's programs need of the system and Swift cannot call. */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Has the kernel end this process when the thread that started it ends, so that an interrupted
 * benchmark leaves nothing behind. */
void host_end_with_parent(void);

/* Restricts this process, and what it starts from now on, to the processors in a bit mask. */
bool host_pin(uint64_t processors);

/* The processors this process may use, as a bit mask; those beyond 63 do not count. */
uint64_t host_processors(void);

/* Raises the limit on open descriptors to the highest allowed and returns it. */
size_t host_raise_descriptors(void);

/* The processor time a process has used, in nanoseconds, or -1. */
int64_t host_cpu_time(int process);

#endif
