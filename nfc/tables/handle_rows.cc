// SPDX-License-Identifier: Apache-2.0
// Reads, writes and searches rows by list handle. Handles are spread evenly and a search of three
// million takes 22 steps: an index beside them would save less than one answer of a card costs.
#include "nfc/tables/handle_rows.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace tidegate::nfc {
namespace {

constexpr std::size_t kHeadBytes = 32;

int compare(ByteView row, ByteView other) {
  return std::memcmp(row.data(), other.data(), HandleRows::kHandleBytes);
}

std::unexpected<Error> bad(std::string_view what, const std::string& why) {
  return fail(Errc::invalid, std::string{what} + ": " + why);
}

}  // namespace

Result<HandleRows> HandleRows::load(ByteView payload, std::string_view magic, std::size_t row_bytes,
                                    std::string_view what) {
  ByteReader in{payload};
  const ByteView found = in.take(4);
  if (!in.ok() || as_text(found) != magic) return bad(what, "its payload is not one (magic)");
  HandleRows out;
  const std::uint64_t width = in.be(4);
  out.head_.number = in.be(8);
  const ByteView check = in.take(8);
  const std::uint64_t count = in.be(8);
  if (!in.ok()) return bad(what, "cut off in its head");
  out.head_.key_check = to_array<8>(check);
  if (width != row_bytes)
    return bad(what, "its rows are not of " + std::to_string(row_bytes) + " bytes");
  if (out.head_.number == 0) return bad(what, "number must not be 0");
  if (count > kHandleRowsMax) return bad(what, "more than 3,000,000 rows");
  const ByteView rows = in.rest();
  if (rows.size() != count * row_bytes) return bad(what, "longer or shorter than it says");
  out.row_bytes_ = row_bytes;
  out.rows_.assign(rows.begin(), rows.end());
  for (std::size_t i = 1; i < count; ++i)
    if (compare(out.row(i - 1), out.row(i)) >= 0)
      return bad(what, "row " + std::to_string(i) + " is not above the one before it");
  return out;
}

Bytes HandleRows::encode(const HandleRowsHead& head, std::string_view magic, std::size_t row_bytes,
                         ByteView rows) {
  ASSERT(magic.size() == 4 && rows.size() % row_bytes == 0);
  Bytes out;
  out.reserve(kHeadBytes + rows.size());
  append(out, as_bytes(magic));
  append_be(out, row_bytes, 4);
  append_be(out, head.number, 8);
  append(out, head.key_check);
  append_be(out, rows.size() / row_bytes, 8);
  append(out, rows);
  return out;
}

std::optional<ByteView> HandleRows::find(const ListHandle& handle) const {
  std::size_t first = 0, last = size();
  while (first < last) {
    const std::size_t middle = first + (last - first) / 2;
    const int order = compare(row(middle), handle.get());
    if (order == 0) return row(middle).subspan(kHandleBytes);
    if (order < 0)
      first = middle + 1;
    else
      last = middle;
  }
  return std::nullopt;
}

std::size_t handles_changed(const HandleRows& a, const HandleRows& b) {
  std::size_t i = 0, j = 0, both = 0;
  while (i < a.size() && j < b.size()) {
    const int order = compare(a.row(i), b.row(j));
    if (order == 0) ++both;
    if (order <= 0) ++i;
    if (order >= 0) ++j;
  }
  return a.size() + b.size() - 2 * both;
}

}  // namespace tidegate::nfc
