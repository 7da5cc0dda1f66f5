// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops of C libraries: local structures, pointers that the function made, handles that belong to them.
extern "C" {
struct uv_loop_s {
  void *data;
  unsigned active;
};
struct uv_handle_s {
  void *data;
};
struct uv_timer_s {
  void *data;
  uv_loop_s *loop;
};
typedef struct uv_loop_s uv_loop_t;
typedef struct uv_handle_s uv_handle_t;
typedef struct uv_timer_s uv_timer_t;
typedef void (*uv_timer_cb)(uv_timer_t *);
typedef void (*uv_close_cb)(uv_handle_t *);
int uv_loop_init(uv_loop_t *loop);
int uv_loop_close(uv_loop_t *loop);
uv_loop_t *uv_default_loop(void);
int uv_timer_init(uv_loop_t *loop, uv_timer_t *timer);
int uv_timer_start(uv_timer_t *timer, uv_timer_cb callback, unsigned long timeout, unsigned long repeat);
void uv_close(uv_handle_t *handle, uv_close_cb callback);
int uv_run(uv_loop_t *loop, int mode);
typedef unsigned long uv_thread_t;
int uv_thread_create(uv_thread_t *thread, void (*entry)(void *), void *argument);

struct event_base;
struct event;
event_base *event_base_new(void);
void event_base_free(event_base *base);
event *event_new(event_base *base, int descriptor, short events, void (*callback)(int, short, void *), void *argument);
int event_add(event *added, const void *timeout);
int event_base_dispatch(event_base *base);
}

static void tick(uv_timer_t *) {}
static void readable(int, short, void *) {}
static void turn(void *loop) { uv_run(static_cast<uv_loop_t *>(loop), 0); }
static void serve(uv_loop_t *loop) { uv_run(loop, 0); }
void keep(uv_loop_t *loop);

int nobody_runs_it() {
  uv_loop_t loop;
  if (uv_loop_init(&loop) != 0)
    return 1;
  int ticks = 0;
  loop.data = &ticks;
  uv_timer_t timer;
  uv_timer_init(&loop, &timer);
  timer.data = &ticks;
  uv_timer_start(&timer, tick, 100, 0); // warn: "'loop'"
  return uv_loop_close(&loop);
}
int runs_it() {
  uv_loop_t loop;
  uv_loop_init(&loop);
  uv_timer_t timer;
  uv_timer_init(&loop, &timer);
  uv_timer_start(&timer, tick, 100, 0); // ok
  return uv_run(&loop, 0);
}
int in_a_helper() {
  uv_loop_t loop;
  uv_loop_init(&loop);
  uv_timer_t timer;
  uv_timer_init(&loop, &timer);
  uv_timer_start(&timer, tick, 100, 0); // ok
  serve(&loop);
  return 0;
}
int on_a_thread(uv_thread_t &thread) {
  static char storage;
  (void)storage;
  uv_loop_t loop;
  uv_loop_init(&loop);
  uv_timer_t timer;
  uv_timer_init(&loop, &timer);
  uv_timer_start(&timer, tick, 100, 0); // ok
  return uv_thread_create(&thread, turn, &loop);
}
int given_away() {
  uv_loop_t loop;
  uv_loop_init(&loop);
  uv_timer_t timer;
  uv_timer_init(&loop, &timer);
  uv_timer_start(&timer, tick, 100, 0); // ok: who keeps it may run it
  keep(&loop);
  return 0;
}
int no_work() {
  uv_loop_t loop;
  uv_loop_init(&loop);
  uv_timer_t timer;
  uv_timer_init(&loop, &timer); // ok
  uv_close(reinterpret_cast<uv_handle_t *>(&timer), nullptr);
  return 0;
}
int default_loop() {
  uv_loop_t *loop = uv_default_loop();
  uv_timer_t timer;
  uv_timer_init(loop, &timer);
  return uv_timer_start(&timer, tick, 100, 0); // ok: main runs it
}
struct Service {
  uv_timer_t timer;
};
int timer_of_somebody(Service *service) {
  uv_loop_t loop;
  uv_loop_init(&loop);
  uv_timer_init(&loop, &service->timer);
  return uv_timer_start(&service->timer, tick, 100, 0); // ok: others know it by its timer
}

int nobody_dispatches(int descriptor) {
  event_base *base = event_base_new();
  if (!base)
    return 1;
  event *ready = event_new(base, descriptor, 2, readable, nullptr); // warn: "'base'"
  event_add(ready, nullptr);
  event_base_free(base);
  return 0;
}
int dispatches(int descriptor) {
  event_base *base = event_base_new();
  event *ready = event_new(base, descriptor, 2, readable, nullptr); // ok
  event_add(ready, nullptr);
  return event_base_dispatch(base);
}
event_base *makes(int descriptor) {
  event_base *base = event_base_new();
  event_add(event_new(base, descriptor, 2, readable, nullptr), nullptr); // ok
  return base;
}
struct Server {
  event_base *base_ = nullptr;
  void begin(int descriptor) {
    event_base *base = event_base_new();
    event_add(event_new(base, descriptor, 2, readable, this), nullptr); // ok
    base_ = base;
  }
};
