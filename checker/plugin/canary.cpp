// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A file with one mistake that every host must report as async-unawaited-task. If it does not, the rules did not run: a
// wrong plugin, a wrong host, or a configuration that turns them off. Needs no header, so that only that can go wrong.
namespace std {
template <class Result, class...> struct coroutine_traits {
  using promise_type = typename Result::promise_type;
};
template <class Promise = void> struct coroutine_handle {
  static coroutine_handle from_address(void *) noexcept;
};
template <> struct coroutine_handle<void> {
  static coroutine_handle from_address(void *) noexcept;
  template <class Promise> coroutine_handle(coroutine_handle<Promise>) noexcept;
};
} // namespace std

struct Suspend {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  void await_resume() const noexcept {}
};

struct Task {
  struct promise_type {
    Task get_return_object() noexcept;
    Suspend initial_suspend() const noexcept { return {}; }
    Suspend final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept;
  };
  Suspend operator co_await() const noexcept { return {}; }
};

Task canary();

Task mine() {
  canary(); // warn: [async-unawaited-task] "canary"
  co_await canary();
}
