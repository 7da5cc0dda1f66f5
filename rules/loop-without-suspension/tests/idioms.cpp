// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops of everyday coroutines that work their own way to the end.
#include "acme.hpp"

#include <atomic>
#include <charconv>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using acme::Deferred;

struct Message {
  int size = 0;
};
struct Parser {
  bool next(Message &message);
  std::optional<Message> take();
  bool done() const;
  void feed(std::string_view bytes);
  void step();
};
struct Node {
  Node *next = nullptr;
  int value = 0;
};
void handle(const Message &message);
bool need_preempt();
bool read_some(std::string &buffer);

class Connection {
public:
  Deferred<> run(acme::Socket &socket) {
    while (!stopped_) {
      std::string bytes = co_await socket.receive();
      parser_.feed(bytes);
      Message message;
      while (parser_.next(message))
        handle(message);
      while (auto taken = parser_.take())
        handle(*taken);
      while (!parser_.done())
        parser_.step();
    }
  }
  Deferred<> drain() {
    while (!queue_.empty()) {
      handle(queue_.front());
      queue_.pop_front();
    }
    for (;;) {
      if (queue_.empty())
        break;
      queue_.pop_front();
    }
    while (busy())
      work();
    co_return;
  }
  Deferred<> pump() {
    while (true) {
      if (!queue_.empty()) {
        Message message = queue_.front();
        queue_.pop_front();
        handle(message);
        continue;
      }
      co_await wakeup_;
    }
  }

private:
  bool busy() const;
  void work();
  bool stopped_ = false;
  Parser parser_;
  std::deque<Message> queue_;
  acme::Signal wakeup_;
};

Deferred<int> walks(Node *head, std::string text, std::map<int, int> table) {
  int sum = 0;
  for (Node *node = head; node; node = node->next)
    sum += node->value;
  while (head && head->next)
    head = head->next;
  std::size_t position = 0;
  for (;;) {
    std::size_t end = text.find(',', position);
    if (end == std::string::npos)
      break;
    position = end + 1;
  }
  std::istringstream in(text);
  std::string word;
  while (in >> word)
    ++sum;
  while (std::getline(in, word))
    ++sum;
  while (read_some(text)) {
  }
  const char *at = text.data(), *last = at + text.size();
  while (at != last) {
    int value = 0;
    auto [next, error] = std::from_chars(at, last, value);
    if (error != std::errc())
      break;
    at = next;
  }
  auto it = table.begin();
  while (it != table.end())
    it = it->second < 0 ? table.erase(it) : std::next(it);
  while (sum % 2 == 0 && sum > 0)
    sum >>= 1;
  co_return sum;
}
Deferred<> gives_way_now_and_then(std::vector<int> &values) {
  int turns = 0;
  while (!values.empty()) {
    values.pop_back();
    if (++turns % 128 == 0)
      co_await acme::GiveWay{};
  }
  for (int i = 0; i < 50'000'000; ++i)
    if (need_preempt())
      co_await acme::GiveWay{};
}
bool no_more();
#define EXPECT(condition)                                                                                              \
  do {                                                                                                                 \
    if (!(condition))                                                                                                  \
      handle(Message{});                                                                                               \
  } while (no_more())
Deferred<> asserts(int value) {
  EXPECT(value > 0); // ok: the loop of an assertion
  co_return;
}
Deferred<> retries(acme::Socket &socket) {
  for (int attempt = 0;; ++attempt) {
    if (attempt == 5)
      co_return;
    if (co_await socket.send("x") > 0)
      break;
  }
}
