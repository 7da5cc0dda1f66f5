// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions nobody has a pack for, whose names say that they are asynchronous and whose parameters own callables.
#include <algorithm>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

struct Request {
  std::map<int, std::vector<std::string>> parts;
};

struct Store {
  virtual ~Store() = default;
  virtual void asyncApply(int part, std::function<std::string()> operation, std::function<void(int)> done) = 0;
  virtual void async_remove(int part, std::function<void(int)> &&done) = 0;
  virtual void apply(int part, std::function<void(int)> done) = 0;
  virtual void asyncVisit(const std::function<void(int)> &visitor) = 0;
  void asyncAtOnce(std::function<void(int)> done) { done(1); }
  virtual int asynchronous(std::function<void(int)> done) = 0;
};

class Processor {
  Store *store_ = nullptr;
  std::string add(int part, const std::vector<std::string> &rows);
  void finished(int code);

public:
  void process(const Request &request) {
    std::for_each(request.parts.begin(), request.parts.end(), [&](auto &part) {
      auto id = part.first;
      const auto &rows = part.second;
      auto operation = [&]() -> std::string { return add(id, rows); }; // warn: "captures 'id' by reference"
      auto done = [this](int code) { finished(code); };
      store_->asyncApply(id, operation, done);
    });
  }
  void remove(int part) {
    int tries = 3;
    store_->async_remove(part, [&](int code) { finished(code + tries); }); // warn: "captures 'tries' by reference"
  }

  // --- silent ---------------------------------------------------------------------------------------------------

  void by_value(const Request &request) {
    for (const auto &[part, rows] : request.parts) {
      auto operation = [this, part = part, rows = rows]() -> std::string { return add(part, rows); };
      store_->asyncApply(part, operation, [this](int code) { finished(code); });
    }
  }
  void in_its_own_time(int part) {
    store_->apply(part, [&](int code) { finished(code + part); }); // its name does not say when
  }
  void visitor() {
    int sum = 0;
    store_->asyncVisit([&](int value) { sum += value; }); // lent, for all that its type says
  }
  void at_once() {
    int sum = 0;
    store_->asyncAtOnce([&](int value) { sum += value; }); // the unit shows that it is called at once
  }
  void waited(int part) {
    std::mutex mutex;
    std::condition_variable changed;
    bool ready = false;
    store_->async_remove(part, [&](int) {
      std::lock_guard lock(mutex);
      ready = true;
      changed.notify_one();
    });
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return ready; });
  }
  int answer() {
    int sum = 0;
    return store_->asynchronous([&](int value) { sum += value; });
  }
};
