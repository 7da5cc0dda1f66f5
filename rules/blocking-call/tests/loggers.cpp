// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A logger of one's own that opens its file now and then: a matter of the category `log`, not of each line that logs.
#include "acme.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

using acme::Deferred;

class LogFile {
public:
  void write(const std::string &line) {
    if (!std::filesystem::exists(path_))
      std::filesystem::create_directories(path_);
    (void)line;
  }
  std::string path_;
};
struct Line {
  LogFile &file;
  std::string text;
  ~Line() { file.write(text); }
};
class Catalog {
public:
  bool has(const std::string &path) { return std::filesystem::exists(path); }
};
namespace logging {
void flush_slowly() { std::this_thread::sleep_for(std::chrono::seconds(1)); }
} // namespace logging

Deferred<> works(LogFile &file, Catalog &catalog) {
  Line{file, "started"}; // ok
  file.write("done");    // ok
  catalog.has("/tmp");   // warn: "std::filesystem::exists"
  logging::flush_slowly(); // warn: "sleep_for"
  co_return;
}
