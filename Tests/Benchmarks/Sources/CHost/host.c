#define _GNU_SOURCE
#include "host.h"

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

void host_end_with_parent(void)
{
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
}

bool host_pin(uint64_t processors)
{
#ifdef __linux__
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int i = 0; i < 64; i++)
    if (processors >> i & 1)
      CPU_SET(i, &set);
  return sched_setaffinity(0, sizeof set, &set) == 0;
#else
  (void)processors;
  return false;
#endif
}

uint64_t host_processors(void)
{
  uint64_t processors = 0;
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0)
    return 0;
  for (int i = 0; i < 64; i++)
    if (CPU_ISSET(i, &set))
      processors |= (uint64_t)1 << i;
#endif
  return processors;
}

size_t host_raise_descriptors(void)
{
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return 1024;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

int64_t host_cpu_time(int process)
{
#ifdef __linux__
  clockid_t clock;
  struct timespec time;
  /* The sum of utime and stime in /proc/PID/stat, but not rounded to hundredths of a second. */
  if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &time) != 0)
    return -1;
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
#else
  (void)process;
  return -1;
#endif
}
