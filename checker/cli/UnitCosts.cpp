// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The file of costs: {"costs": {"src/a.cpp": 1.25}}.
#include "checker/cli/UnitCosts.h"

#include "checker/report/WholeFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

namespace coroguard::cli {

llvm::Expected<UnitCosts> readUnitCosts(llvm::StringRef file) {
  UnitCosts costs;
  if (file.empty()) return costs;
  auto buffer = llvm::MemoryBuffer::getFile(file);
  if (!buffer)
    return llvm::createStringError("--costs: cannot read '" + file + "': " + buffer.getError().message() +
                                   "; 'coroguard check --record-costs " + file + "' writes it");
  llvm::Expected<llvm::json::Value> value = llvm::json::parse((*buffer)->getBuffer());
  const llvm::json::Object *object = value ? value->getAsObject() : nullptr;
  const llvm::json::Object *entries = object ? object->getObject("costs") : nullptr;
  if (!value) llvm::consumeError(value.takeError());
  if (!entries)
    return llvm::createStringError("--costs: '" + file + "' is not a file of costs; 'coroguard check --record-costs " +
                                   file + "' writes one");
  for (const auto &[unit, seconds] : *entries)
    costs[unit.str()] = seconds.getAsNumber().value_or(0);
  return costs;
}

llvm::Error writeUnitCosts(llvm::StringRef file, const UnitCosts &costs) {
  UnitCosts all;
  if (llvm::sys::fs::exists(file)) {
    auto known = readUnitCosts(file);
    if (!known) return known.takeError();
    all = std::move(*known);
  }
  for (const auto &[unit, seconds] : costs)
    all[unit] = seconds;
  return report::writeWholeFile(file, [&](llvm::raw_ostream &out) {
    llvm::json::OStream json(out, 2);
    json.object([&] {
      json.attributeObject("costs", [&] {
        for (const auto &[unit, seconds] : all)
          json.attribute(unit, static_cast<double>(static_cast<int64_t>(seconds * 100 + 0.5)) / 100);
      });
    });
    out << '\n';
  });
}

} // namespace coroguard::cli
