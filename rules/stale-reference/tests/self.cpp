// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Members reached through `self`: a pointer or reference to an object of the class the code is written in.
#include "acme.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

using acme::Deferred;

Deferred<> step();
void show(const std::string &name);

class Directory : public std::enable_shared_from_this<Directory> {
  std::vector<std::string> names_;

public:
  void add(std::string name) { names_.push_back(std::move(name)); }

  static Deferred<> byPointer(Directory *self) {
    const std::string &first = self->names_.front();
    co_await step();
    show(first); // warn: "'first' refers into 'names_', which 'Directory::add' may change"
  }
  static Deferred<> byShare(std::shared_ptr<Directory> self) {
    for (const std::string &name : self->names_) { // warn: "this loop over 'names_' is suspended in its body"
      co_await step();
      show(name);
    }
  }
  static Deferred<> byReference(Directory &self) {
    auto found = self.names_.begin();
    co_await step();
    show(*found); // warn: "'found' refers into 'names_'"
  }

  // Objects of its own.
  static Deferred<> byValue(Directory self) {
    const std::string &first = self.names_.front();
    co_await step();
    show(first); // ok
  }
  static Deferred<> fresh() {
    auto self = std::make_unique<Directory>();
    const std::string &first = self->names_.front();
    co_await step();
    show(first); // ok: nobody else has it
  }
  static Deferred<> again(std::shared_ptr<Directory> self) {
    co_await step();
    show(self->names_.front()); // ok: looked up after the suspension
  }
};
