# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# coroguard_lint(): the rules while a project builds. Part of the package; needs nothing but what it installs.

# coroguard_lint(<target> [WARNINGS_AS_ERRORS] [CHECKS <globs>])
#
# Checks each C++ file of <target> when it is compiled. A target that already has a clang-tidy (CXX_CLANG_TIDY) keeps it and gets the
# rules added to that run: it must be a clang-tidy of the same LLVM. Any other gets ours, with CHECKS (default: all the rules).
# Also makes a target <target>-coroguard, which runs `coroguard check` over the same files; for reports and for CI.
#
# The first call proves that the rules run: a linter that did not run would look like clean code.
function(coroguard_lint target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "WARNINGS_AS_ERRORS" "CHECKS" "")
  if(NOT TARGET ${target})
    message(FATAL_ERROR "coroguard_lint: '${target}' is not a target")
  endif()
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "coroguard_lint: unknown argument '${arg_UNPARSED_ARGUMENTS}'; there are WARNINGS_AS_ERRORS and CHECKS <globs>")
  endif()
  if(NOT DEFINED arg_CHECKS)
    set(arg_CHECKS "-*,async-*")
  endif()

  get_target_property(tidy ${target} CXX_CLANG_TIDY)
  if(tidy)
    list(APPEND tidy --load=${coroguard_TIDY_PLUGIN})
  else()
    get_target_property(program coroguard::clang-tidy IMPORTED_LOCATION)
    # The compile line may be another compiler's: a warning option Clang does not know is no finding.
    set(tidy ${program} --checks=${arg_CHECKS} --extra-arg=-Wno-unknown-warning-option --quiet)
  endif()
  if(arg_WARNINGS_AS_ERRORS)
    list(APPEND tidy --warnings-as-errors=async-*)
  endif()
  _coroguard_prove(${tidy})
  set_target_properties(${target} PROPERTIES CXX_CLANG_TIDY "${tidy}")

  get_target_property(sources ${target} SOURCES)
  get_target_property(folder ${target} SOURCE_DIR)
  list(FILTER sources INCLUDE REGEX "\\.(cc|cpp|cxx|c\\+\\+|C)$")
  set(files "")
  foreach(source IN LISTS sources)
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${folder})
    list(APPEND files ${source})
  endforeach()
  set_target_properties(${target} PROPERTIES EXPORT_COMPILE_COMMANDS ON)
  add_custom_target(${target}-coroguard
    COMMAND coroguard::coroguard check -p ${CMAKE_BINARY_DIR} ${files}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} USES_TERMINAL VERBATIM
    COMMENT "Checking ${target} with coroguard")
endfunction()

# Runs the given clang-tidy command on a file with a known mistake, and stops the configuration if it is not found. Once per command.
function(_coroguard_prove)
  string(SHA1 key "${ARGN}")
  get_property(proven GLOBAL PROPERTY coroguard_proven_${key})
  if(proven)
    return()
  endif()
  set(command ${ARGN})
  list(FILTER command EXCLUDE REGEX "^--?(checks|warnings-as-errors)=")
  execute_process(COMMAND ${command} --checks=-*,async-unawaited-task ${coroguard_CANARY} -- -std=c++20
    OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE status)
  if(NOT output MATCHES "async-unawaited-task")
    list(JOIN command " " command)
    message(FATAL_ERROR "coroguard_lint: the rules do not run in this clang-tidy (status ${status}), so clean output would mean "
      "nothing.\n  ${command}\n${output}\nUse a clang-tidy of the LLVM coroguard was built with, or leave CXX_CLANG_TIDY unset.")
  endif()
  set_property(GLOBAL PROPERTY coroguard_proven_${key} TRUE)
endfunction()
