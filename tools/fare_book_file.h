// SPDX-License-Identifier: Apache-2.0
// A fare book from its signed file, as the commands need it: to price with, and to look into.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "fare/engine/book.h"
#include "fare/engine/book_model.h"

namespace tidegate::tools {

struct FareBookFile {
  std::shared_ptr<const fare::Book> book;
  fare::BookModel model;  ///< what the book was loaded from
  std::string hash;       ///< of the payload, in hex
};

/// With `trust` (hex of a public key) its signature must be right; without, only the hash.
[[nodiscard]] Result<FareBookFile> open_fare_book(const std::filesystem::path& path,
                                                  const std::string& trust);

}  // namespace tidegate::tools
