// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What reading the code says about a condition: it holds, it does not, or the code does not show it.
#pragma once

#include <algorithm>
#include <cstdint>

namespace coroguard {

enum class Truth : uint8_t { No, Unknown, Yes };

inline Truth operator!(Truth truth) { return truth == Truth::Unknown ? truth : truth == Truth::Yes ? Truth::No : Truth::Yes; }
inline Truth truthOf(bool value) { return value ? Truth::Yes : Truth::No; }
/// Conjunction: as true as the least true of both.
inline Truth operator&(Truth a, Truth b) { return std::min(a, b); }
/// One value out of several that flow together: known only if they agree.
inline Truth either(Truth a, Truth b) { return a == b ? a : Truth::Unknown; }

} // namespace coroguard
