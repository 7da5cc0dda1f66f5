// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Terminal and standard error.
#include "checker/cli/Terminal.h"

#include "checker/report/Excerpt.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>

namespace coroguard::cli {

static bool isSet(const char *name) {
  const char *value = getenv(name);
  return value && *value && llvm::StringRef(value) != "0";
}

report::Style styleFor(llvm::StringRef color, int descriptor) {
  report::Style style;
  bool isTerminal = isatty(descriptor);
  bool dumb = llvm::StringRef(getenv("TERM") ? getenv("TERM") : "") == "dumb";
  style.color = color == "always" ||
                (color == "auto" && !isSet("NO_COLOR") && (isSet("CLICOLOR_FORCE") || (isTerminal && !dumb)));
  winsize size{};
  unsigned columns = 0;
  if (const char *asked = getenv("COLUMNS"); asked && !llvm::StringRef(asked).getAsInteger(10, columns) && columns)
    style.width = std::clamp(columns, 60u, 400u);
  else if (isTerminal && ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    style.width = std::clamp<unsigned>(size.ws_col, 60, 160);
  return style;
}

void sayError(llvm::StringRef message, llvm::StringRef color) {
  report::Palette paint(styleFor(color, STDERR_FILENO));
  for (llvm::StringRef line : llvm::split(message, '\n'))
    llvm::errs() << paint.bold << "coroguard: " << paint.off << paint.red << "error: " << paint.off << line << '\n';
}

void sayNote(llvm::StringRef message) { llvm::errs() << "coroguard: note: " << message << '\n'; }

bool flushOutput(llvm::StringRef color) {
  llvm::raw_fd_ostream &out = llvm::outs();
  out.flush();
  const std::error_code error = out.error();
  out.clear_error();
  if (!error || error == std::errc::broken_pipe)
    return true;
  sayError("cannot write to standard output: " + error.message(), color);
  return false;
}

} // namespace coroguard::cli
