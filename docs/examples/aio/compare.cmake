# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Runs PROGRAM and compares its standard output with the comment after "// prints:" in SOURCE.
file(READ ${SOURCE} text)
string(FIND "${text}" "// prints:\n" at REVERSE)
math(EXPR at "${at} + 11")
string(SUBSTRING "${text}" ${at} -1 expected)
string(REGEX REPLACE "(^|\n)// ?" "\\1" expected "${expected}")
execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE printed RESULT_VARIABLE status)
string(REGEX REPLACE " +\n" "\n" printed "${printed}")
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${status}; it printed:\n${printed}")
endif()
if(NOT printed STREQUAL expected)
  message(FATAL_ERROR "expected:\n${expected}\nprinted:\n${printed}")
endif()
