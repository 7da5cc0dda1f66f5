// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Signals of a loop: the handler marks the number and wakes the loop that asked for it, which then calls the function.
#include "runtime/aio/loop_descriptors.hpp"

#include <algorithm>
#include <csignal>
#include <unistd.h>

namespace coroguard {

using namespace detail;

namespace {

constexpr int signal_count = 65;
std::atomic<event_loop *> signal_loops[signal_count];
std::atomic<int> signal_wake[signal_count];
std::atomic<bool> signal_pending[signal_count];
struct sigaction signal_before[signal_count];

void on_signal(int number) {
  int saved = errno;
  signal_pending[number].store(true);
  (void)!::write(signal_wake[number].load(), &signal_wake_up, sizeof signal_wake_up);
  errno = saved;
}

} // namespace

void event_loop::add_signal_handler(int number, std::function<void()> f, bool background) {
  check_open();
  if (number <= 0 || number >= signal_count || number == SIGKILL || number == SIGSTOP)
    throw std::invalid_argument("coroguard: signal " + std::to_string(number) + " cannot be handled");
  for (auto &h : signal_handlers_)
    if (h.number == number) {
      h.f = std::move(f);
      background_signals_ += background - h.background;
      h.background = background;
      return;
    }
  event_loop *nobody = nullptr;
  if (!signal_loops[number].compare_exchange_strong(nobody, this))
    throw invalid_state_error("coroguard: signal " + std::to_string(number) + " is already handled by " + nobody->options_.name);
  signal_wake[number] = wake_.fd;
  signal_pending[number] = false;
  struct sigaction action {};
  action.sa_handler = &on_signal;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  if (::sigaction(number, &action, &signal_before[number]) != 0) {
    signal_loops[number] = nullptr;
    throw_system("coroguard: cannot handle this signal (sigaction)");
  }
  signal_handlers_.push_back({number, background, std::move(f)});
  background_signals_ += background;
}

bool event_loop::remove_signal_handler(int number) {
  auto at = std::find_if(signal_handlers_.begin(), signal_handlers_.end(), [&](auto &h) { return h.number == number; });
  if (at == signal_handlers_.end())
    return false;
  ::sigaction(number, &signal_before[number], nullptr);
  signal_loops[number] = nullptr;
  background_signals_ -= at->background;
  signal_handlers_.erase(at);
  return true;
}

void event_loop::run_signal_handlers() {
  for (auto &h : signal_handlers_)
    if (signal_pending[h.number].load(std::memory_order_relaxed) && signal_pending[h.number].exchange(false))
      call_soon(h.f);
}

} // namespace coroguard
