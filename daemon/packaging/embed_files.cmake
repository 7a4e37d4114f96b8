# tapewatch_embed(<target> <symbol>=<file>…): files become read-only data in the binary by the assembler's .incbin.
# Each gives `extern "C" const unsigned char tapewatch_<symbol>_begin[], tapewatch_<symbol>_end[]`.
function(tapewatch_embed target)
  set(assembly "")
  set(files "")
  foreach(item ${ARGN})
    string(REGEX MATCH "^([a-z0-9_]+)=(.*)$" matched "${item}")
    set(symbol tapewatch_${CMAKE_MATCH_1})
    set(file ${CMAKE_MATCH_2})
    list(APPEND files ${file})
    string(APPEND assembly
      ".global ${symbol}_begin\n.global ${symbol}_end\n.balign 64\n${symbol}_begin:\n.incbin \"${file}\"\n${symbol}_end:\n.byte 0\n")
  endforeach()
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${target}.S)
  file(CONFIGURE OUTPUT ${out} CONTENT ".section .rodata\n${assembly}.section .note.GNU-stack,\"\",%progbits\n" @ONLY)
  set_property(SOURCE ${out} PROPERTY OBJECT_DEPENDS "${files}")
  add_library(${target} STATIC ${out})
endfunction()
