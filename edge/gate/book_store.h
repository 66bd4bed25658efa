// SPDX-License-Identifier: Apache-2.0
// Brings a signed fare book into use: verified, its golden journeys computed again, copied into
// accepted/. The last good one stays until the next has proven itself.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/ids.h"
#include "base/result.h"
#include "edge/config/box_config.h"
#include "edge/gate/kept_file.h"
#include "fare/engine/book.h"

namespace tidegate::edge {

/// A book that has proven itself, and this box's stop in it. Immutable.
struct ActiveBook {
  std::shared_ptr<const fare::Book> book;
  Hash256 hash{};  ///< of the payload
  std::uint64_t number = 0;
  fare::Book::StopOnCard here;
};

class BookStore {
 public:
  explicit BookStore(const BoxConfig& config) : config_{config} {}

  /// Proves the configured file without changing anything.
  [[nodiscard]] Result<ActiveBook> examine() const;
  /// The configured file when it is good (then kept in accepted/), else the last good one, with an
  /// alarm. A good book that has no tariff for this station today does not replace one that has. An
  /// error: there is neither.
  [[nodiscard]] Result<ActiveBook> activate() const;

 private:
  [[nodiscard]] KeptFile<ActiveBook> file() const;
  [[nodiscard]] Result<ActiveBook> prove(Envelope envelope) const;
  [[nodiscard]] bool prices_now(const ActiveBook& active) const;

  const BoxConfig& config_;
};

}  // namespace tidegate::edge
