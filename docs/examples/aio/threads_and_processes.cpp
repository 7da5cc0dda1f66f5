// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads with names, a child process with pid and exit code.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

#include <pthread.h>
#include <thread>

int main() {
  std::jthread worker([] {
    ::pthread_setname_np(::pthread_self(), "worker-1");
    char name[32];
    ::pthread_getname_np(::pthread_self(), name, sizeof name);
    std::printf("thread %s\n", name);
  });
  worker.join();
  run([]() -> task<> {
    std::vector<std::string> command{"sh", "-c", "echo child; exit 3"};
    process_options options;
    options.output = redirect::pipe;
    auto p = subprocess::start(command, options);
    std::printf("has a pid: %s\n", p.pid() > 0 ? "yes" : "no");
    std::printf("says: %s", (co_await p.output().read_line()).c_str());
    auto status = co_await p.wait();
    std::printf("exit code %d\n", status.code);
  });
}

// prints:
// thread worker-1
// has a pid: yes
// says: child
// exit code 3
