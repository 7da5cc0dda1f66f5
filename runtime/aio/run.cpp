// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The beginning and the end of run().
#include "coroguard/debug.hpp"
#include "coroguard/run.hpp"
#include "runtime/aio/debug.hpp"

#include <csignal>

namespace coroguard::detail {

loop_options runner::translate(const run_options &options) {
  if (this_thread.loop)
    throw nested_run_error("coroguard: run() cannot start " + (options.name.empty() ? std::string("a new loop") : "loop '" + options.name + "'") +
                           " here: " + this_thread.loop->name() +
                           " is already running on this thread; use co_await (or create_task) instead of run()");
  loop_options o;
  o.name = options.name;
  o.debug = options.debug;
  o.clock = options.clock;
  o.deadlock = options.deadlock;
  o.slow_callback = options.slow_callback;
  o.large_frame = options.large_frame;
  o.seed = options.seed;
  return o;
}

runner::runner(const run_options &options) : loop_(translate(options)), handle_interrupt_(options.handle_interrupt) {
  if (!loop_.debug())
    return;
  try { // the quit key prints the tasks; one loop at a time can have the signal
    loop_.add_signal_handler(SIGQUIT, [this] {
      std::string text = format_tasks(loop_);
      std::fwrite(text.data(), 1, text.size(), stderr);
    }, true);
  } catch (const invalid_state_error &) {
  }
}

void runner::drive(future_core *main) {
  if (handle_interrupt_)
    loop_.add_signal_handler(SIGINT, [this, main] {
      interrupted_ = true;
      main->cancel();
    });
  try {
    loop_.run_main(main);
  } catch (const deadlock_error &) {
    finish();
    throw;
  }
  if (interrupted_ && main->state == outcome::cancelled) {
    finish();
    throw interrupted_error();
  }
}

void runner::finish() {
  if (std::exchange(finished_, true) || loop_.forked()) // in a child nothing of the parent's may run
    return;
  if (loop_.debug())
    report_leftovers(loop_);
  loop_.cancel_all_tasks();
  loop_.shutdown_generators();
  loop_.shutdown_default_executor();
}

runner::~runner() {
  try {
    finish();
  } catch (...) {
    loop_.call_exception_handler({"error while ending run()", std::current_exception()});
  }
}

} // namespace coroguard::detail
