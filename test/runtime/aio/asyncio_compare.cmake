# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Fails unless PROGRAM prints what SCRIPT prints under PYTHON.
execute_process(COMMAND ${PYTHON} -B ${SCRIPT} OUTPUT_VARIABLE expected COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
if(NOT printed STREQUAL expected)
  message(FATAL_ERROR "asyncio prints:\n${expected}\nwe print:\n${printed}")
endif()
