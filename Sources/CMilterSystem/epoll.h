/* What Swift's view of the C library on Linux lacks. */
#ifdef __linux__
#include <sys/epoll.h>
#endif
