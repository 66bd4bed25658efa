// SPDX-License-Identifier: Apache-2.0
// Keys, sealing and opening of signed files for the commands.
#include "tools/signed_file.h"

#include <cstdio>
#include <span>
#include <utility>

#include "base/posix/fd.h"

namespace tidegate::tools {
namespace {

constexpr std::size_t kFileBytesMax = 65UL << 20U;

/// One line of hex; whatever was read on the way is wiped.
template <std::size_t N>
Result<std::array<Byte, N>> read_key(const std::filesystem::path& path) {
  auto bytes = posix::read_file(path, 4096);
  if (!bytes) return fail(std::move(bytes.error()), path.string());
  std::string text{as_text(*bytes)};
  text.resize(text.find_last_not_of("\r\n ") + 1);
  auto key = array_from_hex<N>(text);
  crypto::cleanse({reinterpret_cast<Byte*>(text.data()), text.size()});
  crypto::cleanse(*bytes);
  if (!key)
    return fail(Errc::invalid, path.string() + ": one line of " + std::to_string(2 * N) +
                                   " hex digits was expected");
  return key;
}

}  // namespace

int no(const Error& error) {
  std::fprintf(stderr, "tidegate: %s\n", error.message().c_str());
  return 1;
}

void print(const std::string& line) {
  std::printf("%s\n", line.c_str());
}

Result<crypto::SigningKey> read_signing_key(const std::filesystem::path& path) {
  auto seed = read_key<32>(path);
  if (!seed) return fail(std::move(seed.error()));
  const auto key = crypto::signing_key_from_seed(*seed);
  crypto::cleanse(*seed);
  return key;
}

Result<crypto::Key16> read_list_key(const std::filesystem::path& path) {
  return read_key<16>(path);
}

Result<crypto::SigningKey> signing_key(const Signing& signing) {
  if (!signing.key.empty()) return read_signing_key(signing.key);
  if (signing.realm != Realm::test)
    return fail(Errc::refused, "a file for the live realm needs --key");
  return crypto::make_signing_key();
}

Status write_signed(const std::filesystem::path& out, FileKind kind, std::uint64_t number,
                    ByteView payload, const Signing& signing) {
  const auto key = signing_key(signing);
  if (!key) return fail(key.error());
  const EnvelopeHeader header{
      .kind = kind, .realm = signing.realm, .number = number, .created = SystemClock{}.now()};
  return posix::write_file_durably(out, seal_envelope(header, payload, std::span{&*key, 1}), 0644);
}

Result<OpenedFile> open_signed(const std::filesystem::path& path, const std::string& trust) {
  auto file = posix::read_file(path, kFileBytesMax);
  if (!file) return fail(std::move(file.error()), path.string());
  const auto header = peek_envelope(*file);
  if (!header) return fail(header.error(), path.string());
  if (!trust.empty()) {
    const auto key = array_from_hex<32>(trust);
    if (!key) return fail(Errc::invalid, "--trust: 64 hex digits were expected");
    const EnvelopePolicy policy{.kind = header->kind, .realm = header->realm, .trusted = {*key}};
    auto opened = open_envelope(*file, policy);
    if (!opened) return fail(std::move(opened.error()), path.string());
    return OpenedFile{opened->header, std::move(opened->payload)};
  }
  // Payload offset at 40; peek_envelope() has checked it, and that the payload ends with the file.
  const auto offset = read_be(ByteView{*file}.subspan(40, 8));
  return OpenedFile{*header,
                    Bytes(file->begin() + static_cast<std::ptrdiff_t>(offset), file->end())};
}

Result<OpenedFile> open_signed(const std::filesystem::path& path, FileKind kind,
                               const std::string& trust) {
  auto opened = open_signed(path, trust);
  if (opened && opened->header.kind != kind)
    return fail(Errc::refused, path.string() + ": is a file of kind " +
                                   std::string{file_kind_name(opened->header.kind)} + ", not " +
                                   std::string{file_kind_name(kind)});
  return opened;
}

}  // namespace tidegate::tools
