// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lines of `coroguard doctor`.
#include "checker/cli/Checkup.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

namespace coroguard::cli {

namespace fs = llvm::sys::fs;

Checkup::Checkup(std::string self, report::Palette paint) : self_(std::move(self)), paint_(paint) {
  if (fs::createUniqueDirectory("coroguard-doctor", scratch_))
    scratch_.clear();
}

Checkup::~Checkup() {
  if (!scratch_.empty())
    fs::remove_directories(scratch_);
}

void Checkup::say(llvm::StringRef color, llvm::StringRef mark, llvm::StringRef what, llvm::StringRef text) {
  llvm::outs() << color << mark << paint_.off << paint_.bold << llvm::left_justify(what, 17) << paint_.off << text << '\n';
}

static void sayCure(llvm::StringRef cure) {
  if (!cure.empty())
    llvm::outs() << std::string(24, ' ') << "-> " << cure << '\n';
}

void Checkup::good(llvm::StringRef what, const std::string &text) { say(paint_.green, "ok     ", what, text); }

void Checkup::unsure(llvm::StringRef what, const std::string &text, llvm::StringRef cure) {
  say(paint_.yellow, "note   ", what, text);
  sayCure(cure);
}

void Checkup::bad(llvm::StringRef what, const std::string &text, llvm::StringRef cure) {
  healthy_ = false;
  say(paint_.red, "broken ", what, text);
  sayCure(cure);
}

Checkup::Finished Checkup::run(const std::string &program, llvm::ArrayRef<llvm::StringRef> arguments) {
  llvm::outs().flush();
  std::string log = scratchFile("output");
  std::optional<llvm::StringRef> redirects[] = {llvm::StringRef(""), llvm::StringRef(log), llvm::StringRef(log)};
  Finished done;
  done.status = llvm::sys::ExecuteAndWait(program, arguments, std::nullopt, redirects, /*SecondsToWait=*/120);
  if (auto buffer = llvm::MemoryBuffer::getFile(log))
    done.output = (*buffer)->getBuffer().str();
  return done;
}

} // namespace coroguard::cli
