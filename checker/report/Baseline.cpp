// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Baseline files.
#include "checker/report/Baseline.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

namespace coroguard::report {

namespace json = llvm::json;

/// Of the file's shape and of how fingerprints are made; another one cannot be compared.
static constexpr int64_t formatVersion = 1;

Baseline baselineOf(const Report &report) {
  Baseline baseline;
  for (const ReportedFinding &reported : report.findings)
    baseline.entries[reported.fingerprint] = {reported.finding.rule->id.str(), reported.finding.place.file,
                                              reported.finding.message};
  return baseline;
}

std::string toText(const Baseline &baseline) {
  using Row = std::pair<const std::string, BaselineEntry>;
  std::vector<const Row *> rows;
  for (const Row &row : baseline.entries)
    rows.push_back(&row);
  llvm::sort(rows, [](const Row *a, const Row *b) {
    return std::tie(a->second.file, a->second.rule, a->first) < std::tie(b->second.file, b->second.rule, b->first);
  });
  std::string text;
  llvm::raw_string_ostream out(text);
  out << "{\n  \"coroguard-baseline\": " << formatVersion << ",\n  \"findings\": [";
  llvm::StringRef separator = "\n";
  for (const Row *row : rows) {
    out << separator << "    "
        << json::Value(json::Object{{"fingerprint", row->first},
                                    {"rule", row->second.rule},
                                    {"file", json::fixUTF8(row->second.file)},
                                    {"message", json::fixUTF8(row->second.message)}});
    separator = ",\n";
  }
  out << "\n  ]\n}\n";
  return text;
}

llvm::Expected<Baseline> readBaseline(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return llvm::createStringError("cannot read the baseline '" + path + "': " + buffer.getError().message() +
                                   "; 'coroguard baseline create --file " + path + "' writes one");
  auto wrong = [&](const llvm::Twine &what) {
    return llvm::createStringError("the baseline '" + path + "' " + what + "; move it away, and 'coroguard baseline create --file " +
                                   path + "' writes it anew");
  };
  llvm::Expected<json::Value> value = json::parse((*buffer)->getBuffer());
  if (!value)
    return wrong("is not valid JSON: " + llvm::toString(value.takeError()));
  const json::Object *object = value->getAsObject();
  auto version = object ? object->getInteger("coroguard-baseline") : std::nullopt;
  if (!version)
    return wrong("is not a baseline of coroguard");
  if (*version != formatVersion)
    return wrong("is of version " + llvm::Twine(*version) + ", this coroguard reads version " + llvm::Twine(formatVersion));
  Baseline baseline;
  const json::Array *findings = object->getArray("findings");
  if (!findings)
    return wrong("has no list of findings");
  for (const json::Value &one : *findings) {
    const json::Object *entry = one.getAsObject();
    auto fingerprint = entry ? entry->getString("fingerprint") : std::nullopt;
    if (!fingerprint)
      return wrong("has an entry without a fingerprint");
    baseline.entries[fingerprint->str()] = {entry->getString("rule").value_or("").str(), entry->getString("file").value_or("").str(),
                                            entry->getString("message").value_or("").str()};
  }
  return baseline;
}

bool Looked::at(const BaselineEntry &entry) const {
  if (!catalog::findRule(entry.rule))
    return everywhere;
  return rules.contains(entry.rule) && (everywhere || files.contains(entry.file));
}

BaselineChange updated(const Baseline &old, const Baseline &now, const Looked &looked, bool grow) {
  BaselineChange change;
  for (const auto &[fingerprint, entry] : old.entries) {
    auto present = now.entries.find(fingerprint);
    if (present != now.entries.end())
      change.next.entries.insert(*present);
    else if (looked.at(entry))
      ++change.gone;
    else
      change.next.entries[fingerprint] = entry;
  }
  for (const auto &[fingerprint, entry] : now.entries) {
    if (old.entries.count(fingerprint))
      continue;
    ++(grow ? change.added : change.left);
    if (grow)
      change.next.entries[fingerprint] = entry;
  }
  return change;
}

BaselineUse leaveOutKnown(const Baseline &baseline, const Looked &looked, Report &report) {
  BaselineUse use;
  llvm::StringSet<> met;
  for (const ReportedFinding &reported : report.findings)
    if (baseline.entries.count(reported.fingerprint))
      met.insert(reported.fingerprint);
  use.known = met.size();
  for (const auto &[fingerprint, entry] : baseline.entries)
    use.gone += !met.contains(fingerprint) && looked.at(entry);
  llvm::erase_if(report.findings, [&](const ReportedFinding &reported) { return met.contains(reported.fingerprint); });
  return use;
}

} // namespace coroguard::report
