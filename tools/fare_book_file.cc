// SPDX-License-Identifier: Apache-2.0
// Opens fare books for the commands.
#include "tools/fare_book_file.h"

#include <utility>

#include "base/openssl/crypto.h"
#include "fare/authoring/compile.h"
#include "fare/engine/book_codec.h"
#include "tools/signed_file.h"

namespace tidegate::tools {
namespace {

Result<FareBookFile> compile_folder(const std::filesystem::path& path, const std::string& trust) {
  if (!trust.empty())
    return fail(Errc::refused,
                path.string() + ": is a source folder, which has no signature: compile it first");
  auto payload = fare::compile_book(path);
  if (!payload) return fail(std::move(payload.error()));
  auto model = fare::decode_book(*payload);
  if (!model) return fail(std::move(model.error()), path.string());
  std::string hash = to_hex(crypto::sha256({*payload}));
  auto book = fare::Book::load(*std::move(payload));
  if (!book) return fail(std::move(book.error()), path.string());
  return FareBookFile{
      .book = *std::move(book), .model = *std::move(model), .hash = std::move(hash), .header = {}};
}

}  // namespace

Result<FareBookFile> open_fare_book(const std::filesystem::path& path, const std::string& trust) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return compile_folder(path, trust);
  auto opened = open_signed(path, FileKind::fare_book, trust);
  if (!opened) return fail(std::move(opened.error()));
  auto model = fare::decode_book(opened->payload);
  if (!model) return fail(std::move(model.error()), path.string());
  auto book = fare::Book::load(std::move(opened->payload));
  if (!book) return fail(std::move(book.error()), path.string());
  if ((*book)->number() != opened->header.number)
    return fail(Errc::invalid, path.string() + ": envelope and book have different numbers");
  return FareBookFile{.book = *std::move(book),
                      .model = *std::move(model),
                      .hash = to_hex(opened->header.payload_hash),
                      .header = opened->header};
}

}  // namespace tidegate::tools
