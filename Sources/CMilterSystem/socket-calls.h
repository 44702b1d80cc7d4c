/* recv() and send() that are no cancellation points.

glibc's functions take 40 instructions for pthread_cancel(), in each call. And a thread of a C filter that was canceled in
one of them would keep the lock of its connection. */
#ifdef __linux__
#include <stddef.h>
#include <sys/syscall.h>

/* Without <unistd.h>, which declares types of the C library. */
long syscall(long number, ...);

static inline long milter_recv(int socket, void *buffer, size_t size, int flags) {
  return syscall(SYS_recvfrom, socket, buffer, size, flags, NULL, NULL);
}

static inline long milter_send(int socket, const void *buffer, size_t size, int flags) {
  return syscall(SYS_sendto, socket, buffer, size, flags, NULL, 0);
}
#endif
