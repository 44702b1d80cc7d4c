/* The internals of the load generator: a connection, and the load it belongs to. */
#ifndef CONNECTION_H
#define CONNECTION_H

#include "load.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <netinet/in.h>

enum phase {
  CLOSED,     /* opened when the group's turn comes */
  WAITING,    /* the peer's backlog was full; tried again later */
  CONNECTING,
  HELLO,
  READY,      /* nothing to do */
  MESSAGE,
  GOODBYE     /* sent the last command; the peer must close */
};

struct connection {
  int descriptor;
  enum phase phase;
  uint32_t group;
  size_t burst, sent, got; /* the position in the phase's script */
  size_t done;             /* messages completed in this run */
  uint64_t start;          /* the start of the message in progress */
};

struct group {
  struct load_group plan;
  struct connection *connections;
  size_t opened;
  size_t begun; /* connections that have begun messages in this run */
  uint64_t *latencies;
  size_t count, room;
  size_t bursts_in_time; /* completed bursts of message scripts */
  uint64_t last;
};

struct load {
  int epoll;
  union {
    struct sockaddr any;
    struct sockaddr_un local;
    struct sockaddr_in inet;
  } address;
  socklen_t address_size;
  struct group *groups;
  size_t group_count;
  size_t busy;    /* connections that are not idle */
  size_t waiting; /* busy connections in the phase WAITING */
  size_t unbegun; /* connections that begin messages later */
  bool running;   /* connections may begin messages */
  bool is_over;   /* the time of the run has ended */
  uint64_t start, end;
  char error[1024];
  uint8_t buffer[65536];
};

uint64_t now(void);

/* Opens a connection, which the caller has already counted as busy. */
bool connection_open(struct load *load, struct connection *connection);

/* Begins messages on a ready connection, which the caller has already counted as busy. */
bool connection_begin(struct load *load, struct connection *connection);

/* Handles events that epoll reported. */
bool connection_handle(struct load *load, struct connection *connection, uint32_t events);

/* Resets the connection, so that no TCP port stays in TIME_WAIT. */
void connection_break(struct connection *connection);

/* Describes the phase and the position of a connection, for error messages. */
const char *connection_place(const struct load *load, const struct connection *connection,
                             char *text, size_t size);

#endif
