// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Addresses to names and lines, by llvm-symbolizer in a process of its own. All addresses of a report go in one run.
#pragma once

#include "runtime/export/run_report.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace coroguard::run {

/// Module path and offset of an instruction (not of a return address).
using code_place = std::pair<std::string, uint64_t>;

class symbolizer {
public:
  void want(const code_place &place) { frames_[place]; }
  /// Resolves everything wanted. False if there is no symbolizer: frames then have module and offset only.
  bool run();
  /// Inlined frames first; at least one frame.
  const std::vector<source_frame> &at(const code_place &place) const { return frames_.at(place); }

private:
  std::map<code_place, std::vector<source_frame>> frames_;
};

} // namespace coroguard::run
