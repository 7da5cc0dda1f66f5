// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One parse, all rules.
#include "checker/driver/UnitAnalysis.h"

#include "checker/driver/LineWriter.h"
#include "checker/driver/MakeRules.h"
#include "checker/driver/SuppressionComments.h"
#include "checker/driver/SystemBodies.h"
#include "checker/driver/UserFindings.h"
#include "checker/report/FindingJson.h"
#include "checker/semantics/Unit.h"

#include "clang/Basic/Stack.h"
#include "clang/Driver/CreateInvocationFromArgs.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendActions.h"
#include "clang/Frontend/FrontendDiagnostic.h"
#include "clang/Lex/LexDiagnostic.h"
#include "clang/Lex/Pragma.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "clang/Sema/Sema.h"
#include "clang/Sema/SemaConsumer.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/VirtualFileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <ctime>
#include <functional>
#include <unistd.h>

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
  ErrorCollector(LineWriter &lines, const AnalysisOptions &options, const clang::tidy::ClangTidyOptions &tidy)
      : lines_(lines), shown_(options.errorsShown), keepLinks_(options.keepLinks) {
    for (const auto &added : {tidy.ExtraArgsBefore, tidy.ExtraArgs})
      for (const std::string &argument : added.value_or(std::vector<std::string>()))
        added_ += " " + argument;
  }

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
    else if (NumErrors == 1 && !added_.empty())
      problem.hint = "its .clang-tidy adds to the command (ExtraArgs):" + added_ + "; see whether it compiles so";
    lines_.write("problem", report::toJson(problem));
    if (endsProcess_)
      _exit(0);
  }

  /// The first error ends the process.
  void setEndsProcess(bool ends) { endsProcess_ = ends; }

  /// Says how many more there were.
  void sayRest() {
    if (NumErrors > shown_)
      lines_.write("problem", report::toJson(report::Problem{report::Problem::Kind::Compile, "", {},
                                                             "and " + std::to_string(NumErrors - shown_) + " more errors", ""}));
  }

private:
  LineWriter &lines_;
  std::string added_; ///< to the command of the unit, each with a space before it
  unsigned shown_;
  bool keepLinks_;
  bool endsProcess_ = false;
};

/// Runs the rules when the unit is parsed.
class RuleConsumer : public clang::SemaConsumer {
public:
  RuleConsumer(clang::CompilerInstance &compiler, llvm::StringRef file, const FileConfiguration &configuration,
               const AnalysisOptions &options, LineWriter &lines)
      : compiler_(compiler), configuration_(configuration), options_(options), lines_(lines),
        context_(std::make_unique<clang::tidy::DefaultOptionsProvider>(clang::tidy::ClangTidyGlobalOptions(),
                                                                       configuration.options)),
        findings_(compiler, configuration.options, options.keepLinks, lines), suppressions_(findings_, lines) {
    if (options.shortcuts)
      delayed_ = llvm::makeIntrusiveRefCnt<DelayedTemplates>(compiler, *configuration.models);
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
    return options_.shortcuts && !declaration->isTemplated() && isSkippableBody(*declaration, compiler_.getSourceManager());
  }

  void InitializeSema(clang::Sema &sema) override {
    if (delayed_)
      delayed_->attachTo(sema);
  }

  /// What follows is `file`, after a beginning in `prelude`, which no user wrote.
  void enter(llvm::StringRef file, clang::FileID prelude) {
    context_.setCurrentFile(file);
    findings_.ignore(prelude);
    start_ = cpuSeconds();
  }

  void HandleTranslationUnit(clang::ASTContext &ast) override {
    double begin = cpuSeconds();
    parseSeconds_ = begin - start_;
    auto lap = [&begin] {
      const double now = cpuSeconds();
      return now - std::exchange(begin, now);
    };
    if (delayed_ && delayed_->failed()) {
      lines_.write("again", true);
      return;
    }
    lines_.write("phase", "laying out the unit");
    Unit unit(ast, configuration_.models);
    layoutSeconds_ = lap();
    if (options_.dump) {
      lines_.write("phase", "dump " + options_.dump->kind.str());
      lines_.write("dump", dumpAnalysis(*options_.dump, unit, options_.dumpFunction));
      return;
    }
    std::vector<RuleCheck *> rules;
    for (const auto &rule : rules_)
      rules.push_back(rule.get());
    SpokenPlaces spoken;
    for (RuleCheck *rule : inSpeakingOrder(std::move(rules))) {
      lines_.write("phase", "rule " + rule->info().id.str());
      rule->analyse(unit, spoken);
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
  llvm::IntrusiveRefCntPtr<DelayedTemplates> delayed_;
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
    if (prepare_)
      prepare_(compiler.getPreprocessor());
    return consumer;
  }

  /// `prepare` is called before the first token.
  void onPreprocessor(std::function<void(clang::Preprocessor &)> prepare) { prepare_ = std::move(prepare); }

  RuleConsumer &consumer() { return *consumer_; }
  json::Object timings() const { return timings_; }
  void EndSourceFileAction() override { timings_ = consumer_->timings(); }

private:
  const FileConfiguration &configuration_;
  const AnalysisOptions &options_;
  LineWriter &lines_;
  RuleConsumer *consumer_ = nullptr;
  std::function<void(clang::Preprocessor &)> prepare_;
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
  diagnostics.ErrorLimit = 0; // the first few are shown, all are counted
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

/// One compilation from its arguments to the last line that is written about it. Leaked like all of the unit: the
/// process ends with it.
class Compilation {
public:
  Compilation(const UnitTask &unit, const AnalysisOptions &options, llvm::raw_ostream &out)
      : unit_(&unit), options_(options), lines_(out), errors_(lines_, options, unit.configuration->options),
        action_(*unit.configuration, options, lines_) {
    lines_.write("phase", "parsing");
  }

  LineWriter &lines() { return lines_; }
  ErrorCollector &errors() { return errors_; }
  RuleAction &action() { return action_; }
  clang::CompilerInstance &compiler() { return *compiler_; }

  /// False, with a problem written, if the folder of the command is gone, or part of the command.
  bool enterFolder() {
    std::error_code error = llvm::sys::fs::set_current_path(unit_->command->directory);
    report::Problem problem;
    if (!error && !unit_->arguments->unread.empty()) {
      problem.message = "cannot read '" + unit_->arguments->unread + "', which holds part of its command";
      problem.hint = "build the project, which writes such files, or configure it without response files";
      lines_.write("problem", report::toJson(problem));
      return false;
    }
    if (!error)
      return true;
    problem.message = "cannot enter '" + unit_->command->directory + "', where its command runs: " + error.message();
    problem.hint = "configure and build the project again, or name its present build folder with -p";
    lines_.write("problem", report::toJson(problem));
    return false;
  }

  /// Makes the compiler. False if Clang refuses the arguments; it has said why.
  bool create(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files, llvm::ArrayRef<std::string> arguments) {
    std::vector<const char *> raw;
    for (const std::string &argument : arguments)
      raw.push_back(argument.c_str());
    clang::DiagnosticOptions plain;
    clang::CreateInvocationOptions create;
    create.VFS = files;
    create.Diags = clang::CompilerInstance::createDiagnostics(*files, plain, &errors_, /*ShouldOwnClient=*/false);
    std::shared_ptr<clang::CompilerInvocation> invocation = clang::createInvocation(raw, create);
    if (!invocation)
      return false;
    economise(*invocation, options_, unit_->arguments->coroutines);
    compiler_ = new clang::CompilerInstance(std::move(invocation));
    compiler_->createVirtualFileSystem(files);
    compiler_->createDiagnostics(&errors_, /*ShouldOwnClient=*/false);
    compiler_->getDiagnostics().setFatalsAsError(true); // a missing header ends neither templates nor rules
    return true;
  }

  void execute() { compiler_->ExecuteAction(action_); }

  /// From here on it is about `unit`, and lines go to `out`; `heldBack` are those written so far.
  void continueAs(const UnitTask &unit, llvm::raw_ostream &out, llvm::StringRef heldBack) {
    unit_ = &unit;
    out << heldBack;
    lines_.redirect(out);
  }

  void finish() {
    errors_.sayRest();
    for (const std::string &file : unit_->command->parts)
      if (isPart(file))
        lines_.write("part", file);
    json::Object end = action_.timings();
    json::Array dropped;
    for (const std::string &option : unit_->arguments->dropped)
      dropped.push_back(option);
    end["dropped"] = std::move(dropped);
    lines_.write("end", std::move(end));
  }

private:
  bool isPart(llvm::StringRef file) {
    if (!compiler_ || !compiler_->hasSourceManager())
      return false;
    auto entry = compiler_->getFileManager().getOptionalFileRef(file);
    return entry && compiler_->getSourceManager().translateFile(*entry).isValid();
  }

  const UnitTask *unit_;
  const AnalysisOptions &options_;
  LineWriter lines_;
  ErrorCollector errors_;
  RuleAction action_;
  clang::CompilerInstance *compiler_ = nullptr;
};

llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> filesOf(const UnitTask &unit, FileTrace *trace) {
  return trace ? recordingFileSystem(*trace, unit.command->directory) : llvm::vfs::getRealFileSystem();
}

constexpr llvm::StringLiteral forkPragma = "coroguard_units_begin_here";

/// Stands in the text of a prelude after its includes: there the process forks, and the child goes on in the unit's
/// own file, as if that were the main file.
class UnitsBeginHere : public clang::PragmaHandler {
public:
  UnitsBeginHere(Compilation &compilation, const std::string &heldBack, llvm::function_ref<StartedUnit()> next)
      : PragmaHandler(forkPragma), compilation_(compilation), heldBack_(heldBack), next_(next) {}

  void HandlePragma(clang::Preprocessor &preprocessor, clang::PragmaIntroducer introducer, clang::Token &token) override {
    clang::SourceManager &sources = preprocessor.getSourceManager();
    const clang::FileID prelude = sources.getMainFileID();
    if (reached_ || sources.getFileID(introducer.Loc) != prelude)
      return;
    compilation_.compiler().getSema().PerformPendingInstantiations(); // what headers use themselves, once for all
    reached_ = true;
    while (token.isNot(clang::tok::eod))
      preprocessor.LexUnexpandedToken(token);
    const StartedUnit started = next_(); // in the child
    const std::string &file = started.unit->command->file;
    compilation_.continueAs(*started.unit, *started.out, heldBack_);
    compilation_.errors().setEndsProcess(started.inDoubt);
    compilation_.action().consumer().enter(file, prelude);
    llvm::Expected<clang::FileEntryRef> entry = preprocessor.getFileManager().getFileRef(file, /*OpenFile=*/true);
    if (!entry) {
      preprocessor.Diag(introducer.Loc, clang::diag::err_fe_error_opening) << file << llvm::toString(entry.takeError());
      return;
    }
    // Not included from anywhere: that is what makes it the main file for isInMainFile().
    const clang::FileID id = sources.createFileID(*entry, clang::SourceLocation(), clang::SrcMgr::C_User);
    sources.setMainFileID(id);
    preprocessor.getHeaderSearchInfo().getFileInfo(*entry); // as for every file that includes others
    preprocessor.markIncluded(*entry);
    preprocessor.EnterSourceFile(id, nullptr, introducer.Loc);
  }

  bool reached() const { return reached_; }

private:
  Compilation &compilation_;
  const std::string &heldBack_;
  llvm::function_ref<StartedUnit()> next_;
  bool reached_ = false;
};

} // namespace

UnitArguments argumentsFor(const CompileCommand &command, const FileConfiguration &configuration, const AnalysisOptions &options) {
  UnitArguments unit = unitArguments(command);
  std::vector<std::string> &arguments = unit.arguments; // [0] is the compiler, the last two are `--` and the file
  const clang::tidy::ClangTidyOptions &tidy = configuration.options;
  if (tidy.ExtraArgs)
    arguments.insert(arguments.end() - 2, tidy.ExtraArgs->begin(), tidy.ExtraArgs->end());
  if (tidy.ExtraArgsBefore)
    arguments.insert(arguments.begin() + 1, tidy.ExtraArgsBefore->begin(), tidy.ExtraArgsBefore->end());
  if (!options.resourceDirectory.empty())
    arguments.insert(arguments.begin() + 1, "-resource-dir=" + options.resourceDirectory);
  return unit;
}

void analyseUnit(const UnitTask &unit, const AnalysisOptions &options, FileTrace *trace, llvm::raw_ostream &out) {
  clang::noteBottomOfStack();
  auto *compilation = new Compilation(unit, options, out);
  if (compilation->enterFolder() && compilation->create(filesOf(unit, trace), unit.arguments->arguments))
    compilation->execute();
  compilation->finish();
}

void analyseAfterPrelude(const UnitTask &first, llvm::ArrayRef<std::string> includes, const AnalysisOptions &options,
                         FileTrace *trace, llvm::function_ref<StartedUnit()> next) {
  clang::noteBottomOfStack();
  std::string text;
  for (const std::string &include : includes)
    text += "#include " + include + "\n";
  text += ";\n#pragma " + forkPragma.str() + "\n"; // the `;` ends what was declared last, before the pragma is read
  llvm::SmallString<256> name(llvm::sys::path::parent_path(first.command->file)); // where its quoted includes are looked for
  llvm::sys::path::append(name, "coroguard-prelude" + llvm::sys::path::extension(first.command->file));
  auto memory = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
  memory->addFile(name, 0, llvm::MemoryBuffer::getMemBufferCopy(text));
  auto files = llvm::makeIntrusiveRefCnt<llvm::vfs::OverlayFileSystem>(filesOf(first, trace));
  files->pushOverlay(memory);

  auto *heldBack = new std::string;
  auto *held = new llvm::raw_string_ostream(*heldBack);
  auto *compilation = new Compilation(first, options, *held);
  std::vector<std::string> arguments = first.arguments->arguments;
  arguments.back() = name.str().str();
  if (!compilation->enterFolder() || !compilation->create(files, arguments))
    return;
  compilation->errors().setEndsProcess(true);
  auto *handler = new UnitsBeginHere(*compilation, *heldBack, next);
  compilation->action().onPreprocessor([handler](clang::Preprocessor &preprocessor) { preprocessor.AddPragmaHandler(handler); });
  compilation->execute();
  if (handler->reached())
    compilation->finish();
}

} // namespace coroguard::driver
