/* Runs a program, and adopts the processes that it leaves behind.
 *
 *   keeper PROGRAM [ARGUMENT]...
 *
 * Standard input is a socket. The keeper first writes "PID start" to it, and then "PID STATUS" for
 * each process that ends, including daemons. STATUS is the exit status, or 128 plus the number of
 * the signal that ended the process. When the tests end, the other end of the socket is closed. The
 * keeper then kills all remaining processes. It exits when no process is left. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
  fprintf(stderr, "keeper: %s: %s\n", what, strerror(errno));
  exit(125);
}

/* Kills the children. This process then becomes the parent of their children, for the next call. */
static void kill_children(void)
{
  char path[64];
  int pid;
  FILE *list;

  snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
  if ((list = fopen(path, "r")) == NULL)
    die(path);
  while (fscanf(list, "%d", &pid) == 1)
    kill(pid, SIGKILL);
  fclose(list);
}

/* Reports the processes that have ended. Returns 0 if no process is left. */
static int reap(void)
{
  int status;
  pid_t pid;

  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
    int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    dprintf(STDIN_FILENO, "%d %d\n", (int) pid, code);
  }
  return pid == 0;
}

int main(int argc, char *argv[])
{
  sigset_t signals;
  struct pollfd wait[2];
  struct signalfd_siginfo info;
  pid_t child;
  char byte;

  if (argc < 2)
    return 125;
  signal(SIGPIPE, SIG_IGN);
  if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
    die("prctl");
  sigemptyset(&signals);
  sigaddset(&signals, SIGCHLD);
  sigprocmask(SIG_BLOCK, &signals, NULL);
  wait[0] = (struct pollfd) {.fd = STDIN_FILENO, .events = POLLIN};
  wait[1] = (struct pollfd) {.fd = signalfd(-1, &signals, SFD_CLOEXEC), .events = POLLIN};
  if (wait[1].fd < 0)
    die("signalfd");

  if ((child = fork()) < 0)
    die("fork");
  if (child == 0) {
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_DFL);
    close(STDIN_FILENO);
    if (open("/dev/null", O_RDWR) != STDIN_FILENO)
      die("/dev/null");
    execv(argv[1], argv + 1);
    die(argv[1]);
  }
  dprintf(STDIN_FILENO, "%d start\n", (int) child);

  while (reap()) {
    if (poll(wait, 2, -1) < 0 && errno != EINTR)
      die("poll");
    if (wait[0].revents != 0 && read(STDIN_FILENO, &byte, 1) <= 0) {
      do {
        kill_children();
        poll(NULL, 0, 1);
      } while (reap());
      break;
    }
    if (wait[1].revents != 0 && read(wait[1].fd, &info, sizeof info) < 0)
      die("read");
  }
  return 0;
}
