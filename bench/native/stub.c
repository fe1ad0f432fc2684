// A paced streaming server whose send times are known: one thread, epoll, every event written at an absolute deadline.
//
//   POST /tiny     a small JSON answer, after --tiny-us (plus 0..--jitter-us when that is not 0)
//   POST anything  an OpenAI chat stream: headers at once, the first event --first-us plus 0..--jitter-us after the request, then one
//                  event every --gap-us, then finish, usage and [DONE] in one write, a gap after the last event
//   GET anything   a list of one model
//
// --log FILE keeps the time of every read request and, taken just before write(), of every write. --freeze-at-us N --freeze-us M: from N
// after the first request, nothing is read or written for M. Prints {"port":N} when it listens and its counts when stdin closes.
#include "wire.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { IN_MAX = 256 * 1024, BIN_NS = 100000000, BINS = 36000, LATE_BUCKETS = 100000 };
enum phase { READING, STREAMING, TINY };

struct conn {
  int fd, heap; // place in the heap, -1 when no deadline is set
  enum phase phase;
  uint64_t trace;
  int64_t base, deadline;
  uint32_t next;
  char *in;
  size_t in_used;
};

static struct { int64_t events, gap, first, jitter, tiny, freeze_at, freeze; } set;
static struct { int64_t requests, tiny, events, ends, broken, blocked, accepted, open, most_open; } counted;
static uint32_t bins[BINS], late[LATE_BUCKETS]; // lateness of a write against its deadline, in 10 us
static int64_t first_request, last_write, froze_from, froze_to;
static struct journal journal;
static int poller;

enum { VARIANTS = 16 };
static char event_bytes[VARIANTS][512], finish_bytes[2048], tiny_bytes[512], models_bytes[512];
static size_t event_length[VARIANTS], finish_length, tiny_length, models_length;
static const char stream_head[] = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n";

static size_t chunk(char *out, const char *data) { return (size_t)sprintf(out, "%zx\r\n%s\r\n", strlen(data), data); }

static size_t whole(char *out, const char *json) {
  return (size_t)sprintf(out, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %zu\r\n\r\n%s", strlen(json), json);
}

static void prepare_bytes(void) {
  static const char *words[VARIANTS] = {" the", " load", " line", ",", " holds", " while", " water", " stays", " calm", ".", " \\u00e9t\xc3\xa9", "\\n", " \\\"so\\\"", " a", " ship", " sails"};
  static const char head[] = "data: {\"id\":\"chatcmpl-5f0c2b7e9a41\",\"object\":\"chat.completion.chunk\",\"created\":1790000000,\"model\":\"bench-model\",\"system_fingerprint\":\"fp_bench\",";
  char data[1024];
  for (int i = 0; i < VARIANTS; i++) {
    sprintf(data, "%s\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"},\"finish_reason\":null}]}\n\n", head, words[i]);
    event_length[i] = chunk(event_bytes[i], data);
  }
  sprintf(data, "%s\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n", head);
  finish_length = chunk(finish_bytes, data);
  sprintf(data, "%s\"choices\":[],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":%lld,\"total_tokens\":%lld}}\n\n", head, (long long)set.events, (long long)set.events + 12);
  finish_length += chunk(finish_bytes + finish_length, data);
  finish_length += chunk(finish_bytes + finish_length, "data: [DONE]\n\n");
  finish_length += (size_t)sprintf(finish_bytes + finish_length, "0\r\n\r\n");
  tiny_length = whole(tiny_bytes, "{\"text\":\"ok\",\"usage\":{\"input_tokens\":12,\"output_tokens\":1}}");
  models_length = whole(models_bytes, "{\"object\":\"list\",\"data\":[{\"id\":\"bench-model\",\"object\":\"model\",\"owned_by\":\"bench\"}]}");
}

// A binary heap of connections by deadline.
static struct conn **heap;
static int heap_used, heap_size;

static void place(struct conn *c, int at) { heap[at] = c; c->heap = at; }

static void sift(int at) {
  struct conn *c = heap[at];
  for (int up; at > 0 && heap[up = (at - 1) / 2]->deadline > c->deadline; at = up) place(heap[up], at);
  for (int down; (down = 2 * at + 1) < heap_used; at = down) {
    if (down + 1 < heap_used && heap[down + 1]->deadline < heap[down]->deadline) down++;
    if (heap[down]->deadline >= c->deadline) break;
    place(heap[down], at);
  }
  place(c, at);
}

static void set_deadline(struct conn *c, int64_t deadline) {
  c->deadline = deadline;
  if (c->heap < 0) {
    if (heap_used == heap_size && !(heap = realloc(heap, sizeof *heap * (size_t)(heap_size = heap_size ? 2 * heap_size : 1024)))) die("realloc");
    place(c, heap_used++);
  }
  sift(c->heap);
}

static void clear_deadline(struct conn *c) {
  int at = c->heap;
  if (at < 0) return;
  c->heap = -1;
  struct conn *last = heap[--heap_used];
  if (last != c) { place(last, at); sift(at); }
}

static void drop(struct conn *c) {
  if (c->phase != READING) counted.broken++;
  clear_deadline(c);
  close(c->fd);
  counted.open--;
  free(c->in);
  free(c);
}

// What does not fit into the socket's buffer is a client that stopped reading for seconds: the connection is dropped and counted.
static int put(struct conn *c, const char *bytes, size_t length) {
  if (write(c->fd, bytes, length) == (ssize_t)length) return 1;
  counted.blocked++;
  drop(c);
  return 0;
}

static uint32_t mix(uint64_t x) {
  x ^= x >> 33; x *= 0xff51afd7ed558ccdULL; x ^= x >> 33; x *= 0xc4ceb9fe1a85ec53ULL;
  return (uint32_t)(x ^ (x >> 33));
}

static const char *header(const char *head, const char *end, const char *name) {
  size_t length = strlen(name);
  for (const char *line = head; line < end; line++) {
    if (!strncasecmp(line, name, length) && line[length] == ':') {
      for (line += length + 1; *line == ' '; line++);
      return line;
    }
    if (!(line = memchr(line, '\n', (size_t)(end - line)))) return NULL;
  }
  return NULL;
}

static uint64_t trace_of(const char *head, const char *end) {
  const char *value = header(head, end, "traceparent");
  if (!value || end - value < 35) return 0;
  char low[17] = {0};
  memcpy(low, value + 19, 16); // version-, then 16 of 32 digits
  return strtoull(low, NULL, 16);
}

static void begin(struct conn *c) {
  while (c->phase == READING) {
    char *end = memmem(c->in, c->in_used, "\r\n\r\n", 4);
    if (!end) return;
    const char *length = header(c->in, end, "content-length");
    size_t need = (size_t)(end + 4 - c->in) + (length ? strtoul(length, NULL, 10) : 0);
    if (c->in_used < need) return;
    int64_t now = mono();
    c->trace = trace_of(c->in, end);
    int get = !memcmp(c->in, "GET", 3), tiny = !!memmem(c->in, 64 < need ? 64 : need, " /tiny", 6);
    memmove(c->in, c->in + need, c->in_used -= need);
    if (get) {
      if (!put(c, models_bytes, models_length)) return;
      continue;
    }
    if (!first_request) first_request = now;
    journal_add(&journal, c->trace, now, 0, KIND_REQUEST);
    int64_t spread = set.jitter ? mix((uint64_t)(counted.requests + counted.tiny)) % set.jitter : 0;
    if (tiny) {
      counted.tiny++;
      if (set.tiny + spread == 0) {
        last_write = now;
        if (!put(c, tiny_bytes, tiny_length)) return;
        continue;
      }
      c->phase = TINY;
      set_deadline(c, now + set.tiny + spread);
      return;
    }
    counted.requests++;
    c->phase = STREAMING;
    c->next = 0;
    c->base = now + set.first + spread;
    set_deadline(c, c->base);
    put(c, stream_head, sizeof stream_head - 1);
    return;
  }
}

static void fire(struct conn *c) {
  int64_t now = mono(), behind = (now - c->deadline) / 10000;
  late[behind < LATE_BUCKETS ? behind : LATE_BUCKETS - 1]++;
  last_write = now;
  if (c->phase == TINY) {
    clear_deadline(c);
    c->phase = READING;
    journal_add(&journal, c->trace, now, 0, KIND_END);
    if (put(c, tiny_bytes, tiny_length)) begin(c);
  } else if (c->next < set.events) {
    uint32_t i = c->next++;
    set_deadline(c, c->base + c->next * set.gap);
    counted.events++;
    int64_t bin = (now - first_request) / BIN_NS;
    if (bin < BINS) bins[bin]++;
    journal_add(&journal, c->trace, now, i, KIND_CONTENT);
    put(c, event_bytes[i % VARIANTS], event_length[i % VARIANTS]);
  } else {
    clear_deadline(c);
    c->phase = READING;
    counted.ends++;
    journal_add(&journal, c->trace, now, c->next, KIND_END);
    if (put(c, finish_bytes, finish_length)) begin(c);
  }
}

// Level-triggered: what one read leaves comes with the next wait. A request that fills the buffer reads zero bytes, and is dropped.
static void readable(struct conn *c) {
  ssize_t got = read(c->fd, c->in + c->in_used, IN_MAX - c->in_used);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) { drop(c); return; }
  c->in_used += (size_t)got;
  begin(c);
}

static void accept_all(int listener) {
  for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct conn *c = calloc(1, sizeof *c);
    if (!c || !(c->in = malloc(IN_MAX))) die("malloc");
    c->fd = fd;
    c->heap = -1;
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &e)) die("epoll_ctl");
    counted.accepted++;
    if (++counted.open > counted.most_open) counted.most_open = counted.open;
  }
}

static double late_ms(double share) {
  uint64_t all = 0, seen = 0;
  for (int i = 0; i < LATE_BUCKETS; i++) all += late[i];
  for (int i = 0; i < LATE_BUCKETS; i++)
    if ((seen += late[i]) >= share * (double)all && seen) return i / 100.0;
  return 0;
}

static void report(void) {
  printf("{\"requests\":%lld,\"tiny\":%lld,\"events\":%lld,\"ends\":%lld,\"broken\":%lld,\"blocked\":%lld,\"connections\":%lld,\"mostOpen\":%lld,", (long long)counted.requests,
         (long long)counted.tiny, (long long)counted.events, (long long)counted.ends, (long long)counted.broken, (long long)counted.blocked, (long long)counted.accepted, (long long)counted.most_open);
  printf("\"firstRequestNs\":\"%lld\",\"lastWriteNs\":\"%lld\",\"frozeFromNs\":\"%lld\",\"frozeToNs\":\"%lld\",", (long long)first_request, (long long)last_write, (long long)froze_from, (long long)froze_to);
  printf("\"lateP50\":%.2f,\"lateP99\":%.2f,\"lateMax\":%.2f,\"bins\":[", late_ms(0.5), late_ms(0.99), late_ms(1));
  int last = BINS;
  while (last > 0 && !bins[last - 1]) last--;
  for (int i = 0; i < last; i++) printf("%s%u", i ? "," : "", bins[i]);
  printf("]}\n");
}

int main(int argc, char **argv) {
  set.events = number_option(argc, argv, "events", 128);
  set.gap = number_option(argc, argv, "gap-us", 10000) * 1000;
  set.first = number_option(argc, argv, "first-us", 50000) * 1000;
  set.jitter = number_option(argc, argv, "jitter-us", 10000) * 1000;
  set.tiny = number_option(argc, argv, "tiny-us", 0) * 1000;
  set.freeze_at = number_option(argc, argv, "freeze-at-us", 0) * 1000;
  set.freeze = number_option(argc, argv, "freeze-us", 0) * 1000;
  journal_open(&journal, option(argc, argv, "log", NULL), 1u << 25);
  prepare_bytes();
  prctl(PR_SET_TIMERSLACK, 1UL);

  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)number_option(argc, argv, "port", 0))};
  socklen_t size = sizeof at;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 4096) || getsockname(listener, (struct sockaddr *)&at, &size)) die("listen");
  poller = epoll_create1(0);
  static struct conn control, door; // only their addresses matter
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = &door};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, listener, &e)) die("epoll_ctl");
  e.data.ptr = &control;
  if (epoll_ctl(poller, EPOLL_CTL_ADD, STDIN_FILENO, &e)) die("standard input must be a pipe");
  printf("{\"port\":%d}\n", ntohs(at.sin_port));
  fflush(stdout);

  for (;;) {
    int64_t now = mono();
    if (set.freeze && !froze_from && first_request && now >= first_request + set.freeze_at) {
      froze_from = now;
      struct timespec length = {set.freeze / 1000000000, set.freeze % 1000000000};
      nanosleep(&length, NULL);
      froze_to = now = mono();
    }
    while (heap_used && heap[0]->deadline <= now) fire(heap[0]);
    int64_t until = heap_used ? heap[0]->deadline : INT64_MAX;
    if (set.freeze && !froze_from && first_request && first_request + set.freeze_at < until) until = first_request + set.freeze_at;
    int64_t wait = until - mono();
    struct timespec timeout = {wait > 0 ? wait / 1000000000 : 0, wait > 0 ? wait % 1000000000 : 0};
    struct epoll_event ready[256];
    int n = epoll_pwait2(poller, ready, 256, until == INT64_MAX ? NULL : &timeout, NULL);
    if (n < 0 && errno != EINTR) die("epoll_pwait2");
    for (int i = 0; i < n; i++) {
      if (ready[i].data.ptr == &door) accept_all(listener);
      else if (ready[i].data.ptr == &control) {
        char byte;
        if (read(STDIN_FILENO, &byte, 1) > 0) continue;
        report();
        journal_close(&journal);
        return 0;
      } else readable(ready[i].data.ptr);
    }
  }
}
