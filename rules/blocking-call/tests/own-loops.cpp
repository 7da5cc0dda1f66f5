// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A loop of the user's own, whose callbacks run on its thread.
#include <sys/epoll.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

class EpollLoop {
public:
  using Callback = std::function<void(std::uint32_t)>;
  void watch(int descriptor, Callback callback) { callbacks_[descriptor] = std::move(callback); }
  void run() {
    epoll_event events[8];
    while (!stopped_) {
      const int count = ::epoll_wait(epoll_, events, 8, -1); // ok: the loop itself
      for (int i = 0; i < count; ++i)
        callbacks_[events[i].data.fd](events[i].events);
    }
  }
  void stop() { stopped_ = true; }

private:
  int epoll_ = -1;
  bool stopped_ = false;
  std::map<int, Callback> callbacks_;
};
/// Runs what it has one after the other, on the thread that asks it to: nobody waits meanwhile.
class Steps {
public:
  void add(std::function<void()> step) { steps_.push_back(std::move(step)); }
  void run() {
    for (auto &step : steps_)
      step();
  }

private:
  std::vector<std::function<void()>> steps_;
};

class Uplink {
public:
  Uplink(EpollLoop &loop, Steps &steps) : loop_(loop), steps_(steps) {}
  void attach(int descriptor) {
    loop_.watch(descriptor, [this](std::uint32_t) {
      ::sleep(1); // warn: "'sleep' blocks the thread of the event loop inside a callback that the loop runs"
      ++events_;
    });
    steps_.add([this] {
      ::sleep(1); // ok
      ++events_;
    });
  }

private:
  EpollLoop &loop_;
  Steps &steps_;
  int events_ = 0;
};
