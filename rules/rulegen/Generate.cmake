# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Runs rulegen when a rule or a model changes. COROGUARD_GEN is the include root it writes into; the target
# coroguard-generated stands for all of it.
set(COROGUARD_GEN ${PROJECT_BINARY_DIR}/gen)
# LLVM's arena poisons its memory in code that is sanitized and hands it out in the library that is not.
set(COROGUARD_RULEGEN_ENVIRONMENT ASAN_OPTIONS=allow_user_poisoning=0)

function(coroguard_generate_catalogue)
  file(GLOB inputs CONFIGURE_DEPENDS
    ${PROJECT_SOURCE_DIR}/rules/*/rule.yaml ${PROJECT_SOURCE_DIR}/rules/*/README.md
    ${PROJECT_SOURCE_DIR}/rules/*/Check.h ${PROJECT_SOURCE_DIR}/rules/models/*.yaml)
  set(outputs ${COROGUARD_GEN}/Catalogue.gen.cpp ${COROGUARD_GEN}/RuleParts.gen.cpp ${COROGUARD_GEN}/Rules.gen.cpp)
  # What Ninja does not know to be made here it looks at before it is made, and whatever includes it would be a build behind.
  set(headers ${COROGUARD_GEN}/Rules.gen.h ${COROGUARD_GEN}/Interposers.gen.inc ${COROGUARD_GEN}/RuntimeRules.gen.inc)
  file(GLOB rules CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/rules ${PROJECT_SOURCE_DIR}/rules/*/rule.yaml)
  list(TRANSFORM rules REPLACE "/rule.yaml$" "/Rule.gen.h" OUTPUT_VARIABLE rule_headers)
  list(TRANSFORM rule_headers PREPEND ${COROGUARD_GEN}/rules/)
  list(APPEND headers ${rule_headers})
  # rulegen leaves unchanged files alone; the stamp tells Ninja that it ran, `restat` that nothing else is to be rebuilt.
  add_custom_command(
    OUTPUT ${COROGUARD_GEN}/rulegen.stamp
    BYPRODUCTS ${outputs} ${headers}
    COMMAND ${CMAKE_COMMAND} -E env ${COROGUARD_RULEGEN_ENVIRONMENT} $<TARGET_FILE:rulegen> generate --root=${PROJECT_SOURCE_DIR} --out=${COROGUARD_GEN}
    COMMAND ${CMAKE_COMMAND} -E touch ${COROGUARD_GEN}/rulegen.stamp
    DEPENDS rulegen ${inputs}
    COMMENT "Generating from the catalogue"
    VERBATIM)
  add_custom_target(coroguard-generated DEPENDS ${COROGUARD_GEN}/rulegen.stamp)
  set_source_files_properties(${outputs} PROPERTIES GENERATED ON)
endfunction()
