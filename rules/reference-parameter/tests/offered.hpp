// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What offered.cpp offers to other units.
#pragma once

#include "acme.hpp"

#include <vector>

struct Id {
  long high, low;
};

class Registry {
public:
  acme::Deferred<> add(const Id &id);
  acme::Deferred<> refresh();

private:
  acme::Deferred<> write(const Id &id);
  acme::Deferred<> erase(const Id &id);
  acme::Deferred<> visit(const Id &id);
  acme::Deferred<> load(const Id &id);
  Id id_;
  std::vector<Id> all_;
  Registry *next_ = nullptr;
};

acme::Deferred<> replace(const Id &id);
