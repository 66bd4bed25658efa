// SPDX-License-Identifier: Apache-2.0
// The payload that denylist and entitlements share: a head and rows of one width, sorted by list
// handle. Only for nfc/tables.
//
//   off len
//    0   4  magic of the list
//    4   4  bytes of a row, the handle's 16 among them
//    8   8  number, the envelope's
//   16   8  check value of the list key
//   24   8  number of rows
//   32      rows: handle 16, then what the list says of it
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "nfc/tables/list_handle.h"

namespace tidegate::nfc {

inline constexpr std::size_t kHandleRowsMax = 3'000'000;

struct HandleRowsHead {
  std::uint64_t number = 0;
  ListKeyCheck key_check{};
};

class HandleRows {
 public:
  static constexpr std::size_t kHandleBytes = 16;

  /// Head, size and order: each handle above the one before it. `what` begins the messages.
  [[nodiscard]] static Result<HandleRows> load(ByteView payload, std::string_view magic,
                                               std::size_t row_bytes, std::string_view what);
  /// `rows`: whole rows, sorted.
  [[nodiscard]] static Bytes encode(const HandleRowsHead& head, std::string_view magic,
                                    std::size_t row_bytes, ByteView rows);

  [[nodiscard]] const HandleRowsHead& head() const noexcept { return head_; }
  [[nodiscard]] std::size_t size() const noexcept { return rows_.size() / row_bytes_; }
  /// A whole row.
  [[nodiscard]] ByteView row(std::size_t i) const {
    return ByteView{rows_}.subspan(i * row_bytes_, row_bytes_);
  }
  [[nodiscard]] ByteView bytes() const noexcept { return rows_; }
  /// What stands behind the handle; nullopt: it is not there.
  [[nodiscard]] std::optional<ByteView> find(const ListHandle& handle) const;

 private:
  HandleRows() = default;
  HandleRowsHead head_;
  std::size_t row_bytes_ = kHandleBytes;
  Bytes rows_;
};

/// Handles that only one of the two has.
[[nodiscard]] std::size_t handles_changed(const HandleRows& a, const HandleRows& b);

}  // namespace tidegate::nfc
