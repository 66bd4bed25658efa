# SPDX-License-Identifier: Apache-2.0
# Everything that comes from Debian, as lib::<name>. Included with SYSTEM so that our warnings stay ours.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json 3 REQUIRED)
pkg_check_modules(LMDB REQUIRED IMPORTED_TARGET lmdb)
pkg_check_modules(NFC REQUIRED IMPORTED_TARGET libnfc)
pkg_check_modules(PCSC REQUIRED libpcsclite)
pkg_check_modules(TOMLPP REQUIRED IMPORTED_TARGET tomlplusplus)
find_program(FLATC flatc REQUIRED)

add_library(lib::crypto ALIAS OpenSSL::Crypto)
add_library(lib::cli11 ALIAS CLI11::CLI11)
add_library(lib::json ALIAS nlohmann_json::nlohmann_json)
add_library(lib::lmdb ALIAS PkgConfig::LMDB)
add_library(lib::nfc ALIAS PkgConfig::NFC)
add_library(lib::tomlplusplus ALIAS PkgConfig::TOMLPP)
# Our verifier and builder are headers; generated code needs nothing of the compiled library.
add_library(tidegate_flatbuffers INTERFACE)
add_library(lib::flatbuffers ALIAS tidegate_flatbuffers)
# Linking only: pkg-config's -pthread would keep everyone above from using the precompiled header.
add_library(tidegate_pcsc INTERFACE)
target_link_libraries(tidegate_pcsc INTERFACE ${PCSC_LINK_LIBRARIES})
add_library(lib::pcsc ALIAS tidegate_pcsc)
