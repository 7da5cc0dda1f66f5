// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The texts of the files that `coroguard init` writes.
#pragma once

#include "checker/cli/ProjectSurvey.h"

namespace coroguard::cli {

struct StarterFile {
  std::string name; ///< relative to the project
  std::string text;
  std::string about; ///< what is left to do with it; may be empty
};

/// `build` is the build folder if it must be named.
std::vector<StarterFile> starterFiles(const ProjectSurvey &survey, const std::string &build);

} // namespace coroguard::cli
