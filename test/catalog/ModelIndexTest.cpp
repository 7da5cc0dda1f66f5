// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Look-up by name in merged models.
#include "Parsing.h"

#include "rules/catalog/ModelIndex.h"

namespace coroguard::catalog {
namespace {

const StringRef base = "library: asio\nnamespaces: [boost::asio, asio]\ncures: { sleep: use a timer }\n"
                       "categories: [{ name: io, doc: d, profile: strict, severity: note }]\n"
                       "types: [{ type: $::awaitable, role: task }]\n"
                       "functions:\n"
                       "  - { function: $::co_spawn, role: spawner, argument: 1 }\n"
                       "  - { function: $::co_spawn, role: keeps, argument: 1 }\n"
                       "blocking:\n"
                       "  - { function: read, blocks: when, when: fd_blocking(0), category: io, reason: waits, "
                       "instead: { any: await it, asio: async_read } }\n"
                       "  - { function: read, blocks: when, when: regular_file(0), category: io, reason: waits }\n";

TEST(ModelIndex, FindsByName) {
  auto models = modelsOf(base);
  ModelIndex index(models->models());
  ASSERT_EQ(index.types("boost::asio::awaitable").size(), 1u);
  EXPECT_EQ(index.types("boost::asio::awaitable")[0].name, "boost::asio::awaitable");
  EXPECT_EQ(index.types("asio::awaitable").size(), 1u);
  EXPECT_TRUE(index.types("awaitable").empty());
  EXPECT_TRUE(index.types("$::awaitable").empty());
  ASSERT_EQ(index.functions("asio::co_spawn").size(), 2u);
  EXPECT_EQ(index.functions("asio::co_spawn")[0].role, FunctionRole::Spawner);
  EXPECT_EQ(index.functions("asio::co_spawn")[1].role, FunctionRole::Keeps);
  ASSERT_EQ(index.blocking("read").size(), 2u);
  EXPECT_EQ(index.blocking("read")[1].whenText, "regular_file(0)");
  EXPECT_EQ(index.category("io")->profile, Profile::Strict);
  EXPECT_EQ(index.category("nothing"), nullptr);
  EXPECT_EQ(index.library("asio")->name, "asio");
  EXPECT_EQ(index.library("nothing"), nullptr);
}

TEST(ModelIndex, LibraryOfNamespace) {
  auto models = modelsOf(base);
  auto beast = modelsOf("library: beast\nnamespaces: [boost::asio::beast]\n");
  ModelIndex index(models->models(), {beast});
  EXPECT_EQ(index.libraryOfNamespace("boost::asio::ip::tcp::socket::read")->id, "asio");
  EXPECT_EQ(index.libraryOfNamespace("boost::asio::beast::get")->id, "beast");
  EXPECT_EQ(index.libraryOfNamespace("boost::asio::beastly")->id, "asio");
  EXPECT_EQ(index.libraryOfNamespace("boost::system::error"), nullptr);
  EXPECT_EQ(index.libraryOfNamespace("asioo::x"), nullptr);
  EXPECT_EQ(index.libraryOfNamespace(""), nullptr);
}

TEST(ModelIndex, Cures) {
  auto models = modelsOf(base);
  ModelIndex index(models->models());
  EXPECT_EQ(index.cure("asio", "sleep"), "use a timer");
  EXPECT_EQ(index.cure("asio", "mutex"), "");
  EXPECT_EQ(index.cure("nothing", "sleep"), "");
  const BlockingModel &read = index.blocking("read")[0];
  EXPECT_EQ(ModelIndex::instead(read, "asio"), "async_read");
  EXPECT_EQ(ModelIndex::instead(read, "folly"), "await it");
  EXPECT_EQ(ModelIndex::instead(read, ""), "await it");
  EXPECT_EQ(ModelIndex::instead(index.blocking("read")[1], "asio"), "");
}

TEST(ModelIndex, UsersOverrideByName) {
  auto models = modelsOf(base);
  auto user = modelsOf("library: mine\nnamespaces: [mine]\nfunctions:\n"
                       "  - { function: asio::co_spawn, role: detach }\n"
                       "blocking:\n"
                       "  - { function: read, blocks: never, reason: ours is a wrapper }\n"
                       "  - { function: $::query, blocks: always, category: io, reason: waits }\n");
  ModelIndex index(models->models(), {user});
  ASSERT_EQ(index.functions("asio::co_spawn").size(), 1u);
  EXPECT_EQ(index.functions("asio::co_spawn")[0].role, FunctionRole::Detach);
  EXPECT_EQ(index.functions("boost::asio::co_spawn").size(), 2u);
  EXPECT_TRUE(index.blocking("read").empty());
  EXPECT_EQ(index.blocking("mine::query").size(), 1u);
  // A later file wins over an earlier one.
  auto later = modelsOf("library: mine\nblocking: [{ function: \"mine::query\", blocks: never, reason: now async }]\n");
  EXPECT_TRUE(ModelIndex(models->models(), {user, later}).blocking("mine::query").empty());
}

TEST(ModelIndex, UsersExtendLibraries) {
  auto models = modelsOf(base);
  auto user =
      modelsOf("library: asio\nnamespaces: [corp::net]\ncures: { sleep: \"co_await corp::sleep({duration})\" }\n"
               "categories: [{ name: io, doc: d, profile: default, severity: error }]\n");
  ModelIndex index(models->models(), {user});
  EXPECT_EQ(index.types("corp::net::awaitable").size(), 1u);
  EXPECT_EQ(index.types("asio::awaitable").size(), 1u);
  EXPECT_EQ(index.libraryOfNamespace("corp::net::x")->id, "asio");
  EXPECT_EQ(index.cure("asio", "sleep"), "co_await corp::sleep({duration})");
  EXPECT_EQ(index.category("io")->severity, Severity::Error);
  EXPECT_EQ(index.allLibraries().size(), 1u);
}

TEST(ModelIndex, KeepsUserFilesAlive) {
  auto models = modelsOf(base);
  auto user =
      modelsOf("library: mine\ntypes: [{ type: \"mine::job\", role: task, reason: a long enough reason text }]\n");
  ModelIndex index(models->models(), {std::move(user)});
  EXPECT_EQ(index.types("mine::job")[0].reason, "a long enough reason text");
}

TEST(ModelIndex, Builtin) {
  ModelIndex index(builtinModels());
  EXPECT_FALSE(index.blocking("read").empty());
  EXPECT_FALSE(index.blocking("std::this_thread::sleep_for").empty());
  for (const BlockingModel &row : index.allBlocking())
    EXPECT_NE(index.category(row.category), nullptr) << row.name.str();
}

} // namespace
} // namespace coroguard::catalog
