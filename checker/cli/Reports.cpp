// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reports to standard output and files.
#include "checker/cli/Reports.h"

#include "checker/cli/Terminal.h"
#include "checker/report/WholeFile.h"
#include "rules/catalog/Problem.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <unistd.h>

namespace coroguard::cli {

namespace fs = llvm::sys::fs;

static llvm::Expected<const report::Format *> formatNamed(llvm::StringRef name) {
  if (const report::Format *format = report::findFormat(name))
    return format;
  std::vector<llvm::StringRef> names;
  for (const report::Format *format : report::formats())
    names.push_back(format->name);
  llvm::sort(names);
  return llvm::createStringError("there is no format '" + name + "'" + catalog::suggestion(name, names, "the formats"));
}

std::string whyNotWritable(const std::string &path) {
  if (fs::is_directory(path))
    return "it is a folder";
  llvm::StringRef folder = llvm::sys::path::parent_path(path);
  if (folder.empty())
    folder = ".";
  if (!fs::exists(folder))
    return "there is no folder '" + folder.str() + "'";
  std::error_code error = fs::access(fs::exists(path) ? llvm::Twine(path) : llvm::Twine(folder), fs::AccessMode::Write);
  return error ? error.message() : std::string();
}

llvm::Expected<Outputs> Outputs::open(const CheckArguments &arguments, std::string color) {
  Outputs outputs;
  outputs.color_ = std::move(color);
  if (llvm::StringRef(arguments.format).contains('='))
    return llvm::createStringError("--format " + arguments.format + ": it says what is shown here; a file is written by --report " + arguments.format);
  auto format = formatNamed(arguments.format);
  if (!format)
    return format.takeError();
  outputs.terminal_ = *format;
  for (const std::string &report : arguments.reports) {
    auto [name, path] = llvm::StringRef(report).split('=');
    if (path.empty())
      return llvm::createStringError("--report " + report + ": write FORMAT=FILE, for example --report sarif=coroguard.sarif");
    auto fileFormat = formatNamed(name);
    if (!fileFormat)
      return fileFormat.takeError();
    std::string why = whyNotWritable(path.str());
    if (!why.empty())
      sayError("cannot write the report '" + path.str() + "': " + why + "; name another file with --report " + name.str() +
                   "=FILE (the run goes on)",
               outputs.color_);
    outputs.files_.push_back({*fileFormat, path.str(), why.empty()});
  }
  return outputs;
}

bool Outputs::writeFile(const File &file, const report::Report &report, report::SourceText &sources) const {
  if (!file.writable)
    return false;
  auto write = [&](llvm::raw_ostream &out) { file.format->write(report, sources, report::Style{}, out); };
  if (llvm::Error error = report::writeWholeFile(file.path, write)) {
    sayError("cannot write the report '" + file.path + "': " + llvm::toString(std::move(error)), color_);
    return false;
  }
  return true;
}

bool Outputs::write(const report::Report &report, report::SourceText &sources) const {
  bool all = true;
  for (const File &file : files_)
    all &= writeFile(file, report, sources);
  terminal_->write(report, sources, styleFor(color_, STDOUT_FILENO), llvm::outs());
  return flushOutput(color_) && all;
}

} // namespace coroguard::cli
