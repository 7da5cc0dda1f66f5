// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The condition language and the prototypes it counts arguments in.
#include "Parsing.h"

#include "rules/catalog/Condition.h"
#include "rules/catalog/Names.h"
#include "rules/catalog/Prototype.h"

namespace coroguard::catalog {
namespace {

/// The condition as parsed, in a canonical spelling; or the problem.
std::string parsed(StringRef text, int parameters = -1) {
  llvm::BumpPtrAllocator arena;
  Problems problems;
  YamlNode node;
  node.kind = YamlNode::Kind::Scalar;
  node.verbatim = true;
  node.position = {"c", 1, 1};
  node.text = text;
  std::string result;
  for (const Atom &atom : parseCondition(node, parameters, arena, problems)) {
    result += (result.empty() ? "" : " and ") + std::string(atom.negated ? "not " : "") + nameOf(atom.predicate).str();
    if (atom.argument >= 0) result += "(" + std::to_string(atom.argument);
    for (StringRef operand : atom.operands)
      result += ", " + operand.str();
    result += atom.argument >= 0 ? ")" : "";
  }
  return problems.empty() ? result : messageOf(problems.takeError());
}

TEST(Condition, Good) {
  EXPECT_EQ(parsed("fd_blocking(0)"), "fd_blocking(0)");
  EXPECT_EQ(parsed("fd_blocking(0) and not flag(3, MSG_DONTWAIT)"), "fd_blocking(0) and not flag(3, MSG_DONTWAIT)");
  EXPECT_EQ(parsed(" value( 1 ,F_SETLKW , F_OFD_SETLKW ) and contended "),
            "value(1, F_SETLKW, F_OFD_SETLKW) and contended");
  EXPECT_EQ(parsed("contended(1)"), "contended(1)");
  EXPECT_EQ(parsed("larger(2, 65536) and on_loop and not idle_site"), "larger(2, 65536) and on_loop and not idle_site");
  EXPECT_EQ(parsed("value(0, std::launch::async)"), "value(0, std::launch::async)");
}

TEST(Condition, Mistakes) {
  EXPECT_EQ(parsed("fd_blockin(0)"), "c:1:1: unknown predicate 'fd_blockin'; did you mean 'fd_blocking'?");
  EXPECT_EQ(parsed("zero(0) and xyz"),
            "c:1:13: unknown predicate 'xyz'; the predicates are: fd_blocking, regular_file, flag, value, zero, null, "
            "timeout, deadline, contended, not_ready, idle_site, stream_on_device, standard_stream, handle_blocking, "
            "larger, on_loop");
  EXPECT_EQ(parsed("zero(0) or null(1)"),
            "c:1:9: expected 'and' between predicates, not 'or'; write one row per alternative");
  EXPECT_EQ(parsed("zero(0) && null(1)"), "c:1:9: expected 'and' between predicates, not '&'");
  EXPECT_EQ(parsed("zero(0) and"), "c:1:12: the condition ends too early: a predicate must follow");
  EXPECT_EQ(parsed("!zero(0)"), "c:1:1: unexpected '!' in a condition");
  EXPECT_EQ(parsed("not"), "c:1:4: the condition ends too early: a predicate must follow");
  EXPECT_EQ(parsed("zero"), "c:1:5: 'zero' needs an argument; write it as zero(i)");
  EXPECT_EQ(parsed("zero()"), "c:1:6: a position or a name is missing in 'zero'; write it as zero(i)");
  EXPECT_EQ(parsed("zero(0"), "c:1:7: missing ')' of 'zero'");
  EXPECT_EQ(parsed("zero(fd)"), "c:1:6: 'zero' needs the 0-based position of an argument, not 'fd'");
  EXPECT_EQ(parsed("zero(0, A)"), "c:1:6: wrong number of operands of 'zero'; write it as zero(i)");
  EXPECT_EQ(parsed("flag(0)"), "c:1:6: wrong number of operands of 'flag'; write it as flag(i, NAME)");
  EXPECT_EQ(parsed("larger(0, BIG)"), "c:1:11: 'larger' needs a number, not 'BIG'");
  EXPECT_EQ(parsed("on_loop(0)"), "c:1:9: 'on_loop' takes no argument");
  EXPECT_EQ(parsed("zero(2)", 2), "c:1:6: there is no argument 2: the signature has 2 parameters, counted from 0");
}

/// "result|name|type name;type name|..." or the problem.
std::string taken(StringRef signature, StringRef function) {
  auto prototype = parsePrototype(signature, function);
  if (!prototype) return messageOf(prototype.takeError());
  std::string text = prototype->returnType + "|" + prototype->name + "|";
  for (const Parameter &parameter : prototype->parameters)
    text += (text.back() == '|' ? "" : ";") + parameter.type + "~" + parameter.name;
  return text + (prototype->variadic ? "|..." : "");
}

TEST(Prototype, Good) {
  EXPECT_EQ(taken("ssize_t read(int fd, void *buf, size_t n)", "read"), "ssize_t|read|int~fd;void *~buf;size_t~n");
  EXPECT_EQ(taken("int pause(void);", "pause"), "int|pause|");
  EXPECT_EQ(taken("int open(const char *path, int flags, ...)", "open"), "int|open|const char *~path;int~flags|...");
  EXPECT_EQ(taken("int poll(struct pollfd fds[], nfds_t n, int)", "poll"),
            "int|poll|struct pollfd *~fds;nfds_t~n;int~arg2");
  EXPECT_EQ(taken("int execv(const char *path, char *const argv[])", "execv"),
            "int|execv|const char *~path;char *const *~argv");
  EXPECT_EQ(taken("int scandir(const char *d, int (*filter)(const struct dirent *), int n)", "scandir"),
            "int|scandir|const char *~d;int (*)(const struct dirent *)~filter;int~n");
  EXPECT_EQ(taken("char *getenv(const char *)", "getenv"), "char *|getenv|const char *~arg0");
  EXPECT_EQ(taken("int f(unsigned long, struct stat *)", "f"), "int|f|unsigned long~arg0;struct stat *~arg1");
  EXPECT_EQ(taken("template <class R, class P> void sleep_for(const duration<R, P> &d)", "std::this_thread::sleep_for"),
            "void|sleep_for|const duration<R, P> &~d");
  EXPECT_EQ(taken("T get(std::map<int, int> m = {}, int n = 3)", "a::b::get"), "T|get|std::map<int, int>~m;int~n");
  EXPECT_EQ(taken("directory_iterator &operator++()", "std::directory_iterator::operator++"),
            "directory_iterator &|operator++|");
  EXPECT_EQ(taken("R operator()(T t) const", "a::fn::operator()"), "R|operator()|T~t");
  EXPECT_EQ(taken("explicit basic_ofstream(const char *name)", "std::basic_ofstream::basic_ofstream"),
            "explicit|basic_ofstream|const char *~name");
}

TEST(Prototype, Mistakes) {
  EXPECT_EQ(taken("int read", "read"),
            "the signature has no parameter list; write it like: ssize_t read(int fd, void *buf, size_t n)");
  EXPECT_EQ(taken("int read(int fd", "read"), "the parameter list of the signature does not end");
  EXPECT_EQ(taken("int write(int fd)", "read"), "the signature declares 'write', the row is about 'read'");
  EXPECT_EQ(taken("int read(int fd,, int n)", "read"), "an empty parameter in the signature");
  EXPECT_EQ(taken("template <class T void f()", "f"), "the template parameters of the signature do not end");
}

} // namespace
} // namespace coroguard::catalog
