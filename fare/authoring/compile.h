// SPDX-License-Identifier: Apache-2.0
// Compiles a tariff's source folder (book.toml, CSV tables, golden journeys) into the payload of a
// fare book. Source format: docs/formats/fare-book.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "fare/engine/book_model.h"

namespace tidegate::fare {

struct CompileOptions {
  std::optional<std::uint64_t> number;  ///< instead of the one in book.toml
};

/// Reads the source. Errors are the first ten reasons, a line each: file, line, what was expected.
[[nodiscard]] Result<BookModel> read_book_source(const std::filesystem::path& dir);

/// Reads, checks and encodes, then loads the result and replays its golden journeys: what is
/// returned is a book that a box accepts.
[[nodiscard]] Result<Bytes> compile_book(const std::filesystem::path& dir,
                                         const CompileOptions& options = {});

/// "metro", "bus" … and their bytes in EF 1A. nullopt: no such industry.
[[nodiscard]] std::optional<Byte> industry_from_name(std::string_view name) noexcept;

}  // namespace tidegate::fare
