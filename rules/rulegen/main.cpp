// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// rulegen: reads the catalogue and writes everything that follows from it.
#include "rules/rulegen/Documents.h"
#include "rules/rulegen/Emitters.h"

#include "llvm/Support/raw_ostream.h"

namespace {

using namespace coroguard::rulegen;

llvm::Error generate(const Catalogue &catalogue, llvm::StringRef out) {
  Outputs outputs;
  emitRuleParts(catalogue, outputs);
  emitCatalogueTables(catalogue, outputs);
  emitRegistry(catalogue, outputs);
  emitInterposers(catalogue, outputs);
  emitRuntimeRules(catalogue, outputs);
  emitCustomChecks(catalogue, outputs);
  emitCodeCheckerLabels(catalogue, outputs);
  emitOptionsSchema(catalogue, outputs);
  return writeChanged(outputs, out);
}

llvm::Error updateDocuments(const Catalogue &catalogue, llvm::StringRef root, bool checkOnly) {
  llvm::Expected<Outputs> fresh = freshDocuments(root, catalogue);
  if (!fresh) return fresh.takeError();
  if (!checkOnly) return writeChanged(*fresh, root);
  std::string text;
  for (const std::string &line : staleDocuments(root, *fresh))
    text += line + "\n";
  if (text.empty()) return llvm::Error::success();
  return llvm::createStringError(text + "run: rulegen docs --root=" + root.str());
}

constexpr llvm::StringLiteral usage = R"(usage: rulegen generate --root=DIR --out=DIR
       rulegen docs --root=DIR [--check]

  generate   write the generated sources and data into the build tree
  docs       bring docs/reference, rules/schema and the marked parts of pages up to date
  --root     the project's root, with rules/
  --check    write nothing; say what is stale and exit with 1
)";

struct Arguments {
  llvm::StringRef mode, root, out;
  bool check = false;
};

/// By hand: llvm::cl in a program that links the LLVM library would offer hundreds of LLVM's own options.
llvm::Expected<Arguments> parseArguments(llvm::ArrayRef<const char *> words) {
  Arguments result;
  for (llvm::StringRef word : words) {
    if (word.consume_front("--root="))
      result.root = word;
    else if (word.consume_front("--out="))
      result.out = word;
    else if (word == "--check")
      result.check = true;
    else if (result.mode.empty() && (word == "generate" || word == "docs"))
      result.mode = word;
    else
      return llvm::createStringError("unexpected argument '" + word + "'");
  }
  if (result.mode.empty() || result.root.empty() || (result.mode == "generate") == result.out.empty())
    return llvm::createStringError("an argument is missing");
  return result;
}

llvm::Error run(const Arguments &arguments) {
  llvm::Expected<Catalogue> catalogue = readCatalogue(arguments.root);
  if (!catalogue) return catalogue.takeError();
  return arguments.mode == "generate" ? generate(*catalogue, arguments.out)
                                      : updateDocuments(*catalogue, arguments.root, arguments.check);
}

} // namespace

int main(int argc, char **argv) {
  llvm::Expected<Arguments> arguments = parseArguments(llvm::ArrayRef<const char *>(argv + 1, argc - 1));
  if (!arguments) {
    llvm::errs() << "rulegen: " << llvm::toString(arguments.takeError()) << "\n" << usage;
    return 2;
  }
  if (llvm::Error error = run(*arguments)) {
    llvm::errs() << llvm::toString(std::move(error)) << "\n";
    return 1;
  }
  return 0;
}
