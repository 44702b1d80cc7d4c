/*
 * sandbox [--errno] [--no-wx] [--families NAME,...] CALLS PROGRAM [ARGUMENT ...]
 *
 * Runs a program under the seccomp filters that systemd makes of a unit:
 *
 *   CALLS        a file that names the system calls that are allowed (SystemCallFilter=)
 *   --errno      any other call returns EPERM (SystemCallErrorNumber=EPERM); default: SIGSYS
 *   --no-wx      no memory is writable and executable (MemoryDenyWriteExecute=)
 *   --families   the socket families that are allowed (RestrictAddressFamilies=)
 *
 * clone3 returns ENOSYS, as with RestrictNamespaces=. calls.h has the machine's calls and numbers,
 * as { "read", 0 }.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "another architecture needs its AUDIT_ARCH here"
#endif

static const struct { const char *name; int number; } known[] = {
#include "calls.h"
};
static const struct { const char *name; int number; } families[] = {
    {"AF_UNIX", AF_UNIX}, {"AF_INET", AF_INET}, {"AF_INET6", AF_INET6}, {"AF_NETLINK", AF_NETLINK}};

static struct sock_filter code[4096];
static unsigned short length;

static void add(unsigned short operation, unsigned int value, unsigned char yes, unsigned char no) {
  if (length == sizeof code / sizeof *code) exit((fputs("sandbox: too many calls\n", stderr), 125));
  code[length++] = (struct sock_filter){operation, yes, no, value};
}
static void load(size_t offset) { add(BPF_LD | BPF_W | BPF_ABS, offset, 0, 0); }
static void load_argument(int index) {
  load(offsetof(struct seccomp_data, args) + 8 * index);  /* the low half: little endian */
}
static void answer(unsigned int action) { add(BPF_RET | BPF_K, action, 0, 0); }
static void answer_error(int error) { answer(SECCOMP_RET_ERRNO | error); }

static void begin(void) {
  length = 0;
  load(offsetof(struct seccomp_data, arch));
  add(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
  answer(SECCOMP_RET_KILL_PROCESS);
  load(offsetof(struct seccomp_data, nr));
}
static void install(void) {
  struct sock_fprog program = {length, code};
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    exit((perror("sandbox: seccomp"), 125));
}

static void allow_calls(const char *path, unsigned int otherwise) {
  FILE *file = fopen(path, "r");
  char name[64];
  int count = 0;
  if (file == NULL) exit((perror(path), 125));
  begin();
  while (fscanf(file, "%63s", name) == 1)
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
      if (strcmp(known[i].name, name) == 0) {
        add(BPF_JMP | BPF_JEQ | BPF_K, known[i].number, 0, 1);
        answer(SECCOMP_RET_ALLOW);
        count++;
      }
  fclose(file);
  if (count < 100) exit((fprintf(stderr, "sandbox: %s: only %d calls\n", path, count), 125));
  answer(otherwise);
  install();
}

static void refuse_threads_by_clone3(void) {
  begin();
  add(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1);
  answer_error(ENOSYS);
  answer(SECCOMP_RET_ALLOW);
  install();
}

static void allow_families(char *names) {
  begin();
  add(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 1, 0);
  answer(SECCOMP_RET_ALLOW);
  load_argument(0);
  for (char *name = strtok(names, ","); name != NULL; name = strtok(NULL, ",")) {
    size_t i = 0, count = sizeof families / sizeof *families;
    while (i < count && strcmp(families[i].name, name) != 0) i++;
    if (i == count) exit((fprintf(stderr, "sandbox: %s: not in the table\n", name), 125));
    add(BPF_JMP | BPF_JEQ | BPF_K, families[i].number, 0, 1);
    answer(SECCOMP_RET_ALLOW);
  }
  answer_error(EAFNOSUPPORT);
  install();
}

/* Refuses a call whose third argument has all bits of a mask. */
static void refuse_protection(int call, unsigned int bits) {
  begin();
  add(BPF_JMP | BPF_JEQ | BPF_K, call, 1, 0);
  answer(SECCOMP_RET_ALLOW);
  load_argument(2);
  add(BPF_ALU | BPF_AND | BPF_K, bits, 0, 0);
  add(BPF_JMP | BPF_JEQ | BPF_K, bits, 0, 1);
  answer_error(EPERM);
  answer(SECCOMP_RET_ALLOW);
  install();
}

int main(int argc, char **argv) {
  unsigned int otherwise = SECCOMP_RET_KILL_PROCESS;
  char *allowed_families = NULL;
  int denies_wx = 0, i = 1;
  for (; i < argc && argv[i][0] == '-'; i++)
    if (strcmp(argv[i], "--errno") == 0) otherwise = SECCOMP_RET_ERRNO | EPERM;
    else if (strcmp(argv[i], "--no-wx") == 0) denies_wx = 1;
    else if (strcmp(argv[i], "--families") == 0 && i + 1 < argc) allowed_families = argv[++i];
    else exit((fprintf(stderr, "sandbox: %s: no such option\n", argv[i]), 125));
  if (argc - i < 2) exit((fputs("usage: sandbox [OPTION ...] CALLS PROGRAM ...\n", stderr), 125));
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) exit((perror("sandbox: prctl"), 125));
  /* The list of calls comes last: it need not allow more filters. */
  if (allowed_families != NULL) allow_families(allowed_families);
  if (denies_wx) {
    refuse_protection(SYS_mmap, PROT_WRITE | PROT_EXEC);
    refuse_protection(SYS_mprotect, PROT_EXEC);
    refuse_protection(SYS_pkey_mprotect, PROT_EXEC);
  }
  refuse_threads_by_clone3();
  allow_calls(argv[i], otherwise);
  execv(argv[i + 1], argv + i + 1);
  perror(argv[i + 1]);
  return 126;
}
