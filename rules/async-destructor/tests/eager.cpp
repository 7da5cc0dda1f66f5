// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tasks that start by themselves, thrown away by a destructor.
#include "acme.hpp"

struct Gate {
  acme::Started<> close();
  acme::Deferred<> drain();
  void open();
};
struct Closes {
  Gate gate;
  ~Closes() { (void)gate.close(); } // warn: "close"
};
struct Opens {
  Gate gate;
  ~Opens() { gate.open(); }
};
