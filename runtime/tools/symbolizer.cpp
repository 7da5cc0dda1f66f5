// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs llvm-symbolizer with a file of addresses as its input and reads its default output style.
#include "runtime/tools/symbolizer.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <spawn.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace coroguard::run {
namespace {

std::string temporary_file() {
  const char *dir = std::getenv("TMPDIR");
  std::string path = std::string(dir && *dir ? dir : "/tmp") + "/coroguard-symbolize-XXXXXX";
  int fd = mkostemp(path.data(), O_CLOEXEC);
  if (fd < 0)
    return {};
  close(fd);
  return path;
}

std::string read_all(const std::string &path) {
  std::string text;
  if (std::FILE *f = std::fopen(path.c_str(), "r")) {
    char buffer[65536];
    for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, f)) > 0;)
      text.append(buffer, n);
    std::fclose(f);
  }
  return text;
}

bool run_tool(const char *tool, const std::string &input, const std::string &output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, input.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_TRUNC, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  const char *argv[] = {tool, "--inlines", "--demangle", "--functions=linkage", nullptr};
  pid_t pid = 0;
  int status = 0;
  unsetenv("LD_PRELOAD"); // what the program is run with may print, or refuse the tool
  bool ok = posix_spawnp(&pid, tool, &actions, nullptr, const_cast<char **>(argv), environ) == 0 && waitpid(pid, &status, 0) == pid &&
            WIFEXITED(status) && WEXITSTATUS(status) == 0;
  posix_spawn_file_actions_destroy(&actions);
  return ok;
}

void erase_all(std::string &text, std::string_view what) {
  for (std::size_t at; (at = text.find(what)) != std::string::npos;)
    text.erase(at, what.size());
}

/// Coroutine bodies are split into functions with the compiler's marks: `f() (.resume)`, `f(f()::_Zv.Frame*) [clone .actor]`.
void clean_name(source_frame &frame) {
  std::string &name = frame.function;
  if (name == "??")
    name.clear();
  for (std::string_view mark : {" (.resume)", " [clone .resume]", " [clone .actor]", " (.actor)", " (.destroy)", " [clone .destroy]"})
    if (name.find(mark) != std::string::npos) {
      frame.coroutine = true;
      erase_all(name, mark);
    }
  // gcc: the body takes the frame as its parameter, spelled with the mangled name of the ramp
  if (std::size_t at = name.find(".Frame*"); at != std::string::npos) {
    frame.coroutine = true;
    std::size_t open = name.rfind("::_Z", at);
    std::size_t start = open;
    int depth = 0;
    while (start != std::string::npos && start > 0) {
      char c = name[start - 1];
      depth += c == ')' ? 1 : c == '(' ? -1 : 0;
      if (depth < 0)
        break;
      --start;
    }
    if (start != std::string::npos && start > 0) // keep the ramp as spelled inside: `f(f()::_Z…` → `f()`
      name = name.substr(start, open - start);
  }
  for (std::string_view noise : {" [clone .isra.0]", " [clone .constprop.0]", " [clone .part.0]", " [clone .cold]", " (.isra.0)", " (.constprop.0)", " (.part.0)", " (.cold)"})
    erase_all(name, noise);
}

bool parse_place(const std::string &line, source_frame &into) {
  std::size_t column = line.rfind(':');
  if (column == std::string::npos || column == 0)
    return false;
  std::size_t row = line.rfind(':', column - 1);
  if (row == std::string::npos)
    return false;
  into.file = line.substr(0, row);
  into.line = unsigned(std::strtoul(line.c_str() + row + 1, nullptr, 10));
  into.column = unsigned(std::strtoul(line.c_str() + column + 1, nullptr, 10));
  if (into.file == "??")
    into.file.clear(), into.line = into.column = 0;
  return true;
}

} // namespace

bool symbolizer::run() {
  for (auto &[place, frames] : frames_) {
    frames.assign(1, {});
    frames[0].module = place.first, frames[0].offset = place.second;
  }
  if (frames_.empty())
    return true;
  std::string input = temporary_file(), output = temporary_file();
  bool ok = !input.empty() && !output.empty();
  std::vector<const code_place *> order;
  if (ok) {
    std::FILE *f = std::fopen(input.c_str(), "w");
    for (auto &[place, frames] : frames_)
      if (!place.first.empty() && place.first[0] == '/' && access(place.first.c_str(), R_OK) == 0) {
        std::fprintf(f, "CODE \"%s\" 0x%llx\n", place.first.c_str(), static_cast<unsigned long long>(place.second));
        order.push_back(&place);
      }
    std::fclose(f);
    const char *given = std::getenv("COROGUARD_SYMBOLIZER");
    ok = given && *given ? run_tool(given, input, output) : run_tool("llvm-symbolizer-22", input, output) || run_tool("llvm-symbolizer", input, output);
  }
  if (ok) {
    std::istringstream text(read_all(output));
    std::string name, where;
    for (const code_place *place : order) {
      std::vector<source_frame> found;
      while (std::getline(text, name) && !name.empty() && std::getline(text, where)) {
        source_frame frame;
        frame.function = name, frame.module = place->first, frame.offset = place->second;
        if (!parse_place(where, frame))
          break;
        clean_name(frame);
        found.push_back(std::move(frame));
      }
      for (std::size_t i = 0; i + 1 < found.size(); ++i)
        found[i].inlined = true;
      if (!found.empty())
        frames_[*place] = std::move(found);
    }
  }
  unlink(input.c_str());
  unlink(output.c_str());
  return ok;
}

} // namespace coroguard::run
