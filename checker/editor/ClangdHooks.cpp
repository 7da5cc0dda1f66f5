// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The three places where clangd must know our rules, and one where it must not drag in gRPC. clangd has no API for them, so the
// linker puts these functions in the place of clangd's (`--wrap`, see CMakeLists.txt). clangd's headers are not installed:
// every declaration here repeats one of clangd 22, uses LLVM's public types only, and is pinned by test/editor.
#include "checker/editor/RulePage.h"

#include "clang-tidy/ClangTidyOptions.h"
#include "llvm/ADT/FunctionExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/JSON.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

using llvm::StringRef;
using llvm::json::Object;
using llvm::json::Value;

namespace clang::clangd {

struct PublishDiagnosticsParams;

class SymbolIndex {
public:
  virtual ~SymbolIndex();
};

namespace remote {
/// Takes the place of the archive member that needs gRPC: this clangd has no remote index.
std::unique_ptr<SymbolIndex> getClient(StringRef, StringRef) { return nullptr; }
} // namespace remote

} // namespace clang::clangd

using TidyProvider = llvm::unique_function<void(clang::tidy::ClangTidyOptions &, StringRef) const>;

namespace {

constexpr StringRef prefix = "async-";

/// True if a list of check globs says anything about our rules, for or against.
bool mentionsOurRules(StringRef checks) { return checks.contains(prefix); }

/// `diagnostic` is one of LSP's `Diagnostic` objects.
void linkToOurPage(Object &diagnostic) {
  const auto code = diagnostic.getString("code");
  if (!code || !code->starts_with(prefix))
    return;
  diagnostic["source"] = "coroguard";
  if (std::string page = coroguard::editor::rulePage(code->drop_front(prefix.size())); !page.empty())
    diagnostic["codeDescription"] = Object{{"href", std::move(page)}};
  else
    diagnostic.erase("codeDescription");
}

} // namespace

// `__real_` names clangd's own function, `__wrap_` the one every caller in another file of clangd reaches.
#define COROGUARD_REAL(name) __asm__("__real_" name)
#define COROGUARD_WRAP(name) __asm__("__wrap_" name)

// clangd runs only checks it has measured to be fast. Ours cost less than a hundredth of a parse.
#define COROGUARD_IS_FAST "_ZN5clang6clangd15isFastTidyCheckEN4llvm9StringRefE"
std::optional<bool> clangdIsFast(StringRef check) COROGUARD_REAL(COROGUARD_IS_FAST);
std::optional<bool> isFast(StringRef check) COROGUARD_WRAP(COROGUARD_IS_FAST);
std::optional<bool> isFast(StringRef check) { return check.starts_with(prefix) ? true : clangdIsFast(check); }

// Who starts this clangd wants our rules, with a configuration or without: they are on unless it speaks of them.
#define COROGUARD_DEFAULT_CHECKS "_ZN5clang6clangd20provideDefaultChecksEv"
TidyProvider clangdDefaultChecks() COROGUARD_REAL(COROGUARD_DEFAULT_CHECKS);
TidyProvider defaultChecks() COROGUARD_WRAP(COROGUARD_DEFAULT_CHECKS);
TidyProvider defaultChecks() {
  return [clangdDefaults = clangdDefaultChecks()](clang::tidy::ClangTidyOptions &options, StringRef file) {
    clangdDefaults(options, file);
    if (!options.Checks)
      options.Checks.emplace();
    if (!mentionsOurRules(*options.Checks))
      options.Checks->append(",async-*");
  };
}

// clangd links every clang-tidy diagnostic to a page of clang.llvm.org.
#define COROGUARD_TO_JSON "_ZN5clang6clangd6toJSONERKNS0_24PublishDiagnosticsParamsE"
Value clangdToJson(const clang::clangd::PublishDiagnosticsParams &params) COROGUARD_REAL(COROGUARD_TO_JSON);
Value toJson(const clang::clangd::PublishDiagnosticsParams &params) COROGUARD_WRAP(COROGUARD_TO_JSON);
Value toJson(const clang::clangd::PublishDiagnosticsParams &params) {
  Value message = clangdToJson(params);
  if (Object *fields = message.getAsObject())
    if (auto *diagnostics = fields->getArray("diagnostics"))
      for (Value &diagnostic : *diagnostics)
        if (Object *object = diagnostic.getAsObject())
          linkToOurPage(*object);
  return message;
}
