// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the mocks' templates do where they must have a body: something no analysis can look into.
#pragma once

namespace mock {

/// May do anything with what it points to.
void opaque(const void *thing);
/// A value from nowhere.
template <class T> T some();

} // namespace mock
