// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tasks of coroutines that macros make: functions that return them are ordinary ones. Running ones are asked whether they are done, or
// are taken back to be ended.
#include <cstdlib>
#include <string>
#include <utility>

template <class T> struct handle {
  T *promise() const;
  void resume() const;
  void destroy() const;
};
struct never { bool await_ready() { return true; } };
template <class R> class running {
public:
  struct promise_type {
    never initial_suspend();
    never final_suspend();
    running get_return_object();
    void return_value(R value);
  };
  explicit running(handle<promise_type> made) : made_(made) {}
  running(running &&other) noexcept;
  running &operator=(running &&other) noexcept;
  ~running() { made_.destroy(); }
  bool ready() const;
  bool await_ready() const { return ready(); }
  void await_suspend(handle<promise_type> waiting) noexcept;
  R await_resume();

private:
  handle<promise_type> made_;
};
running<int> launch(int key);

class Loop {
public:
  running<int> request_stop() {
    stopping_ = true;
    return std::move(work_);
  }
  void stops() {
    auto work = request_stop(); // ok: ends here
  }

private:
  running<int> work_ = launch(1);
  bool stopping_ = false;
};

#define CHECK(condition) (void)((condition) || (std::abort(), 0))
#define EXPECT(condition)                                                                                                                                    \
  if (const bool passed = bool(condition))                                                                                                                   \
    ;                                                                                                                                                        \
  else                                                                                                                                                       \
    std::puts(#condition)
void asks() {
  auto work = launch(1); // ok
  CHECK(work.ready());
}
void expects() {
  auto work = launch(1); // ok
  EXPECT(work.ready());
}
