// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the examinations of `coroguard doctor` share: one line for each thing, and programs that are tried.
#pragma once

#include "checker/report/Excerpt.h"

#include "llvm/ADT/SmallString.h"

#include <string>

namespace coroguard::cli {

class Checkup {
public:
  struct Finished {
    int status = -1;
    std::string output; ///< standard output and error
  };

  /// `self` is this program.
  Checkup(std::string self, report::Palette paint);
  ~Checkup();
  Checkup(const Checkup &) = delete;

  void good(llvm::StringRef what, const std::string &text);
  /// Something to know; nothing is broken. `cure`, if not empty, is what to type.
  void unsure(llvm::StringRef what, const std::string &text, llvm::StringRef cure);
  void bad(llvm::StringRef what, const std::string &text, llvm::StringRef cure);
  bool healthy() const { return healthy_; }

  Finished run(const std::string &program, llvm::ArrayRef<llvm::StringRef> arguments);
  const std::string &self() const { return self_; }
  /// A name in a folder that goes away with this.
  std::string scratchFile(llvm::StringRef name) const { return (scratch_ + "/" + name).str(); }

private:
  void say(llvm::StringRef color, llvm::StringRef mark, llvm::StringRef what, llvm::StringRef text);

  std::string self_;
  report::Palette paint_;
  llvm::SmallString<128> scratch_;
  bool healthy_ = true;
};

/// The project at the working directory or `path`: database, settings, one unit tried.
struct DoctorArguments;
void examineProject(const DoctorArguments &arguments, Checkup &checkup);

} // namespace coroguard::cli
