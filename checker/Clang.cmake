# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Finds LLVM and Clang 22 and wraps them in three targets. Code that goes into the plugin may use the first alone: there
# the host program brings Clang, and a second copy of it would be a second, empty registry.
#   coroguard-clang       headers and the compile options LLVM's own code uses; links nothing
#   coroguard-clang-libs  the shared libraries libclang-cpp and libLLVM; for programs
#   coroguard-pch         one precompiled header of Clang's and LLVM's, shared by all through coroguard_use_clang()
find_package(LLVM 22.1 REQUIRED CONFIG)
# Not find_package(Clang 22): Debian's version file asks for major.minor and lies in another folder than LLVM's.
set(Clang_DIR ${LLVM_DIR}/../clang CACHE PATH "Clang's CMake package, beside LLVM's")
find_package(Clang REQUIRED CONFIG)

add_library(coroguard-clang INTERFACE)
target_link_libraries(coroguard-clang INTERFACE coroguard-build)
set(clang_headers ${LLVM_INCLUDE_DIRS} ${CLANG_INCLUDE_DIRS})
# libc++-22-dev puts libc++abi's cxxabi.h beside LLVM's headers, where it would be found before libstdc++'s own.
if(EXISTS ${LLVM_INCLUDE_DIR}/cxxabi.h)
  set(clang_headers ${PROJECT_BINARY_DIR}/llvm-headers)
  file(MAKE_DIRECTORY ${clang_headers})
  foreach(folder llvm llvm-c clang clang-c clang-tidy)
    file(CREATE_LINK ${LLVM_INCLUDE_DIR}/${folder} ${clang_headers}/${folder} SYMBOLIC)
  endforeach()
endif()
target_include_directories(coroguard-clang SYSTEM INTERFACE ${clang_headers})
separate_arguments(llvm_definitions NATIVE_COMMAND ${LLVM_DEFINITIONS})
target_compile_definitions(coroguard-clang INTERFACE ${llvm_definitions})
target_compile_options(coroguard-clang INTERFACE
  -fPIC -fno-rtti -fno-exceptions)

add_library(coroguard-clang-libs INTERFACE)
target_link_libraries(coroguard-clang-libs INTERFACE coroguard-clang clang-cpp LLVM)
if(COROGUARD_LLD AND CMAKE_CXX_COMPILER_ID MATCHES Clang)
  target_link_options(coroguard-clang-libs INTERFACE -fuse-ld=lld)
endif()

file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/gen/coroguard-pch.cpp CONTENT "")
add_library(coroguard-pch OBJECT ${PROJECT_BINARY_DIR}/gen/coroguard-pch.cpp)
target_link_libraries(coroguard-pch PRIVATE coroguard-clang)
target_precompile_headers(coroguard-pch PRIVATE ${PROJECT_SOURCE_DIR}/checker/Clang.pch.h)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  # With time stamps in it the header would never be the same twice, and ccache would never hit.
  target_compile_options(coroguard-clang INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
endif()

# Compiles `target` against Clang, with the shared precompiled header. Options that change the language may not differ
# between users of that header, so none are set per target.
function(coroguard_use_clang target)
  target_link_libraries(${target} PUBLIC coroguard-clang)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF) # -fPIC comes from coroguard-clang
  target_precompile_headers(${target} REUSE_FROM coroguard-pch)
endfunction()
