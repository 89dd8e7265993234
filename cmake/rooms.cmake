# hutong_rooms(DIR…): adds each folder that has a CMakeLists.txt, in the order given.
function(hutong_rooms)
  foreach(room ${ARGN})
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${room}/CMakeLists.txt)
      add_subdirectory(${room})
    endif()
  endforeach()
endfunction()
