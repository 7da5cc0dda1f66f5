// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// coroguard-run: what `coroguard run` runs. Starts the program with the guard preloaded, waits for it, writes the reports, and
// ends as the program ended.
#include "runtime/tools/command_line.h"
#include "runtime/tools/program_file.h"

#include "runtime/core/options.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace coroguard;
using namespace coroguard::run;

namespace {

constexpr const char *usage = R"(usage: coroguard run [OPTIONS] [--] COMMAND [ARGUMENT...]

Runs any program under the guard, without rebuilding it. What blocks an event loop is reported when the program ends; its exit
status is kept.

  --threshold TIME       a loop turn longer than this is a stall: 100ms (default), 25ms, 1s
  --report FORMAT=FILE   write a report; text, jsonl, sarif, folded or chrome; FILE - is standard output; repeatable
  --suppressions FILE    silence what the file names; repeatable
  --exit-code N          end with N if there are findings
  --halt-on-error[=0|1]  end the program at its first finding (status 66, or the one of --exit-code)
  --children             guard child processes too
  --strict               threshold 25ms; yields and thread creation are reported too
  --options LIST         further options, name=value:name=value; --options help=1 lists them
  --record FILE          keep the record, for coroguard report
  --with FILE            JSON lines of the checker: findings it has too are marked
  --color WHEN           always, never or auto
  --no-symbolize         addresses instead of names
  -q, --quiet            no text on standard error

Exit status: that of the program; N of --exit-code; 2 if the program could not be guarded or a report not written.
)";

struct run_options {
  output_options output;
  std::string guard_options, record;
  int exit_code = -1;
  bool children = false;
  std::vector<std::string> command;
};

int fail(const std::string &what) {
  std::cerr << "coroguard run: " << what << "\n";
  return status_failed;
}

bool parse_time(const std::string &text, std::string &milliseconds) {
  char *end = nullptr;
  double value = std::strtod(text.c_str(), &end);
  std::string unit = end ? end : "";
  double scale = unit == "ms" || unit.empty() ? 1 : unit == "s" ? 1000 : unit == "us" ? 0.001 : 0;
  if (end == text.c_str() || scale == 0 || value * scale < 1 || value * scale > 86'400'000)
    return false;
  milliseconds = std::to_string(long(value * scale + 0.5));
  return true;
}

/// Everything up to the command. The text of a problem, or empty; `help` prints and stops.
std::string parse(const std::vector<std::string> &words, run_options &into, bool &help) {
  auto option = [&](const std::string &text) { into.guard_options += (into.guard_options.empty() ? "" : ":") + text; };
  std::size_t i = 0;
  for (; i < words.size(); ++i) {
    const std::string word = words[i];
    std::string value, problem;
    if (word == "--") {
      ++i;
      break;
    }
    if (word.empty() || word[0] != '-')
      break;
    if (word == "--help" || word == "-h")
      return help = true, "";
    if (take_option(words, i, "--threshold", value)) {
      std::string ms;
      if (!parse_time(value, ms))
        return "--threshold: '" + value + "' is not a time of 1ms or more; write 25ms or 1s";
      option("threshold_ms=" + ms);
    } else if (word == "--halt-on-error" || word == "--halt-on-error=1") {
      option("halt_on_error=1");
    } else if (word == "--halt-on-error=0") {
      option("halt_on_error=0");
    } else if (take_option(words, i, "--exit-code", value)) {
      char *end = nullptr;
      long code = std::strtol(value.c_str(), &end, 10);
      if (value.empty() || *end || code < 0 || code > 255)
        return "--exit-code: '" + value + "' is not a number from 0 to 255";
      into.exit_code = int(code);
    } else if (word == "--children") {
      into.children = true;
      option("children=1");
    } else if (word == "--strict") {
      option("strict=1");
    } else if (take_option(words, i, "--options", value)) {
      option(value);
    } else if (take_option(words, i, "--record", value)) {
      into.record = value;
    } else if (take_output_option(words, i, into.output, problem)) {
      if (!problem.empty())
        return problem;
    } else {
      return "unknown option '" + word + "'; see coroguard run --help";
    }
  }
  into.command.assign(words.begin() + long(std::min(i, words.size())), words.end());
  return "";
}

std::string own_directory() {
  char path[4096];
  ssize_t n = readlink("/proc/self/exe", path, sizeof path);
  std::string self(path, n > 0 ? std::size_t(n) : 0);
  return self.substr(0, self.rfind('/'));
}

/// lib/ beside bin/, as built and as installed; COROGUARD_LIBRARY overrides.
std::string find_guard() {
  if (const char *given = std::getenv("COROGUARD_LIBRARY"); given && *given)
    return given;
  for (const char *leaf : {"/../lib/libcoroguard-guard.so", "/../lib/x86_64-linux-gnu/libcoroguard-guard.so", "/../lib64/libcoroguard-guard.so", "/libcoroguard-guard.so"}) {
    std::string path = own_directory() + leaf;
    if (char *real = realpath(path.c_str(), nullptr)) {
      std::string result = real;
      std::free(real);
      return result;
    }
  }
  return {};
}

std::string record_directory() {
  const char *dir = std::getenv("TMPDIR");
  std::string path = std::string(dir && *dir ? dir : "/tmp") + "/coroguard-run-XXXXXX";
  return mkdtemp(path.data()) ? path : std::string();
}

/// The record file exists with all its space before the program starts, so that a full disk is our problem, not the program's.
bool make_record(const std::string &path) {
  int fd = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  bool ok = fd >= 0 && posix_fallocate(fd, 0, off_t(sizeof(record::file))) == 0;
  if (fd >= 0)
    close(fd);
  return ok;
}

volatile pid_t child = 0;
void pass_on(int signal) {
  if (child > 0)
    kill(child, signal);
}

int wait_for(pid_t pid) {
  child = pid;
  struct sigaction ignore{}, forward{};
  ignore.sa_handler = SIG_IGN;
  forward.sa_handler = pass_on;
  forward.sa_flags = SA_RESTART;
  sigaction(SIGINT, &ignore, nullptr); // from the terminal, the program gets it itself
  sigaction(SIGQUIT, &ignore, nullptr);
  for (int signal : {SIGTERM, SIGHUP, SIGUSR1, SIGUSR2})
    sigaction(signal, &forward, nullptr);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
    ;
  child = 0;
  return status;
}

/// Ends as the program ended, also by signal.
int end_like(int status) {
  if (WIFSIGNALED(status)) {
    rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    std::signal(WTERMSIG(status), SIG_DFL);
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_UNBLOCK, &all, nullptr);
    kill(getpid(), WTERMSIG(status));
    return 128 + WTERMSIG(status);
  }
  return WEXITSTATUS(status);
}

std::vector<std::string> written_records(const std::string &directory, const std::string &first) {
  std::vector<std::string> paths;
  if (DIR *dir = opendir(directory.c_str())) {
    while (dirent *entry = readdir(dir)) {
      std::string path = directory + "/" + entry->d_name;
      std::string error;
      if (entry->d_name[0] != '.' && record_reader::open(path, error))
        paths.push_back(path);
    }
    closedir(dir);
  }
  std::sort(paths.begin(), paths.end(), [&](const std::string &a, const std::string &b) { return (a == first) > (b == first) || ((a == first) == (b == first) && a < b); });
  return paths;
}

void remove_directory(const std::string &directory) {
  if (DIR *dir = opendir(directory.c_str())) {
    while (dirent *entry = readdir(dir))
      if (entry->d_name[0] != '.')
        unlink((directory + "/" + entry->d_name).c_str());
    closedir(dir);
  }
  rmdir(directory.c_str());
}

/// One file for the guard, which decides at the first finding if it is to halt the program; empty if there is nothing to say.
std::string gather_suppressions(const std::vector<std::string> &files, const std::string &directory) {
  std::string path = directory + "/suppressions";
  if (files.empty() || path.find_first_of(":, ") != std::string::npos || path.size() > 200)
    return {};
  std::ofstream out(path);
  for (const std::string &file : files)
    out << std::ifstream(file).rdbuf() << "\n";
  out.close();
  return out ? path : std::string();
}

/// Run-time systems of sanitizers refuse to come second.
bool has_sanitizer(std::string_view preload) {
  for (std::string_view name : {"libasan", "libtsan", "libmsan", "libhwasan", "liblsan", "libubsan", "libclang_rt."})
    if (preload.find(name) != std::string_view::npos)
      return true;
  return false;
}

void prepare_environment(const std::string &library, const program_file &program, const run_options &options, const std::string &record) {
  std::string preload = program.sanitizer.empty() ? library : program.sanitizer + ":" + library;
  if (const char *old = std::getenv("LD_PRELOAD"); old && *old)
    preload = has_sanitizer(old) ? std::string(old) + ":" + library : preload + ":" + old;
  setenv("LD_PRELOAD", preload.c_str(), 1);
  setenv("COROGUARD_RECORD", record.c_str(), 1);
  std::string all = options.guard_options;
  if (const char *old = std::getenv("COROGUARD_OPTIONS"); old && *old)
    all = std::string(old) + (all.empty() ? "" : ":") + all; // the command line decides
  if (options.exit_code >= 0)
    all += (all.empty() ? "" : ":") + std::string("exitcode=") + std::to_string(options.exit_code);
  std::string silenced = gather_suppressions(options.output.suppression_files, record.substr(0, record.rfind('/')));
  if (!silenced.empty())
    all += (all.empty() ? "" : ":") + std::string("suppressions=") + silenced;
  if (options.children)
    all += ":log_path=" + record.substr(0, record.rfind('/')) + "/child";
  if (!all.empty())
    setenv("COROGUARD_OPTIONS", all.c_str(), 1);
}

void check_reports_writable(const output_options &output, std::string &problem) {
  for (const auto &[format, path] : output.reports)
    if (path != "-") {
      int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
      if (fd < 0)
        problem = path + ": cannot be written: " + std::strerror(errno);
      else
        close(fd);
    }
  suppressions trial;
  for (const std::string &path : output.suppression_files)
    for (const std::string &line : trial.read(path))
      problem = line;
}

} // namespace

int main(int argc, char **argv) {
  run_options options;
  bool help = false;
  std::string problem = parse({argv + 1, argv + argc}, options, help);
  if (help) {
    std::cout << usage;
    return status_clean;
  }
  if (problem.empty() && options.command.empty()) {
    if (options.guard_options.find("help=1") != std::string::npos) {
      guard::print_options([](const char *line) { std::cout << line << "\n"; });
      return status_clean;
    }
    problem = "no command given; write coroguard run -- ./program arguments";
  }
  program_file program;
  if (problem.empty())
    problem = inspect_program(options.command[0], program);
  if (problem.empty())
    check_reports_writable(options.output, problem);
  std::string library = find_guard();
  if (problem.empty() && (library.empty() || access(library.c_str(), R_OK) != 0))
    problem = "libcoroguard-guard.so was not found beside this program; set COROGUARD_LIBRARY to its path";
  if (!problem.empty())
    return fail(problem);
  std::string directory = record_directory();
  std::string record = directory + "/program.cgrec";
  if (directory.empty() || !make_record(record)) {
    if (!directory.empty())
      remove_directory(directory);
    return fail("no space for the record in the temporary directory; set TMPDIR to one with 8 MB free");
  }
  pid_t pid = fork();
  if (pid == 0) {
    prepare_environment(library, program, options, record);
    std::vector<char *> words;
    for (std::string &word : options.command)
      words.push_back(word.data());
    words.push_back(nullptr);
    execvp(program.path.c_str(), words.data()); // p: a script without #! goes to the shell
    std::cerr << "coroguard run: '" << program.path << "': " << std::strerror(errno) << "\n";
    _exit(errno == ENOENT ? 127 : 126);
  }
  if (pid < 0) {
    remove_directory(directory);
    return fail(std::string("fork: ") + std::strerror(errno));
  }
  int status = wait_for(pid);
  std::vector<std::string> records = written_records(directory, record);
  long findings = 0;
  if (!records.empty() || !options.output.reports.empty())
    findings = write_reports(records, options.output, "coroguard run");
  if (records.empty() && !options.output.quiet && isatty(2))
    std::cerr << "coroguard: no event loop was seen in '" << options.command[0] << "'; if it starts the program you mean, use --children\n";
  if (!options.record.empty() && !records.empty() && std::rename(records[0].c_str(), options.record.c_str()) != 0) {
    std::string copy = "cp '" + records[0] + "' '" + options.record + "'";
    if (std::system(copy.c_str()) != 0)
      findings = -1;
  }
  remove_directory(directory);
  if (findings < 0)
    return status_failed;
  if (findings > 0 && options.exit_code >= 0)
    return options.exit_code;
  return end_like(status);
}
