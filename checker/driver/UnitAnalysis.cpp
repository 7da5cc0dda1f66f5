// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One parse, all rules.
#include "checker/driver/UnitAnalysis.h"

#include "checker/driver/LineWriter.h"
#include "checker/driver/MakeRules.h"
#include "checker/driver/SuppressionComments.h"
#include "checker/driver/SystemBodies.h"
#include "checker/driver/UnitArguments.h"
#include "checker/driver/UserFindings.h"
#include "checker/report/FindingJson.h"
#include "checker/semantics/Unit.h"

#include "clang/Basic/Stack.h"
#include "clang/Lex/LexDiagnostic.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "clang/Driver/CreateInvocationFromArgs.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendActions.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <ctime>

namespace coroguard::driver {
namespace {

namespace json = llvm::json;

/// CPU time of this process: what a step costs on a busy machine, too.
double cpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Keeps the first errors of a unit, as the compiler would say them.
class ErrorCollector : public clang::DiagnosticConsumer {
public:
  ErrorCollector(LineWriter &lines, const AnalysisOptions &options)
      : lines_(lines), shown_(options.errorsShown), keepLinks_(options.keepLinks) {}

  void HandleDiagnostic(clang::DiagnosticsEngine::Level level, const clang::Diagnostic &diagnostic) override {
    DiagnosticConsumer::HandleDiagnostic(level, diagnostic);
    if (level < clang::DiagnosticsEngine::Error || NumErrors > shown_)
      return;
    llvm::SmallString<256> text;
    diagnostic.FormatDiagnostic(text);
    report::Problem problem;
    problem.message = text.str().str();
    if (diagnostic.hasSourceManager() && diagnostic.getLocation().isValid()) {
      const clang::SourceManager &sources = diagnostic.getSourceManager();
      clang::PresumedLoc at = sources.getPresumedLoc(sources.getFileLoc(diagnostic.getLocation()));
      if (at.isValid())
        problem.place = {keepLinks_ ? absolutePath(at.getFilename()) : realPath(at.getFilename()), at.getLine(), at.getColumn(), 0, 0};
    }
    if (diagnostic.getID() == clang::diag::err_pp_file_not_found)
      problem.hint = "if the build generates this header, build first; else check the include paths of the command";
    lines_.write("problem", report::toJson(problem));
  }

  /// Says how many more there were.
  void sayRest() {
    if (NumErrors > shown_)
      lines_.write("problem", report::toJson(report::Problem{report::Problem::Kind::Compile, "", {},
                                                             "and " + std::to_string(NumErrors - shown_) + " more errors", ""}));
  }

private:
  LineWriter &lines_;
  unsigned shown_;
  bool keepLinks_;
};

/// Runs the rules when the unit is parsed.
class RuleConsumer : public clang::ASTConsumer {
public:
  RuleConsumer(clang::CompilerInstance &compiler, llvm::StringRef file, const FileConfiguration &configuration,
               const AnalysisOptions &options, LineWriter &lines)
      : compiler_(compiler), configuration_(configuration), options_(options), lines_(lines),
        context_(std::make_unique<clang::tidy::DefaultOptionsProvider>(clang::tidy::ClangTidyGlobalOptions(),
                                                                       configuration.options)),
        findings_(compiler, configuration.options, options.keepLinks, lines), suppressions_(findings_, lines) {
    if (options.suppressions)
      compiler.getPreprocessor().addCommentHandler(&suppressions_);
    context_.setDiagnosticsEngine(std::make_unique<clang::DiagnosticOptions>(), &compiler.getDiagnostics());
    context_.setSourceManager(&compiler.getSourceManager());
    context_.setCurrentFile(file);
    context_.setASTContext(&compiler.getASTContext());
    rules_ = makeRules(&context_, [&](const catalog::RuleInfo &rule) { return configuration.rules.contains(rule.id); });
    llvm::erase_if(rules_, [&](const auto &rule) { return !rule->isLanguageVersionSupported(compiler.getLangOpts()); });
    for (const auto &rule : rules_) {
      rule->setSink(&findings_);
      rule->registerPPCallbacks(compiler.getSourceManager(), &compiler.getPreprocessor(), &compiler.getPreprocessor());
    }
  }

  bool shouldSkipFunctionBody(clang::Decl *declaration) override {
    return options_.shortcuts && isSkippableBody(*declaration, compiler_.getSourceManager());
  }

  void HandleTranslationUnit(clang::ASTContext &ast) override {
    double begin = cpuSeconds();
    parseSeconds_ = begin - start_;
    auto lap = [&begin] {
      const double now = cpuSeconds();
      return now - std::exchange(begin, now);
    };
    lines_.write("phase", "laying out the unit");
    Unit unit(ast, configuration_.models);
    layoutSeconds_ = lap();
    if (options_.dump) {
      lines_.write("phase", "dump " + options_.dump->kind.str());
      lines_.write("dump", dumpAnalysis(*options_.dump, unit, options_.dumpFunction));
      return;
    }
    for (const auto &rule : rules_) {
      lines_.write("phase", "rule " + rule->info().id.str());
      rule->analyse(unit);
      ruleSeconds_[rule->info().id] = lap();
    }
    for (const FlowGraphs::LeftOut &leftOut : unit.graphs().leftOut())
      sayLeftOut(leftOut, ast.getSourceManager());
  }

  json::Object timings() const {
    json::Object rules;
    for (const auto &[rule, seconds] : ruleSeconds_)
      rules[rule] = seconds;
    return json::Object{{"parse", parseSeconds_}, {"layout", layoutSeconds_}, {"rules", std::move(rules)}};
  }

private:
  void sayLeftOut(const FlowGraphs::LeftOut &leftOut, const clang::SourceManager &sources) {
    const clang::SourceLocation at = sources.getFileLoc(leftOut.body->function->getLocation());
    Place place{realPath(sources.getFilename(at)), sources.getSpellingLineNumber(at), sources.getSpellingColumnNumber(at), 0, 0};
    lines_.write("leftOut", json::Object{{"function", qualifiedName(*leftOut.body)}, {"file", place.file}, {"line", place.line},
                                         {"column", place.column}, {"why", leftOut.why}});
  }

  clang::CompilerInstance &compiler_;
  const FileConfiguration &configuration_;
  const AnalysisOptions &options_;
  LineWriter &lines_;
  clang::tidy::ClangTidyContext context_;
  UserFindings findings_;
  SuppressionComments suppressions_;
  std::vector<std::unique_ptr<RuleCheck>> rules_;
  double start_ = cpuSeconds();
  double parseSeconds_ = 0, layoutSeconds_ = 0;
  std::map<llvm::StringRef, double> ruleSeconds_;
};

class RuleAction : public clang::ASTFrontendAction {
public:
  RuleAction(const FileConfiguration &configuration, const AnalysisOptions &options, LineWriter &lines)
      : configuration_(configuration), options_(options), lines_(lines) {}

  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance &compiler, llvm::StringRef file) override {
    auto consumer = std::make_unique<RuleConsumer>(compiler, file, configuration_, options_, lines_);
    consumer_ = consumer.get();
    return consumer;
  }

  json::Object timings() const { return timings_; }
  void EndSourceFileAction() override { timings_ = consumer_->timings(); }

private:
  const FileConfiguration &configuration_;
  const AnalysisOptions &options_;
  LineWriter &lines_;
  RuleConsumer *consumer_ = nullptr;
  json::Object timings_;
};

/// What makes parsing cheap without changing the tree of the user's code.
void economise(clang::CompilerInvocation &invocation, const AnalysisOptions &options, bool coroutines) {
  clang::FrontendOptions &frontend = invocation.getFrontendOpts();
  frontend.ProgramAction = clang::frontend::ParseSyntaxOnly;
  frontend.SkipFunctionBodies = options.shortcuts; // the consumer decides about each
  frontend.DisableFree = true;                     // the process ends with the unit
  clang::DiagnosticOptions &diagnostics = invocation.getDiagnosticOpts();
  diagnostics.IgnoreWarnings = true;
  diagnostics.Warnings = {"no-everything"}; // also what is an error by default but may be switched off
  diagnostics.Remarks.clear();
  invocation.getLangOpts().SpellChecking = false;
  if (coroutines) {
    invocation.getLangOpts().Coroutines = true;
    if (!invocation.getLangOpts().CPlusPlus20) // Clang says so of C++20 alone; libstdc++ asks
      invocation.getPreprocessorOpts().addMacroDef("__cpp_impl_coroutine=201902L");
  }
  invocation.getDependencyOutputOpts() = clang::DependencyOutputOptions();
  if (!options.resourceDirectory.empty())
    invocation.getHeaderSearchOpts().ResourceDir = options.resourceDirectory;
}

std::vector<std::string> withConfiguration(std::vector<std::string> arguments, const clang::tidy::ClangTidyOptions &options,
                                           const AnalysisOptions &analysis) {
  // [0] is the compiler, the last two are `--` and the file.
  if (options.ExtraArgs)
    arguments.insert(arguments.end() - 2, options.ExtraArgs->begin(), options.ExtraArgs->end());
  if (options.ExtraArgsBefore)
    arguments.insert(arguments.begin() + 1, options.ExtraArgsBefore->begin(), options.ExtraArgsBefore->end());
  if (!analysis.resourceDirectory.empty())
    arguments.insert(arguments.begin() + 1, "-resource-dir=" + analysis.resourceDirectory);
  return arguments;
}

} // namespace

void analyseUnit(const CompileCommand &command, const FileConfiguration &configuration, const AnalysisOptions &options,
                 llvm::raw_ostream &out) {
  clang::noteBottomOfStack();
  LineWriter lines(out);
  lines.write("phase", "parsing");
  if (std::error_code error = llvm::sys::fs::set_current_path(command.directory)) {
    report::Problem problem;
    problem.message = "cannot enter '" + command.directory + "', where its command runs: " + error.message();
    problem.hint = "configure and build the project again, or name its present build folder with -p";
    lines.write("problem", report::toJson(problem));
    lines.write("end", json::Object());
    return;
  }
  UnitArguments unit = unitArguments(command);
  std::vector<std::string> arguments = withConfiguration(std::move(unit.arguments), configuration.options, options);
  std::vector<const char *> raw;
  for (const std::string &argument : arguments)
    raw.push_back(argument.c_str());

  ErrorCollector errors(lines, options);
  clang::DiagnosticOptions plain;
  clang::CreateInvocationOptions create;
  create.Diags = clang::CompilerInstance::createDiagnostics(*llvm::vfs::getRealFileSystem(), plain, &errors,
                                                            /*ShouldOwnClient=*/false);
  RuleAction action(configuration, options, lines);
  json::Object end;
  if (std::shared_ptr<clang::CompilerInvocation> invocation = clang::createInvocation(raw, create)) {
    economise(*invocation, options, unit.coroutines);
    // Leaked like all of the unit: the process ends with it.
    auto *compiler = new clang::CompilerInstance(std::move(invocation));
    compiler->createVirtualFileSystem();
    compiler->createDiagnostics(&errors, /*ShouldOwnClient=*/false);
    compiler->ExecuteAction(action);
    end = action.timings();
  }
  errors.sayRest();
  json::Array dropped;
  for (const std::string &option : unit.dropped)
    dropped.push_back(option);
  end["dropped"] = std::move(dropped);
  lines.write("end", std::move(end));
}

} // namespace coroguard::driver
