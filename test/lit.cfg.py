# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Tests of the command line: RUN lines and FileCheck. Run by ctest, or: lit -sv test -DCOROGUARD_BUILD=build
import os

import lit.formats

config.name = "coroguard"
config.test_format = lit.formats.ShTest(execute_external=True)
config.suffixes = [".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
build = os.path.abspath(os.environ.get("COROGUARD_BUILD", lit_config.params.get("COROGUARD_BUILD", "build")))
config.test_exec_root = os.path.join(build, "lit")

tools = [os.path.join(build, "bin"), "/usr/lib/llvm-22/bin", os.environ["PATH"]]
config.environment["PATH"] = os.pathsep.join(tools)
for name in ("NO_COLOR", "CLICOLOR_FORCE", "COLUMNS", "GIT_DIR", "COROGUARD_CACHE_DIR"):
    config.environment.pop(name, None)
config.environment["COLUMNS"] = "120"
config.environment["XDG_CACHE_HOME"] = os.path.join(config.test_exec_root, "cache")  # not that of whoever runs the tests
# %exit N command… : the command ends with status N.
config.substitutions.append(("%exit", f"sh {config.test_source_root}/cli/Inputs/exit.sh"))
config.substitutions.append(("%inputs", f"{config.test_source_root}/cli/Inputs"))
