// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Task types that no coroutine of the unit uses: what their classes say is enough.
#include <coroutine>
#include <exception>
#include <functional>
#include <stdexcept>
#include <utility>

template <class Self> struct Promise {
  Self get_return_object() { return Self(std::coroutine_handle<typename Self::promise_type>::from_promise(static_cast<typename Self::promise_type &>(*this))); }
  std::suspend_always initial_suspend() noexcept { return {}; }
  void return_void() noexcept {}
  void unhandled_exception() noexcept { std::terminate(); }
};

class [[nodiscard]] CopiesTheHandle { // warn: "'CopiesTheHandle' destroys its coroutine frame but can be copied"
public:
  struct promise_type : Promise<CopiesTheHandle> {
    std::suspend_always final_suspend() noexcept { return {}; }
  };
  explicit CopiesTheHandle(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  CopiesTheHandle(const CopiesTheHandle &other) : handle_(other.handle_) {}
  ~CopiesTheHandle() {
    if (handle_)
      handle_.destroy();
  }

private:
  std::coroutine_handle<promise_type> handle_;
};

class [[nodiscard]] SharesCounted {
public:
  struct promise_type : Promise<SharesCounted> {
    int users = 1;
    std::suspend_always final_suspend() noexcept { return {}; }
  };
  explicit SharesCounted(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  SharesCounted(const SharesCounted &other) : handle_(other.handle_) { ++handle_.promise().users; } // ok: it counts
  ~SharesCounted() {
    if (handle_ && --handle_.promise().users == 0)
      handle_.destroy();
  }

private:
  std::coroutine_handle<promise_type> handle_;
};

class [[nodiscard]] Throwing {
public:
  struct promise_type : Promise<Throwing> {
    std::function<void()> done;
    std::suspend_always final_suspend() { // warn: "'promise_type::final_suspend' may throw"
      if (!done)
        throw std::logic_error("nobody waits");
      done();
      return {};
    }
  };
  explicit Throwing(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Throwing(Throwing &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  ~Throwing() {
    if (handle_)
      handle_.destroy();
  }

private:
  std::coroutine_handle<promise_type> handle_;
};

template <class T> class Loose { // warn: "task type 'Loose' does nothing until it is awaited, and is not [[nodiscard]]"
public:
  struct promise_type : Promise<Loose> {
    std::suspend_always final_suspend() noexcept { return {}; }
  };
  Loose(Loose &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  explicit Loose(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  ~Loose() {
    if (handle_)
      handle_.destroy();
  }

private:
  std::coroutine_handle<promise_type> handle_;
};
template class Loose<int>;
