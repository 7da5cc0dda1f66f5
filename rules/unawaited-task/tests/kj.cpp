// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// KJ: a dropped promise is a cancelled one, so the work stops where it was.
#include "kj.hpp"

#include <utility>
#include <vector>

kj::Promise<void> send(int message);
kj::Promise<int> receive();
void use(int value);

struct WebSocket {
  kj::Promise<void> send(int message);
  kj::Promise<void> close(int code);
};

kj::Promise<void> hibernate(WebSocket &socket, std::vector<int> messages) {
  socket.send(1); // warn: "send"
  for (int message : messages)
    socket.send(message);          // warn: "send"
  auto pinging = socket.send(3);   // ok: runs meanwhile, and is cancelled with its holder
  receive().ignoreResult();        // warn: "ignoreResult"
  send(1).then([] { return send(2); }); // warn: "then"
  co_await send(4);
  auto closing = socket.close(5); // warn: "close"
}
void lets_go(WebSocket &socket) {
  kj::Promise<void> sending = socket.send(1);
  sending = nullptr; // ok: cancelled on purpose
}
void plain(kj::TaskSet &tasks) {
  send(1);                                  // warn: "send"
  tasks.add(send(2));                       // ok
  send(3).detach([](kj::Exception &&) {});  // ok
}
kj::Promise<int> consumed(kj::TaskSet &tasks, WebSocket &socket) {
  co_await socket.send(1);
  auto sending = socket.send(2);
  int value = co_await receive();
  co_await sending;
  tasks.add(send(value));
  std::vector<kj::Promise<void>> many;
  many.push_back(send(3));
  co_await kj::joinPromises(std::move(many));
  co_return co_await receive().exclusiveJoin(receive());
}
kj::Promise<void> chained(WebSocket &socket) {
  return receive().then([&socket](int value) { return socket.send(value); }).catch_([](kj::Exception &&) {
    use(1);
  });
}
kj::Promise<void> placeholder(WebSocket *socket) {
  kj::Promise<void> closing = kj::READY_NOW; // ok: nothing to wait for
  if (socket)
    closing = socket->close(5);
  return closing;
}
class Session {
  kj::Promise<void> running_ = kj::READY_NOW;

public:
  void start(WebSocket &socket) { running_ = socket.send(1).eagerlyEvaluate([](kj::Exception &&) {}); }
};
int main() {
  kj::WaitScope scope;
  send(1).wait(scope);
  return receive().wait(scope);
}

// Held no longer than one turn, in which nothing else runs.
kj::Promise<void> revokes(WebSocket &socket, std::vector<int> messages) {
  for (int message : messages) {
    auto sending = socket.send(message); // warn: "send"
    use(message);
  }
  if (messages.empty()) {
    auto sending = socket.send(0); // ok: runs meanwhile
    co_await send(1);
  }
  {
    auto sending = socket.send(1); // ok: the block is there to end it
  }
  co_await send(2);
}
