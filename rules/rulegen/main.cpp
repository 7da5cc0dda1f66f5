// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// rulegen: reads the catalogue and writes everything that follows from it.
#include "rules/rulegen/Emitters.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

namespace {

namespace cl = llvm::cl;
using namespace coroguard::rulegen;

llvm::Error generate(llvm::StringRef root, llvm::StringRef out) {
  llvm::Expected<Catalogue> catalogue = readCatalogue(root);
  if (!catalogue)
    return catalogue.takeError();
  Outputs outputs;
  emitRuleParts(*catalogue, outputs);
  emitCatalogueTables(*catalogue, outputs);
  emitRegistry(*catalogue, outputs);
  emitInterposers(*catalogue, outputs);
  return writeChanged(outputs, out);
}

} // namespace

int main(int argc, char **argv) {
  cl::OptionCategory category("rulegen");
  cl::SubCommand generateCommand("generate", "write the generated sources and data");
  cl::opt<std::string> root("root", cl::desc("project root, with rules/"), cl::Required, cl::sub(generateCommand),
                            cl::cat(category));
  cl::opt<std::string> out("out", cl::desc("where to write"), cl::Required, cl::sub(generateCommand), cl::cat(category));
  cl::HideUnrelatedOptions(category, generateCommand);
  cl::ParseCommandLineOptions(argc, argv, "rulegen: everything that follows from the catalogue\n");
  if (llvm::Error error = generate(root, out)) {
    llvm::errs() << llvm::toString(std::move(error)) << "\n";
    return 1;
  }
  return 0;
}
