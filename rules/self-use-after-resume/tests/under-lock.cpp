// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What waits in a shared place is anybody's once the lock is given back.
#include <coroutine>
#include <list>
#include <mutex>

struct Queue {
  std::mutex mutex;
  std::list<std::coroutine_handle<>> waiters;
  std::coroutine_handle<> last;
  int waiting = 0;
};

struct Counts {
  Queue *queue;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    {
      std::lock_guard lock(queue->mutex);
      queue->waiters.push_back(handle); // note: "leaves here"
    }
    ++queue->waiting; // warn: "queue"
  }
  void await_resume() {}
};
struct Unlocks {
  Queue &queue;
  bool late = false;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> handle) {
    std::unique_lock lock(queue.mutex);
    queue.last = handle;
    lock.unlock();
    return !late; // warn: "late"
  }
  void await_resume() {}
};

// --- silent -----------------------------------------------------------------------------------------------------

struct UnderTheLock {
  Queue &queue;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> handle) {
    std::unique_lock lock(queue.mutex);
    if (queue.waiting > 3)
      return false;
    queue.waiters.push_back(handle);
    ++queue.waiting; // ok: whoever takes the handle waits for the lock
    return true;
  }
  void await_resume() {}
};
struct OneThread {
  Queue &queue;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    queue.waiters.push_back(handle);
    ++queue.waiting; // ok: nothing says that others run meanwhile
  }
  void await_resume() {}
};
struct OwnList {
  Queue &queue;
  std::list<std::coroutine_handle<>> own;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    {
      std::lock_guard lock(queue.mutex);
      own.push_back(handle);
    }
    own.clear(); // ok: its own
  }
  void await_resume() {}
};
