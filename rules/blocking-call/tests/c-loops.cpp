// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Handlers of libuv and libevent run on the loop's thread; work given to the pool does not.
#include <event2/event.h>
#include <unistd.h>
#include <uv.h>

static void on_timer(uv_timer_t *) {
  usleep(1000); // warn: "usleep"
}
static void in_pool(uv_work_t *) {
  usleep(1000); // ok
}
static void after_work(uv_work_t *, int) {
  usleep(1000); // warn: "usleep"
}
static void on_event(evutil_socket_t, short, void *) {
  sleep(1); // warn: "sleep"
}
static void on_signal(uv_signal_t *signal, int) {
  uv_fs_t request;
  uv_fs_fsync(signal->loop, &request, 3, nullptr); // warn: "uv_fs_fsync"
  uv_fs_fsync(signal->loop, &request, 3, [](uv_fs_t *) {}); // ok
}
static void in_table(uv_timer_t *) {
  usleep(1000); // warn: "usleep"
}
static void chosen(uv_timer_t *) {
  usleep(1000); // warn: "usleep"
}
static void in_unused_table(uv_timer_t *) {
  usleep(1000); // ok: nobody registers it
}
static void from_tables(uv_timer_t *timers, bool quick) {
  uv_timer_cb callbacks[] = {in_table, on_timer};
  uv_timer_cb unused_callbacks[] = {in_unused_table};
  uv_timer_cb own_elements[] = {in_table, own_elements[0]};
  uv_timer_start(&timers[3], own_elements[1], 10, 10);
  for (int i = 0; i < 2; ++i)
    uv_timer_start(&timers[i], callbacks[i], 10, 10);
  uv_timer_start(&timers[2], quick ? chosen : on_timer, 10, 10);
  (void)unused_callbacks;
}
static void unused(uv_timer_t *) {
  usleep(1000); // ok: nobody registers it
}

int main() {
  uv_loop_t *loop = uv_default_loop();
  uv_timer_t timer;
  uv_timer_init(loop, &timer);
  uv_timer_start(&timer, on_timer, 10, 10);
  uv_signal_t signal;
  uv_signal_start(&signal, on_signal, 15);
  uv_work_t work;
  uv_queue_work(loop, &work, in_pool, after_work);
  uv_run(loop, UV_RUN_DEFAULT);
  event_base *base = event_base_new();
  event *tick = event_new(base, -1, EV_PERSIST, on_event, nullptr);
  event_add(tick, nullptr);
  event_base_dispatch(base);
  usleep(1000); // ok: main, after the loops
  (void)unused;
  from_tables(&timer, true);
}
