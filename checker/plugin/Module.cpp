// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Registers the rules as clang-tidy module `async-`. Linked into our clang-tidy and clangd, and into the plugin.
#include "rules/catalog/Catalog.h"

#include "clang-tidy/ClangTidyModule.h"

namespace coroguard {

/// Generated: every rule of rules/.
void registerRules(clang::tidy::ClangTidyCheckFactories &factories);

namespace {

class AsyncModule : public clang::tidy::ClangTidyModule {
public:
  void addCheckFactories(clang::tidy::ClangTidyCheckFactories &factories) override { registerRules(factories); }

  /// Makes `clang-tidy --load` useful without a configuration. `-checks=-*,…` and `.clang-tidy` still decide.
  clang::tidy::ClangTidyOptions getModuleOptions() override {
    clang::tidy::ClangTidyOptions options;
    options.Checks = "async-*";
    return options;
  }
};

clang::tidy::ClangTidyModuleRegistry::Add<AsyncModule> registration("async-module",
                                                                    "Misuse of coroutines and event loops.");

} // namespace
} // namespace coroguard
