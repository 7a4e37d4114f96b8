cmake_minimum_required(VERSION 3.25)
# A test of which folder may include which. Run with -DROOT=<source tree>.
# config/notation/ defines how values are written everywhere (JSON, RFC 3339, UTF-8), and the mutex: headers over
# libraries, which every folder may include and which include nothing of this project.
set(may_ingest "ingest")
set(may_model "model")
set(may_storage "storage")
set(may_alerts "alerts")
set(may_config "config")  # and the islands' *_options.hpp
set(may_daemon "daemon|config|ingest|model|storage|alerts")
set(sole_ingest "librdkafka/")
set(sole_storage "sqlite3\\.h")
set(sole_daemon "boost/asio|boost/beast|openssl/ssl|curl/")

# The rooms of daemon/, lowest first, each with the rooms that it may include beside itself. `root` is what stands in
# daemon/ itself (the wiring); `main` is main.cpp, the only one that includes commands. No two include each other.
set(daemon_rooms observe web client server pipeline reload api root commands main)
set(room_observe "")                                                   # log and metrics
set(room_web "")                                                       # the embedded files
set(room_client "observe")                                             # outgoing HTTP
set(room_server "observe")                                             # the machinery of incoming HTTP
set(room_pipeline "observe|client")                                    # from source to webhook
set(room_reload "")                                                    # configurations, compared and present
set(room_api "observe|web|server|pipeline|reload")                     # the routes
set(room_root "observe|web|client|server|pipeline|reload|api")         # the daemon, wired
set(room_commands "observe|web|client|server|pipeline|reload|api|root")  # the subcommands
set(room_main "commands")

# The rooms of daemon/pipeline/, in the order in which news passes them. What travels between them (incoming.hpp,
# scored.hpp, the queues) stands in daemon/pipeline/ itself, which every room may include and which includes none.
set(pipeline_rooms intake scoring writing delivery output backtest rescoring)
set(pipeline_intake "")             # sources, positions, the order of records
set(pipeline_scoring "")            # the inference workers
set(pipeline_writing "intake")      # the writer thread
set(pipeline_delivery "writing")    # webhooks, from what the writer stored
set(pipeline_output "")              # topics of the user's own, from what the writer stored
set(pipeline_backtest "writing")    # rules over rows that are already there
set(pipeline_rescoring "scoring|writing")  # stored documents, scored by another model

# The room of a path inside daemon/.
function(room_of path out)
  set(${out} "root" PARENT_SCOPE)
  if(path STREQUAL "main.cpp")
    set(${out} "main" PARENT_SCOPE)
  elseif(path MATCHES "^([a-z_]+)/")
    set(${out} "${CMAKE_MATCH_1}" PARENT_SCOPE)
  endif()
endfunction()

set(errors 0)
set(checked 0)
foreach(folder ingest model storage alerts config daemon)
  file(GLOB_RECURSE files ${ROOT}/${folder}/*.hpp ${ROOT}/${folder}/*.cpp)
  foreach(file ${files})
    file(RELATIVE_PATH name ${ROOT} ${file})
    file(STRINGS ${file} includes REGEX "^[ \t]*#[ \t]*include")
    math(EXPR checked "${checked}+1")
    if(folder STREQUAL "daemon")
      string(REGEX REPLACE "^daemon/" "" inside ${name})
      room_of(${inside} room)
      if(NOT room IN_LIST daemon_rooms AND includes)
        message(SEND_ERROR "${name}: ${room} is not a room of daemon/ yet: say in check_layers.cmake what it may include")
        math(EXPR errors "${errors}+1")
      endif()
    endif()
    foreach(line ${includes})
      if(line MATCHES "[\"<](ingest|model|storage|alerts|config|daemon|tests)/([^\">]*)[\">]")
        set(target ${CMAKE_MATCH_1})
        set(rest ${CMAKE_MATCH_2})
        set(allowed FALSE)
        if(name MATCHES "^config/notation/")
          if(target STREQUAL "config" AND rest MATCHES "^notation/")
            set(allowed TRUE)
          endif()
        elseif(target STREQUAL "config" AND rest MATCHES "^notation/")
          set(allowed TRUE)
        elseif(target MATCHES "^(${may_${folder}})$")
          set(allowed TRUE)
        elseif(folder STREQUAL "config" AND rest MATCHES "^([a-z_]*/)*[a-z_]*_options\\.hpp$")
          set(allowed TRUE)
        endif()
        if(NOT allowed)
          message(SEND_ERROR "${name}: ${folder} may not include ${target}/${rest}")
          math(EXPR errors "${errors}+1")
        endif()
        if(folder STREQUAL "daemon" AND target STREQUAL "daemon")
          room_of(${rest} target_room)
          if(NOT target_room STREQUAL room AND NOT target_room MATCHES "^(${room_${room}})$")
            message(SEND_ERROR "${name}: ${room} may not include ${target_room} (daemon/${rest})")
            math(EXPR errors "${errors}+1")
          endif()
          string(REGEX MATCH "^daemon/pipeline/(([a-z_]+)/)?" inside "${name}")
          set(stage "${CMAKE_MATCH_2}")
          if(inside AND rest MATCHES "^pipeline/([a-z_]+)/" AND NOT CMAKE_MATCH_1 STREQUAL stage
             AND NOT CMAKE_MATCH_1 MATCHES "^(${pipeline_${stage}})$")
            message(SEND_ERROR "${name}: pipeline/${stage} may not include daemon/${rest}")
            math(EXPR errors "${errors}+1")
          endif()
        endif()
      elseif(line MATCHES "include[ \t]*\"")
        message(SEND_ERROR "${name}: ${line}: includes start at the root of the source tree")
        math(EXPR errors "${errors}+1")
      endif()
      foreach(owner ingest storage daemon)
        if(NOT folder STREQUAL owner AND line MATCHES "<(${sole_${owner}})")
          message(SEND_ERROR "${name}: ${line}: only ${owner}/ may include that library")
          math(EXPR errors "${errors}+1")
        endif()
      endforeach()
      if(line MATCHES "<torch/" AND NOT name MATCHES "^model/train/")
        message(SEND_ERROR "${name}: libtorch belongs to model/train alone")
        math(EXPR errors "${errors}+1")
      endif()
    endforeach()
  endforeach()
endforeach()
if(checked EQUAL 0)
  message(SEND_ERROR "no file was checked: is ROOT right? (${ROOT})")
endif()
message(STATUS "layers: ${checked} files checked, ${errors} errors")
