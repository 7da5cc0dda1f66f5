// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops of C libraries keep the addresses that they are given.
#include <cstdio>

extern "C" {
struct uv_loop_t;
struct uv_timer_t {
  void *data;
};
struct uv_work_t {
  void *data;
};
struct uv_fs_t {
  void *data;
};
struct uv_write_t;
struct uv_stream_t;
struct uv_handle_t;
struct uv_buf_t {
  char *base;
  unsigned long len;
};
int uv_timer_start(uv_timer_t *handle, void (*callback)(uv_timer_t *), unsigned long timeout, unsigned long repeat);
int uv_queue_work(uv_loop_t *loop, uv_work_t *request, void (*work)(uv_work_t *), void (*after)(uv_work_t *, int));
int uv_fs_open(uv_loop_t *loop, uv_fs_t *request, const char *path, int flags, int mode, void (*callback)(uv_fs_t *));
int uv_write(uv_write_t *request, uv_stream_t *stream, const uv_buf_t buffers[], unsigned count, void (*callback)(uv_write_t *, int));
void uv_walk(uv_loop_t *loop, void (*callback)(uv_handle_t *, void *), void *argument);
int uv_run(uv_loop_t *loop, int mode);
struct event_base;
struct timeval_t {
  long seconds, micros;
};
int event_base_once(event_base *base, int fd, short events, void (*callback)(int, short, void *), void *argument, const timeval_t *time);
int event_base_dispatch(event_base *base);
}

struct Hub {
  uv_loop_t *loop;
  uv_timer_t timer;
};
struct Work {
  uv_work_t request;
  int result;
};
void on_tick(uv_timer_t *);
void work(uv_work_t *);
void done(uv_work_t *, int);
void on_time(int, short, void *argument);
void on_open(uv_fs_t *);
void on_written(uv_write_t *, int);

void timer() {
  uv_timer_t once;
  uv_timer_start(&once, on_tick, 100, 0); // warn: "the work started here refers to 'once'"
}
void queued(Hub *hub) {
  Work work_item{};
  work_item.request.data = &work_item;
  uv_queue_work(hub->loop, &work_item.request, work, done); // warn: "refers to 'work_item'"
}
void argument(event_base *base) {
  int ticks = 0;
  timeval_t time{1, 0};
  event_base_once(base, -1, 1, on_time, &ticks, &time); // warn: "refers to 'ticks'"
}
void opened(Hub *hub) {
  uv_fs_t request;
  uv_fs_open(hub->loop, &request, "file", 0, 0, on_open); // warn: "refers to 'request'"
}

// --- silent -----------------------------------------------------------------------------------------------------------

void lasting(Hub *hub) {
  static uv_timer_t once;
  uv_timer_start(&hub->timer, on_tick, 100, 0);
  uv_timer_start(&once, on_tick, 100, 0);
  uv_timer_start(new uv_timer_t, on_tick, 100, 0);
}
void runs_it(Hub *hub) {
  uv_timer_t once;
  uv_timer_start(&once, on_tick, 100, 0);
  uv_run(hub->loop, 0); // ok: until nothing is left to do
}
void dispatches(event_base *base) {
  int ticks = 0;
  timeval_t time{1, 0};
  event_base_once(base, -1, 1, on_time, &ticks, &time);
  event_base_dispatch(base);
  std::printf("%d", ticks);
}
void at_once(Hub *hub) {
  uv_fs_t request;
  uv_fs_open(hub->loop, &request, "file", 0, 0, nullptr); // ok: without a callback, it waits
  int handles = 0;
  uv_walk(hub->loop, [](uv_handle_t *, void *count) { ++*static_cast<int *>(count); }, &handles); // ok: called before it returns
}
void copied(uv_write_t *request, uv_stream_t *stream) {
  static char text[] = "hello";
  uv_buf_t buffer{text, 5};
  uv_write(request, stream, &buffer, 1, on_written); // ok: the array of buffers is copied
}
int main() {
  uv_timer_t once;
  uv_timer_start(&once, on_tick, 100, 0); // ok: it lives as long as the program
}
