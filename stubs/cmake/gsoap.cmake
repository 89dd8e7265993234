# Recipes for gSOAP: WSDL or interface header → C++ in the build folder. Nothing generated is ever committed.
#
# Generated code is compiled with -w (it is not ours to mend) and -O1 (-O2 costs minutes and gains nothing here).
find_program(WSDL2H wsdl2h REQUIRED)
find_program(SOAPCPP2 soapcpp2 REQUIRED)
set(HUTONG_GSOAP_SHARE /usr/share/gsoap CACHE PATH "gSOAP's import and plugin folders")
set(HUTONG_GSOAP_TYPEMAP ${CMAKE_CURRENT_LIST_DIR}/typemap.dat)

# What every file that includes stdsoap2.h must agree on with libgsoapssl++, or the layout of struct soap differs.
add_library(hutong_gsoap INTERFACE)
target_link_libraries(hutong_gsoap INTERFACE PkgConfig::GSOAPSSL OpenSSL::SSL OpenSSL::Crypto ZLIB::ZLIB)

# hutong_gsoap_library(NAME MODE server|client SERVICES class… WSDL file… [IMPORTS wsse.h …])
# One static library with the serializers and the service (server) or proxy (client) class of each binding named.
# IMPORTS adds gSOAP's own interface headers to the ones wsdl2h writes.
function(hutong_gsoap_library name)
  cmake_parse_arguments(ARG "" "MODE" "SERVICES;WSDL;IMPORTS" ${ARGN})
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${name})
  file(MAKE_DIRECTORY ${out})
  if(ARG_MODE STREQUAL "server")
    set(side -S)
    set(suffix Service)
  else()
    set(side -C)
    set(suffix Proxy)
  endif()

  set(interface "#import \"contract.h\"\n")
  foreach(import ${ARG_IMPORTS})
    string(APPEND interface "#import \"${import}\"\n")
  endforeach()
  file(CONFIGURE OUTPUT ${out}/interface.h CONTENT "${interface}" @ONLY)

  set(sources ${out}/soapC.cpp)
  foreach(service ${ARG_SERVICES})
    list(APPEND sources ${out}/soap${service}${suffix}.cpp)
  endforeach()
  list(GET ARG_SERVICES 0 first)
  add_custom_command(
    OUTPUT ${sources} ${out}/${first}.nsmap
    COMMAND ${WSDL2H} -c++11 -P -x -L -W -t ${HUTONG_GSOAP_TYPEMAP} -o contract.h ${ARG_WSDL} > wsdl2h.log 2>&1
    COMMAND ${SOAPCPP2} -c++11 -j ${side} -L -w -x
            -I${out}:${HUTONG_GSOAP_SHARE}/import:${HUTONG_GSOAP_SHARE} interface.h > soapcpp2.log 2>&1
    DEPENDS ${ARG_WSDL} ${HUTONG_GSOAP_TYPEMAP} ${out}/interface.h
    WORKING_DIRECTORY ${out}
    COMMENT "gSOAP ${name}"
    VERBATIM)
  # The target `generated` makes what clang-tidy must find, without compiling it.
  if(NOT TARGET generated)
    add_custom_target(generated)
  endif()
  add_custom_target(${name}_generated DEPENDS ${sources})
  add_dependencies(generated ${name}_generated)

  add_library(${name} STATIC ${sources})
  target_include_directories(${name} SYSTEM PUBLIC ${out})
  target_link_libraries(${name} PUBLIC hutong_gsoap)
  if(ARG_MODE STREQUAL "server")
    # An operation that a service class doesn't override answers with a fault, instead of not linking.
    target_compile_definitions(${name} PUBLIC WITH_DEFAULT_VIRTUAL)
  endif()
  target_compile_options(${name} PRIVATE -w -O1)
endfunction()

# hutong_gsoap_wsse(NAME INTERFACE library): gSOAP's WS-Security plugin, compiled against a client that imports wsse.h.
function(hutong_gsoap_wsse name)
  cmake_parse_arguments(ARG "" "INTERFACE" "" ${ARGN})
  set(plugin ${HUTONG_GSOAP_SHARE}/plugin)
  set(sources ${plugin}/wsseapi.cpp ${plugin}/smdevp.c ${plugin}/mecevp.c ${plugin}/threads.c
              ${HUTONG_GSOAP_SHARE}/custom/struct_timeval.c)
  set_source_files_properties(${sources} PROPERTIES LANGUAGE CXX)
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} SYSTEM PUBLIC ${plugin} ${HUTONG_GSOAP_SHARE})
  target_link_libraries(${name} PUBLIC ${ARG_INTERFACE})
  target_compile_options(${name} PRIVATE -w -O1)
endfunction()

# hutong_embed_text(TARGET FILE SYMBOL): FILE's text as `extern const std::string_view SYMBOL` in namespace hutong.
function(hutong_embed_text target file symbol)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.cpp)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(READ ${file} text)
  file(CONFIGURE OUTPUT ${out} @ONLY CONTENT [=[
#include <string_view>
namespace hutong {
extern const std::string_view @symbol@;
const std::string_view @symbol@ = R"embedded(@text@)embedded";
}
]=])
  target_sources(${target} PRIVATE ${out})
endfunction()
