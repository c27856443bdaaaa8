# find_package(@net@) gives the target @net@::@net@.
include("${CMAKE_CURRENT_LIST_DIR}/@net@Targets.cmake")
