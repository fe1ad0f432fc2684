// The least that a client can do: one thread, epoll, one clock read a socket read, one stamp an event, no JSON, no rows.
//
//   client --port P --streams N --for-ms T [--path /v1/chat/completions] [--rate R] [--stamps FILE]
//
// Without --rate each of N connections asks again as soon as its answer ended (closed loop); with it a request starts every 1/R seconds on
// a free connection, N of them opened ahead. After T it asks no more and waits for what is open. Prints its counts as JSON.
#include "wire.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CARRY = 64, GAP_BUCKETS = 1 << 16 };

struct conn {
  int fd, busy, done, tiny_left;
  uint64_t trace;
  int64_t sent, last;
  uint32_t events;
  char carry[CARRY]; // the start of a line that a read cut
  int carried;
};

static struct { long long requests, events, bytes, late_starts; } counted;
static uint32_t gaps[GAP_BUCKETS]; // of 10 us
static struct journal journal;
static struct conn *conns, **idle;
static int idle_used, open_requests;
static const char *path;
static int tiny;

static void ask(struct conn *c) {
  static const char body[] = "{\"model\":\"bench-model\",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"messages\":[{\"role\":\"user\",\"content\":\"How much may a ship carry?\"}]}";
  char head[1024];
  c->trace = (uint64_t)(++counted.requests) * 0x9e3779b97f4a7c15ULL;
  int length = snprintf(head, sizeof head,
                        "POST %s HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ntraceparent: 00-%016llx%016llx-%016llx-01\r\ncontent-length: %zu\r\n\r\n%s", path,
                        1ULL, (unsigned long long)c->trace, (unsigned long long)c->trace, sizeof body - 1, body);
  c->sent = mono();
  c->last = 0;
  c->events = 0;
  c->done = c->carried = 0;
  c->busy = 1;
  c->tiny_left = -1;
  open_requests++;
  journal_add(&journal, c->trace, c->sent, 0, KIND_REQUEST);
  if (write(c->fd, head, (size_t)length) != length) die("write");
}

static void end(struct conn *c, int64_t now) {
  journal_add(&journal, c->trace, now, c->events, KIND_END);
  c->busy = 0;
  open_requests--;
  idle[idle_used++] = c;
}

// The stub ends a line of a chunk with \n, the last chunk with "0\r\n\r\n" after [DONE].
static void line(struct conn *c, const char *at, size_t length, int64_t now) {
  if (length >= 7 && !memcmp(at, "data: {", 7)) {
    if (c->last) {
      int64_t bucket = (now - c->last) / 10000;
      gaps[bucket < GAP_BUCKETS ? bucket : GAP_BUCKETS - 1]++;
    }
    c->last = now;
    journal_add(&journal, c->trace, now, c->events++, KIND_CONTENT);
    counted.events++;
  } else if (length >= 12 && !memcmp(at, "data: [DONE]", 12)) c->done = 1;
  else if (c->done && length >= 1 && at[0] == '0') c->done = 2;
  else if (c->done == 2) end(c, now);
}

static void stream(struct conn *c, const char *at, size_t length, int64_t now) {
  const char *stop = at + length;
  while (at < stop) {
    const char *newline = memchr(at, '\n', (size_t)(stop - at));
    size_t part = (size_t)((newline ? newline : stop) - at);
    if (c->carried || !newline) {
      size_t fits = part < (size_t)(CARRY - c->carried) ? part : (size_t)(CARRY - c->carried);
      memcpy(c->carry + c->carried, at, fits);
      c->carried += (int)fits;
    }
    if (!newline) return;
    if (c->carried) {
      int carried = c->carried;
      c->carried = 0;
      line(c, c->carry, (size_t)carried, now);
    } else line(c, at, part, now);
    at = newline + 1;
  }
}

// One read holds the whole head here; the body may come later.
static void small(struct conn *c, const char *at, size_t length, int64_t now) {
  if (c->tiny_left < 0) {
    const char *field = memmem(at, length, "content-length: ", 16), *body = memmem(at, length, "\r\n\r\n", 4);
    if (!field || !body) { fprintf(stderr, "not the stub's answer\n"); exit(1); }
    c->tiny_left = atoi(field + 16) - (int)(at + length - body - 4);
  } else c->tiny_left -= (int)length;
  if (c->tiny_left == 0) end(c, now);
}

int main(int argc, char **argv) {
  int port = (int)number_option(argc, argv, "port", 0), streams = (int)number_option(argc, argv, "streams", 1);
  int64_t length = number_option(argc, argv, "for-ms", 1000) * 1000000;
  double rate = atof(option(argc, argv, "rate", "0"));
  path = option(argc, argv, "path", "/v1/chat/completions");
  tiny = !strncmp(path, "/tiny", 5);
  journal_open(&journal, option(argc, argv, "stamps", NULL), 1u << 25);
  prctl(PR_SET_TIMERSLACK, 1UL);

  int poller = epoll_create1(0);
  conns = calloc((size_t)streams, sizeof *conns);
  idle = calloc((size_t)streams, sizeof *idle);
  static char buffer[1 << 18];
  for (int i = 0; i < streams; i++) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to)) die("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = &conns[i]};
    conns[i].fd = fd;
    if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &e)) die("epoll_ctl");
    idle[idle_used++] = &conns[i];
  }
  int64_t begun = mono(), stop = begun + length, due = begun, now = begun;
  long long started = 0;
  while (now < stop || open_requests) {
    if (now < stop && rate > 0)
      while (due <= now && due < stop) {
        if (!idle_used) { counted.late_starts++; break; }
        ask(idle[--idle_used]);
        due = begun + (int64_t)((double)++started * 1e9 / rate);
      }
    else if (now < stop)
      while (idle_used) ask(idle[--idle_used]);
    int64_t wait = (rate > 0 && due < stop ? due : stop) - mono();
    struct timespec timeout = {wait > 0 ? wait / 1000000000 : 0, wait > 0 ? wait % 1000000000 : 0};
    struct epoll_event ready[512];
    int n = epoll_pwait2(poller, ready, 512, now < stop ? &timeout : NULL, NULL);
    if (n < 0 && errno != EINTR) die("epoll_pwait2");
    for (int i = 0; i < n; i++) {
      struct conn *c = ready[i].data.ptr;
      ssize_t got = read(c->fd, buffer, sizeof buffer);
      if (got <= 0) die("the stub closed a connection");
      int64_t at = mono();
      counted.bytes += got;
      if (tiny) small(c, buffer, (size_t)got, at);
      else stream(c, buffer, (size_t)got, at);
    }
    now = mono();
  }
  // Two of the data lines of a stream, finish and usage, hold no content.
  printf("{\"requests\":%lld,\"events\":%lld,\"errors\":0,\"bytes\":%lld,\"waited\":%lld,\"seconds\":%.3f}\n", counted.requests, tiny ? 0 : counted.events - 2 * counted.requests,
         counted.bytes, counted.late_starts, (double)(now - begun) / 1e9);
  journal_close(&journal);
  return 0;
}
