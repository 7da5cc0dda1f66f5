// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Walks along exceptions and along frames that are destroyed while suspended, which only analyses that ask for them see.
#include "checker/driver/UnitArguments.h"
#include "checker/flow/PathWalk.h"
#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Unit.h"

#include "clang/Tooling/Tooling.h"

#include <gtest/gtest.h>

#include <set>

using namespace clang;

namespace coroguard {
namespace {

/// Parses `code` after the mock library; the first body called `name` is looked at.
class Walk : public testing::Test {
protected:
  const FlowGraph &graphOf(const std::string &code, llvm::StringRef name) {
    ast_ = tooling::buildASTFromCodeWithArgs("#include \"acme.hpp\"\nacme::Deferred<> step(); void may(); void never() noexcept;\n" + code,
                                             {"-std=c++20", "-I" COROGUARD_MOCK, "-resource-dir=" + driver::resourceDirectory()}, "walk.cpp");
    EXPECT_FALSE(ast_->getDiagnostics().hasErrorOccurred());
    unit_ = std::make_unique<Unit>(ast_->getASTContext(), std::make_shared<catalog::ModelIndex>(catalog::builtinModels()));
    for (const Body &body : unit_->bodies())
      if (qualifiedName(body) == name)
        return *unit_->graphs().of(body);
    ADD_FAILURE() << "no body " << name.str();
    std::abort();
  }

  /// The text of every statement that a walk passes.
  std::set<std::string> passed(const FlowGraph &graph, WalkedEdges edges) {
    std::set<std::string> texts;
    Effort effort;
    walkPaths(
        graph, effort, {},
        [&](const FlowStep &step, PathFact &) {
          if (step.kind == FlowStep::Kind::Statement && graph.body().has(step.statement))
            texts.insert(sourceText(step.statement, unit_->ast()));
          return Way::GoesOn;
        },
        nullptr, edges);
    return texts;
  }

  /// How often a walk takes an edge of that kind to the exit, by the phase it brings there; steps count up the phase.
  unsigned exits(const FlowGraph &graph, WalkedEdges edges, FlowEdge::Kind kind) {
    std::set<const Stmt *> last;
    Effort effort;
    walkPaths(
        graph, effort, {},
        [&](const FlowStep &step, PathFact &fact) {
          if (step.kind == FlowStep::Kind::Suspension && graph.body().has(step.statement))
            fact.since = step.statement;
          return Way::GoesOn;
        },
        [&](const FlowEdge &edge, PathFact &fact) {
          if (edge.kind == kind && edge.to == graph.exit())
            last.insert(fact.since);
          return Way::GoesOn;
        },
        edges);
    return last.size();
  }

  std::unique_ptr<ASTUnit> ast_;
  std::unique_ptr<Unit> unit_;
};

constexpr WalkedEdges kExceptions{.exceptions = true, .destruction = false};
constexpr WalkedEdges kDestruction{.exceptions = false, .destruction = true};

TEST_F(Walk, handlers_are_passed_only_along_exceptions) {
  const FlowGraph &graph = graphOf("acme::Deferred<> f() { try { co_await step(); } catch (int) { never(); } }", "f");
  EXPECT_FALSE(passed(graph, {}).count("never()"));
  EXPECT_TRUE(passed(graph, kExceptions).count("never()"));
}

TEST_F(Walk, walks_that_share_an_effort_end_with_it) {
  const FlowGraph &graph = graphOf("void f(bool a, bool b) { if (a) may(); if (b) may(); if (a && b) never(); }", "f");
  Effort effort(24);
  auto walk = [&] { return walkPaths(graph, effort, {}, [](const FlowStep &, PathFact &) { return Way::GoesOn; }); };
  EXPECT_TRUE(walk());
  EXPECT_FALSE(graph.hadTooManyWays());
  EXPECT_FALSE(walk());
  EXPECT_TRUE(graph.hadTooManyWays());
}

TEST_F(Walk, what_cannot_throw_leads_to_no_handler) {
  const FlowGraph &graph = graphOf("void f() { try { never(); } catch (...) { may(); } }", "f");
  EXPECT_FALSE(passed(graph, kExceptions).count("may()"));
}

TEST_F(Walk, an_exception_leaves_past_handlers_that_may_not_take_it) {
  EXPECT_EQ(exits(graphOf("void f() { try { may(); } catch (int) {} }", "f"), kExceptions, FlowEdge::Kind::Exception), 1u);
  EXPECT_EQ(exits(graphOf("void f() { try { may(); } catch (...) {} }", "f"), kExceptions, FlowEdge::Kind::Exception), 0u);
}

TEST_F(Walk, handlers_of_outer_tries_are_reached) {
  const FlowGraph &graph =
      graphOf("void f() { try { try { may(); } catch (int) {} } catch (...) { never(); } }", "f");
  EXPECT_TRUE(passed(graph, kExceptions).count("never()"));
}

TEST_F(Walk, a_frame_may_be_destroyed_at_each_suspension_that_suspends) {
  const std::string code = "acme::Deferred<> f() { co_await step(); co_await std::suspend_never(); co_await step(); }";
  EXPECT_EQ(exits(graphOf(code, "f"), {}, FlowEdge::Kind::Destroyed), 0u);
  EXPECT_EQ(exits(graphOf(code, "f"), kDestruction, FlowEdge::Kind::Destroyed), 2u);
}

} // namespace
} // namespace coroguard
