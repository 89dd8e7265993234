# Flags that hold for every target of the project, and the helpers the rooms use.
find_program(CCACHE ccache)
if(CCACHE)
  # The slackness that ccache wants where a precompiled header is used.
  set(ccache_command ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${ccache_command})
  set(CMAKE_C_COMPILER_LAUNCHER ${ccache_command})
endif()

find_program(MOLD mold)
if(MOLD AND NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_link_options(-fuse-ld=mold)
endif()

add_library(hutong_options INTERFACE)
target_include_directories(hutong_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(hutong_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wno-missing-field-initializers
  -fstack-protector-strong)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees errors where there are none: in inlined moves of strings, and (GCC bug 109224) in each coroutine whose
  # frame Asio allocates. What they warn of is looked for by the asan build.
  target_compile_options(hutong_options INTERFACE -Wno-array-bounds -Wno-restrict -Wno-mismatched-new-delete)
endif()
# Boost.Asio and Beast are compiled once, in base/asio.cpp and gateway/http.
target_compile_definitions(hutong_options INTERFACE
  _FILE_OFFSET_BITS=64 BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED)

# hutong_library(NAME SOURCES… LINK…): one static library per room.
function(hutong_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC hutong_options ${ARG_LINK})
  if(name STREQUAL hutong_base)
    target_precompile_headers(${name} PRIVATE ${CMAKE_SOURCE_DIR}/base/precompiled.hpp)
  else()
    target_precompile_headers(${name} REUSE_FROM hutong_base)
  endif()
endfunction()

# hutong_test(NAME SOURCES… LINK… LABEL unit): a CppUnit program (main from tests/support) and its ctest entry.
function(hutong_test name)
  cmake_parse_arguments(ARG "" "LABEL" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE hutong_test_support ${ARG_LINK})
  target_precompile_headers(${name} REUSE_FROM hutong_base)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT 900)
endfunction()
