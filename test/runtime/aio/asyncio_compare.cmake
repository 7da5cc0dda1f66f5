# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Fails unless PROGRAM prints what SCRIPT prints under PYTHON. With ARGUMENTS of the script, PROGRAM reads what it printed.
if(DEFINED ARGUMENTS)
  set(file ${PROGRAM}.expected)
  execute_process(COMMAND ${PYTHON} -B ${SCRIPT} ${ARGUMENTS} OUTPUT_FILE ${file} ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${PROGRAM} INPUT_FILE ${file} OUTPUT_FILE ${PROGRAM}.printed COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND diff -u ${file} ${PROGRAM}.printed COMMAND_ERROR_IS_FATAL ANY)
  return()
endif()
execute_process(COMMAND ${PYTHON} -B ${SCRIPT} OUTPUT_VARIABLE expected COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
if(NOT printed STREQUAL expected)
  message(FATAL_ERROR "asyncio prints:\n${expected}\nwe print:\n${printed}")
endif()
