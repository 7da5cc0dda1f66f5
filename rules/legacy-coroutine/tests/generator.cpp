// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generator that one library had beside the TS: the standard's is in a header of its own, so there is no fix.
namespace std::experimental {
template <class T> class generator;
}
using numbers = std::experimental::generator<int>; // warn: "generator"
