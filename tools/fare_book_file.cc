// SPDX-License-Identifier: Apache-2.0
// Opens fare books for the commands.
#include "tools/fare_book_file.h"

#include <utility>

#include "fare/engine/book_codec.h"
#include "tools/signed_file.h"

namespace tidegate::tools {

Result<FareBookFile> open_fare_book(const std::filesystem::path& path, const std::string& trust) {
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
                      .hash = to_hex(opened->header.payload_hash)};
}

}  // namespace tidegate::tools
