// SPDX-License-Identifier: Apache-2.0
// A fare book as the commands need it, to price with and to look into: from its signed file, or
// compiled on the fly from its source folder.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/envelope/envelope.h"
#include "base/result.h"
#include "fare/engine/book.h"
#include "fare/engine/book_model.h"

namespace tidegate::tools {

struct FareBookFile {
  std::shared_ptr<const fare::Book> book;
  fare::BookModel model;                 ///< what the book was loaded from
  std::string hash;                      ///< of the payload, in hex
  std::optional<EnvelopeHeader> header;  ///< none: from a source folder
};

/// With `trust` (hex of a public key) its signature must be right; without, only the hash.
/// Errc::refused: `trust` for a folder, which nobody has signed.
[[nodiscard]] Result<FareBookFile> open_fare_book(const std::filesystem::path& path,
                                                  const std::string& trust);

}  // namespace tidegate::tools
