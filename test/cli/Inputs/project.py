# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""project.py FOLDER [PLAIN]: writes a project whose units a run can skip, share or must parse, and compile_commands.json.

PLAIN more units without anything async (default: 3). Each other unit tries one way in which code without a coroutine of its
own can still have a finding.
"""
import json
import pathlib
import shutil
import sys

folder = pathlib.Path(sys.argv[1]).absolute()
plain = int(sys.argv[2]) if len(sys.argv) > 2 else 3
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)
shutil.copy(pathlib.Path(__file__).with_name("task.hpp"), folder)
(folder / ".clang-tidy").write_text("{}\n")

HEADERS = {
    "names.hpp": '#pragma once\n#include <string>\nstd::string nameOf(int number);\n',
    "work.hpp": '#ifndef WORK_HPP\n#define WORK_HPP\n#include "task.hpp"\ninline Task shared() { save(7); co_return; }\n#endif\n',
    "await.hpp": '#define AWAIT co_await\n',
    "quiet.hpp": '#pragma once\nstruct Work;\nWork start();\n',
    "start.hpp": '#pragma once\n#include "task.hpp"\nstruct Work : Task {};\nWork start();\n',
    "counted.hpp": '#ifdef COUNTED\n#define TWICE\n#endif\n#define COUNTED\n',
    # What it calls is declared only after it.
    "later.hpp": '#pragma once\n#include "task.hpp"\nstruct Own {};\ntemplate <class T> void tell(T each) { show(each); }\ninline void tellAll() { tell(Own()); }\n',
    "system/run.hpp": '#pragma once\nvoid note(long);\ntemplate <class F> void run(F each) { note(0); each(1); }\n',
    "system/held.hpp": '#pragma once\ntemplate <class M> class Held { M &mutex; public: explicit Held(M &m) : mutex(m) { mutex.lock(); } ~Held() { mutex.unlock(); } };\n',
    "system/through.hpp": '#pragma once\n#include <coroutine>\ntemplate <class A, class H> void pass(A &awaiter, H handle) { awaiter.await_suspend(handle); }\n'
                          'template <class A> struct Through { A awaiter; bool await_ready() { return false; } void await_resume() {}\n'
                          '  template <class P> void await_suspend(std::coroutine_handle<P> handle) { pass(awaiter, handle); } };\n'
                          'struct Passing { struct promise_type { Passing get_return_object(); std::suspend_always initial_suspend(); std::suspend_always final_suspend() noexcept;\n'
                          '  void unhandled_exception(); void return_void(); template <class A> Through<A> await_transform(A awaiter) { return {awaiter}; } };\n'
                          '  bool await_ready(); void await_suspend(std::coroutine_handle<>); void await_resume(); };\n',
    "system/wrap.hpp": '#pragma once\ntemplate <class F> struct Wrap { F each; void operator()(int number) { each(number); } };\n'
                       'template <class F> Wrap<F> wrap(F each) { return {each}; }\ntemplate <class F> void runWrapped(F each) { each(1); }\n',
    "store.hpp": '#pragma once\n#include "task.hpp"\nstruct Store { template <class T> void operator()(T each) const { save(each); } };\n',
    "asio.hpp": '#pragma once\nnamespace asio { struct io_context { void run(); }; template <class F> void post(io_context &, F &&) {} }\n',
}
UNITS = {
    # Both begin with the same headers.
    "one.cpp": '#include "work.hpp"\n#include <vector>\nTask one() { save(1); co_await save(2); }\n',
    "two.cpp": '#include "work.hpp"\n#include <vector>\n\nTask two() { co_await save(1);\n  save(2); }\n',
    "six.cpp": '#include "work.hpp"\n#include <vector>\n#include <map>\n#ifndef WORK_HPP\n#error lost\n#endif\n#include "work.hpp"\nTask six() { save(6); co_await save(2); }\n',
    # A header that is another one the second time.
    "three.cpp": '#include "counted.hpp"\n#include "task.hpp"\n#ifndef TWICE\nTask three() { save(3); co_return; }\n#endif\n',
    "four.cpp": '#include "counted.hpp"\n#include "task.hpp"\n#ifndef TWICE\nTask four() { save(3); co_return; }\n#endif\n',
    "five.cpp": '#include "counted.hpp"\n#include "counted.hpp"\n#include "task.hpp"\n#ifdef TWICE\nTask five() { save(3); co_return; }\n#endif\n',
    # They include the same of the standard library, but begin with nothing in common.
    "seven.cpp": '#include <map>\n#include <algorithm>\n#include <string>\n#include "task.hpp"\nTask seven() { save(7); co_return; }\n',
    "eight.cpp": '#include "task.hpp"\n#include <string>\n#include <algorithm>\n#include <set>\nTask eight() { save(8); co_return; }\n',
    # Out of its order it does not compile: `count` is then std::count as well.
    "nine.cpp": '#include <string>\nusing namespace std;\nint count = 9;\nint counted() { return count; }\n#include <algorithm>\n'
                '#include "task.hpp"\nTask nine() { save(counted()); co_return; }\n',
    # Changes what the standard library is.
    "ten.cpp": '#define private public\n#include <string>\n#include <algorithm>\n#include "task.hpp"\n#undef private\n'
               'struct Open : std::string { void open() { (void)_M_dataplus; } };\nTask ten() { save(10); co_return; }\n',
    # Instantiated by nothing but the body of a function of the standard library.
    "eleven.cpp": '#include <algorithm>\n#include <vector>\n#include "task.hpp"\nTask eleven(std::vector<int> all) {\n'
                  '  std::for_each(all.begin(), all.end(), [](auto each) { save(each); });\n  co_return; }\n',
    "thirteen.cpp": '#include <functional>\n#include "task.hpp"\n'
                    'std::function<void(int)> thirteen() { return [](auto each) { save(each); }; }\n',
    # Read at the end of the unit, note(0) would be ambiguous.
    "fourteen.cpp": '#include <run.hpp>\n#include "task.hpp"\nvoid note(char);\nvoid fourteen() { run([](auto each) { save(each); }); }\n',
    "fifteen.cpp": '#include "later.hpp"\nvoid show(Own) {}\nTask fifteen() { save(15); co_return; }\n',
    "sixteen.cpp": '#include "later.hpp"\nvoid show(Own) { save(16); }\n',
    "seventeen.cpp": '#include <run.hpp>\n#include "store.hpp"\nvoid seventeen() { run(Store()); }\n',
    "eighteen.cpp": '#include <wrap.hpp>\n#include "task.hpp"\nvoid eighteen() {\n  runWrapped(' + "wrap(" * 20 + '[](auto each) { save(each); }' + ")" * 20 + ');\n}\n',
    # Run by a coroutine of Boost.Asio, whose promise has awaiters of its own.
    "nineteen.cpp": '#include <boost/asio/async_result.hpp>\n#include <boost/asio/awaitable.hpp>\n#include <boost/asio/use_awaitable.hpp>\n#include "task.hpp"\n'
                    'namespace asio = boost::asio;\nasio::awaitable<void> nineteen() {\n'
                    '  co_await asio::async_initiate<decltype(asio::use_awaitable), void()>([](auto &&) { save(19); }, asio::use_awaitable);\n}\n',
    # What a library's guard does when it dies, and what its promise makes of an awaiter, stands in its headers only.
    "twenty.cpp": '#include <held.hpp>\n#include <mutex>\n#include "task.hpp"\nTask twenty(std::mutex &mutex) {\n  Held<std::mutex> held(mutex);\n  co_await save(20);\n}\n',
    "awaiter.cpp": '#include <through.hpp>\nstruct Mine { int count = 0; bool await_ready() { return false; } void await_resume() {}\n'
                   '  template <class P> void await_suspend(std::coroutine_handle<P> handle) { handle.resume(); ++count; } };\n'
                   'Passing passing() { co_await Mine(); }\n',
    "twelve.cpp": '#include <memory>\n#include "task.hpp"\nstruct Base { virtual ~Base() = default; virtual void run() = 0; };\n'
                  'template <class T> struct Job : Base { void run() override { save(12); } };\n'
                  'std::unique_ptr<Base> make() { return std::make_unique<Job<int>>(); }\n',
    # No co_ in sight.
    "main.cpp": '#include "start.hpp"\nint main() { start(); }\n',
    "macro.cpp": '#include "task.hpp"\n#include "await.hpp"\nTask viaMacro() { save(4); AWAIT save(5); }\n',
    "flag.cpp": '#include "task.hpp"\nTask viaFlag() { save(4); FROM_COMMAND_LINE save(5); }\n',
    "pasted.cpp": '#include "task.hpp"\n#define DO(x) co_##x\nTask viaPaste() { save(4); DO(await) save(5); }\n',
    "callback.cpp": '#include "asio.hpp"\n#include <unistd.h>\nvoid begin(asio::io_context &loop) { asio::post(loop, [] { sleep(1); }); }\n',
    "nonblocking.cpp": '#include <unistd.h>\nvoid quick() [[clang::nonblocking]] { sleep(1); }\n',
    "annotated.cpp": '#include <unistd.h>\n[[clang::annotate("coroguard::nonblocking")]] void quick2() { sleep(1); }\n',
    "thread.cpp": '#include <future>\nvoid work();\nvoid begin2() { std::async(std::launch::async, work); }\n',
    "handle.cpp": 'struct Job { ~Job() { stop(); } void stop(); void detach(); };\nJob spawn();\nvoid begin3() { spawn(); }\n',
    "locked.cpp": '#include <functional>\n#include <mutex>\nstruct Events { std::mutex mutex; std::function<void()> changed;\n'
                  '  void fire() { std::lock_guard<std::mutex> guard(mutex); changed(); } };\n',
    "loop.cpp": '#include <functional>\n#include <vector>\nstruct Queue { void add(std::function<void()> f) { all.push_back(f); }\n'
                '  void run_all(); std::vector<std::function<void()>> all; };\nvoid begin4() { Queue queue; queue.add([] {}); }\n',
    "own.cpp": 'namespace acme { struct job { int number; }; job launch(); }\nvoid begin5() { acme::launch(); }\n',
}
for number in range(plain):
    UNITS[f"plain{number}.cpp"] = (f'#include "names.hpp"\n#include <algorithm>\n#include <vector>\n// co_await in a comment\n'
                                   f'const char *text{number} = "co_await";\n'
                                   f'int sum{number}(std::vector<int> all) {{ std::sort(all.begin(), all.end()); return all.size() + {number}; }}\n')
for name, text in (HEADERS | UNITS).items():
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text)
(folder / "compile_commands.json").write_text(json.dumps([
    {"directory": str(folder), "file": name, "arguments": ["c++", "-std=c++20", "-isystem", "system", *(["-DFROM_COMMAND_LINE=co_await"] if name == "flag.cpp" else []),
                                                           "-c", name, "-o", name + ".o"]} for name in UNITS]))
(folder / "models.yaml").write_text("library: acme\nname: Acme\nnamespaces: [acme]\ndocumentation: https://example.org\n"
                                    "types:\n  - { type: $::job, role: task, start: lazy, drop: never-starts }\n")
