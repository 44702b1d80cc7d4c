/* System functions that the benchmark's programs need and that Swift cannot call. */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Makes the kernel end this process when the thread that started it ends, so that an interrupted
 * benchmark leaves no processes. */
void host_end_with_parent(void);

/* Restricts this process, and what it starts from now on, to the processors in a bit mask. */
bool host_pin(uint64_t processors);

/* Returns the processors that this process may use, as a bit mask of the first 64. */
uint64_t host_processors(void);

/* Raises the limit on open descriptors to the highest allowed and returns it. */
size_t host_raise_descriptors(void);

/* Returns the processor time of a process in nanoseconds, or -1 on failure. */
int64_t host_cpu_time(int process);

#endif
