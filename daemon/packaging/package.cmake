# The Debian package: `cmake --build build/release --target deb` writes build/release/tapewatch_…_….deb. Other systems get
# the same files by `cmake --install build/release --prefix /usr`, after the target `installed_files`.
include(GNUInstallDirs)
set(packaging ${CMAKE_SOURCE_DIR}/daemon/packaging)
set(made ${CMAKE_BINARY_DIR}/package)

# The example starts as it is where it lies: its data are not to stand beside it.
file(READ ${CMAKE_SOURCE_DIR}/config/tapewatch.example.toml example)
string(REPLACE "\ndata_dir = \"tapewatch-data\"\n" "\ndata_dir = \"/var/lib/tapewatch\"\n" packaged "${example}")
if(packaged STREQUAL example)
  message(FATAL_ERROR "config/tapewatch.example.toml has another data_dir than package.cmake replaces")
endif()
file(WRITE ${made}/tapewatch.toml "${packaged}")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/config/tapewatch.example.toml)

set(release 1)
file(TIMESTAMP ${CMAKE_SOURCE_DIR}/CHANGELOG.md written "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(CONFIGURE OUTPUT ${made}/changelog.Debian @ONLY CONTENT
"tapewatch (${PROJECT_VERSION}-${release}) unstable; urgency=medium

  * Built from its own tree; changelog.gz has what changed.

 -- the tapewatch authors <tapewatch@example.org>  ${written}
")

# What the program itself writes, and what is compressed, before installation copies it.
add_custom_command(OUTPUT ${made}/stamp DEPENDS tapewatch ${CMAKE_SOURCE_DIR}/CHANGELOG.md
    ${packaging}/bill_of_materials.sh ${packaging}/packages.txt
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${made}/man ${made}/doc
  COMMAND ${CMAKE_COMMAND} -E make_directory ${made}/man/man1 ${made}/man/man5 ${made}/doc
  COMMAND $<TARGET_FILE:tapewatch> man --out ${made}/man
  COMMAND sh -c "mv man/*.1 man/man1 && mv man/*.5 man/man5 && gzip -9n man/man*/*"
  COMMAND sh -c "gzip -9nc '${CMAKE_SOURCE_DIR}/CHANGELOG.md' >doc/changelog.gz"
  COMMAND sh -c "gzip -9nc changelog.Debian >doc/changelog.Debian.gz"
  COMMAND sh -c "cd '${CMAKE_SOURCE_DIR}' && exec '${packaging}/bill_of_materials.sh' '$<TARGET_FILE:tapewatch>' ${PROJECT_VERSION} >'${made}/doc/tapewatch.cdx.json'"
  COMMAND sh -c "for s in bash zsh fish; do '$<TARGET_FILE:tapewatch>' completion $s >completion.$s; done"
  COMMAND ${CMAKE_COMMAND} -E touch ${made}/stamp
  WORKING_DIRECTORY ${made} VERBATIM)
add_custom_target(installed_files DEPENDS ${made}/stamp)

set(docs ${CMAKE_INSTALL_DATADIR}/doc/tapewatch)
set(share ${CMAKE_INSTALL_DATADIR}/tapewatch)
install(FILES ${packaging}/tapewatch.service DESTINATION lib/systemd/system)
install(FILES ${packaging}/debian/sysusers.conf DESTINATION lib/sysusers.d RENAME tapewatch.conf)
install(FILES ${packaging}/debian/tmpfiles.conf DESTINATION lib/tmpfiles.d RENAME tapewatch.conf)
install(FILES ${made}/tapewatch.toml DESTINATION /etc/tapewatch)
install(DIRECTORY ${made}/man/ DESTINATION ${CMAKE_INSTALL_DATADIR}/man)
install(FILES ${made}/completion.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME tapewatch)
install(FILES ${made}/completion.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions RENAME _tapewatch)
install(FILES ${made}/completion.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME tapewatch.fish)
install(FILES ${CMAKE_SOURCE_DIR}/README.md ${packaging}/debian/copyright ${CMAKE_SOURCE_DIR}/model/weights/NOTICE
  ${CMAKE_SOURCE_DIR}/storage/schema/views.md DESTINATION ${docs})
install(DIRECTORY ${made}/doc/ DESTINATION ${docs})
install(FILES ${CMAKE_SOURCE_DIR}/config/tapewatch.example.toml DESTINATION ${docs}/examples)
install(FILES ${packaging}/monitoring/tapewatch.rules.yml DESTINATION ${share}/prometheus)
install(FILES ${packaging}/monitoring/grafana.json DESTINATION ${share}/grafana RENAME tapewatch.json)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tapewatch)
set(CPACK_PACKAGE_CONTACT "the tapewatch authors <tapewatch@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "financial sentiment monitor with alerts on bad news")
set(CPACK_PACKAGE_DESCRIPTION "Scores financial news as it arrives from Kafka, feeds and HTTP, keeps the
history in SQLite, and alerts, with the evidence, when bad news about a topic
or a company surges. One daemon with the model inside, a live page, and signed
webhooks.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)  # for what goes to /etc
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE ${release})
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "tzdata, ca-certificates, systemd")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
file(CONFIGURE OUTPUT ${made}/conffiles CONTENT "/etc/tapewatch/tapewatch.toml\n")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${made}/conffiles ${packaging}/debian/postinst ${packaging}/debian/prerm
  ${packaging}/debian/postrm)
include(CPack)
add_custom_target(deb DEPENDS installed_files COMMAND ${CMAKE_CPACK_COMMAND} -G DEB --config ${CMAKE_BINARY_DIR}/CPackConfig.cmake
  WORKING_DIRECTORY ${CMAKE_BINARY_DIR} COMMENT "the Debian package" VERBATIM)
