// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Folded stacks: one line per finding, outermost frame first, weight in microseconds. Calls inside a recorded stall count once.
#include "runtime/export/run_report.h"

#include <ostream>

namespace coroguard::run {

void write_folded(std::ostream &out, const report &r) {
  for (const finding &f : r.findings) {
    std::string line;
    for (std::size_t i = f.stack.size(); i-- > 0;) {
      const source_frame &s = f.stack[i];
      std::string name = !s.function.empty() ? s.function : s.module.substr(s.module.rfind('/') + 1) + "+" + std::to_string(s.offset);
      for (char &c : name)
        if (c == ';' || c == '\n')
          c = ':';
      line += name + ";";
    }
    line += f.kind == "stall" ? "[" + (f.verdict.empty() ? std::string("stall") : f.verdict) + (f.function.empty() ? "" : " " + f.function) + "]" : f.function;
    out << line << ' ' << (f.total_ns + 999) / 1000 << '\n';
  }
}

} // namespace coroguard::run
