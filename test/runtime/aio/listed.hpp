// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// listed(a, b): a vector, as std::vector{a, b}; GCC 12 cannot compile a braced list inside a co_await expression.
#pragma once

#include <vector>

template <class T, class... U> std::vector<T> listed(T first, U... rest) {
  std::vector<T> all;
  all.push_back(std::move(first));
  (all.push_back(std::move(rest)), ...);
  return all;
}
