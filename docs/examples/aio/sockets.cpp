// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Non-blocking sockets: many conversations on one thread; the system says who has something to say.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

task<> shout(stream s) {
  COROGUARD_AWAIT_FOR(std::string & line, s.lines()) {
    for (char &c : line)
      c = char(std::toupper(c));
    line += '\n';
    co_await s.write(line);
  }
}

task<std::string> ask(std::uint16_t port, std::string text) {
  auto s = co_await tcp_connect("127.0.0.1", port, 5s);
  text += '\n';
  co_await s.write(text);
  std::string answer = co_await s.read_line();
  answer.pop_back();
  co_return answer;
}

task<> program() {
  auto l = tcp_listen("127.0.0.1", 0);
  auto server = create_task(serve(l, shout));
  std::vector<task<std::string>> clients;
  for (const char *text : {"one", "two", "three"})
    clients.push_back(ask(l.port(), text));
  for (auto &answer : co_await gather(std::move(clients)))
    std::printf("%s\n", answer.c_str());
  l.close();
  co_await server;
}

int main() { run(program()); }

// prints:
// ONE
// TWO
// THREE
