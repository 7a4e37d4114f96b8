# A released migration is frozen: each file of storage/schema/migrations/ has the checksum that was recorded with it.
# Run with -DROOT=<source tree>. A new step: `cd storage/schema/migrations && sha256sum *.sql >
# ../../../tests/storage/schema/migrations.sha256`, which may only add lines.
cmake_minimum_required(VERSION 3.25)
file(STRINGS ${ROOT}/tests/storage/schema/migrations.sha256 recorded)
file(GLOB files RELATIVE ${ROOT}/storage/schema/migrations ${ROOT}/storage/schema/migrations/*)
list(SORT files)
set(step 0)
foreach(file ${files})
  math(EXPR step "${step}+1")
  if(NOT file MATCHES "^0*${step}\\.sql$")
    message(SEND_ERROR "storage/schema/migrations/${file}: step ${step} was expected; steps are numbered without gaps")
  endif()
  file(SHA256 ${ROOT}/storage/schema/migrations/${file} sum)
  if(NOT "${sum}  ${file}" IN_LIST recorded)
    message(SEND_ERROR "storage/schema/migrations/${file}: its text is not the recorded one. A released step never "
      "changes: put it back, and write the change as a new step")
  endif()
endforeach()
list(LENGTH recorded lines)
if(NOT lines EQUAL step)
  message(SEND_ERROR "${lines} checksums for ${step} migrations: record each new step, remove none")
endif()
message(STATUS "migrations: ${step} steps, each as recorded")
