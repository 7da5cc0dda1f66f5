// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The settings part of a command line as the driver's configuration.
#pragma once

#include "checker/cli/CommandLine.h"
#include "checker/driver/Configuration.h"

namespace coroguard::cli {

/// The arguments with what the project's .coroguard.yaml says and they do not: its own path, the build folder, the baseline. An
/// error means that the file is wrong.
llvm::Expected<CheckArguments> withProject(CheckArguments arguments);

llvm::Expected<std::unique_ptr<driver::Configuration>> configurationFor(const CheckArguments &arguments);

} // namespace coroguard::cli
