// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An idiomatic program, silent: objects with signals and slots, and coroutines that wait for signals.
#include <algorithm>
#include <coroutine>
#include <cstdio>
#include <exception>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ui {

/// Ends a connection when it ends itself.
class Connection {
public:
  Connection() = default;
  explicit Connection(std::function<void()> cut) : cut_(std::move(cut)) {}
  Connection(Connection &&other) noexcept : cut_(std::exchange(other.cut_, nullptr)) {}
  Connection &operator=(Connection &&other) noexcept {
    std::swap(cut_, other.cut_);
    return *this;
  }
  ~Connection() { disconnect(); }
  void disconnect() {
    if (auto cut = std::exchange(cut_, nullptr))
      cut();
  }

private:
  std::function<void()> cut_;
};

template <class... Values> class Signal {
public:
  using Slot = std::function<void(Values...)>;

  [[nodiscard]] Connection connect(Slot slot) {
    const int id = ++last_;
    slots_->emplace(id, std::move(slot));
    return Connection([weak = std::weak_ptr(slots_), id] {
      if (auto slots = weak.lock())
        slots->erase(id);
    });
  }

  void emit(Values... values) const {
    std::vector<Slot> slots; // slots may connect and disconnect
    for (const auto &[id, slot] : *slots_)
      slots.push_back(slot);
    for (const Slot &slot : slots)
      slot(values...);
  }

private:
  std::shared_ptr<std::map<int, Slot>> slots_ = std::make_shared<std::map<int, Slot>>();
  int last_ = 0;
};

class EventLoop {
public:
  void later(std::function<void()> work) { pending_.push_back(std::move(work)); }
  void exec() {
    while (!pending_.empty()) {
      auto work = std::move(pending_.front());
      pending_.pop_front();
      work();
    }
  }

private:
  std::list<std::function<void()>> pending_;
};

struct Flow {
  struct promise_type {
    Flow get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
};

/// `co_await next(signal)`: the values of its next emission.
template <class Value> class NextEmission {
public:
  explicit NextEmission(Signal<Value> &signal) : signal_(signal) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    connection_ = signal_.connect([this, waiter](Value value) {
      value_ = std::move(value);
      connection_.disconnect();
      waiter.resume();
    });
  }
  Value await_resume() { return std::move(*value_); }

private:
  Signal<Value> &signal_;
  Connection connection_;
  std::optional<Value> value_;
};
template <class Value> NextEmission<Value> next(Signal<Value> &signal) { return NextEmission<Value>(signal); }

} // namespace ui

namespace {

class Button {
public:
  explicit Button(std::string label) : label_(std::move(label)) {}
  void click() { clicked.emit(++clicks_); }
  const std::string &label() const { return label_; }
  void setEnabled(bool enabled) { enabled_ = enabled; }
  bool isEnabled() const { return enabled_; }

  ui::Signal<int> clicked;

private:
  std::string label_;
  int clicks_ = 0;
  bool enabled_ = true;
};

class Download {
public:
  explicit Download(ui::EventLoop &loop) : loop_(loop) {}
  void start(std::string address) {
    loop_.later([this, address = std::move(address)] { finished.emit("content of " + address); });
  }

  ui::Signal<std::string> finished;

private:
  ui::EventLoop &loop_;
};

class Window {
public:
  explicit Window(ui::EventLoop &loop) : loop_(loop), download_(loop), load_("Load"), quit_("Quit") {
    connections_.push_back(load_.clicked.connect([this](int count) {
      if (count > 3)
        load_.setEnabled(false);
    }));
    connections_.push_back(quit_.clicked.connect([this](int) { open_ = false; }));
  }

  ui::Flow show(std::shared_ptr<int> loaded) {
    while (open_) {
      const int count = co_await ui::next(load_.clicked);
      if (!load_.isEnabled())
        continue;
      download_.start("page" + std::to_string(count));
      const std::string text = co_await ui::next(download_.finished);
      history_.push_back(text);
      ++*loaded;
    }
  }

  Button &load() { return load_; }
  Button &quit() { return quit_; }
  std::size_t seen() const { return history_.size(); }

private:
  ui::EventLoop &loop_;
  Download download_;
  Button load_, quit_;
  std::vector<ui::Connection> connections_;
  std::vector<std::string> history_;
  bool open_ = true;
};

} // namespace

int main() {
  ui::EventLoop loop;
  auto window = std::make_unique<Window>(loop);
  auto loaded = std::make_shared<int>(0);
  window->show(loaded);
  for (int i = 0; i < 3; ++i)
    loop.later([&] { window->load().click(); });
  loop.exec();
  window->quit().click();
  std::printf("%d %zu\n", *loaded, window->seen());
}
