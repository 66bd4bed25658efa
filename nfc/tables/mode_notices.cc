// SPDX-License-Identifier: Apache-2.0
// Reads, checks and writes mode notices: rows of one width, in the order of the lookup.
#include "nfc/tables/mode_notices.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "fare/engine/lookups.h"

namespace tidegate::nfc {
namespace {

using fare::ModeInterval;

constexpr std::string_view kMagic = "TGMN";
constexpr std::size_t kNameBytes = 64, kTimeBytes = 8;
constexpr std::size_t kRowBytes = 2 * kNameBytes + 2 + 2 * kTimeBytes;
constexpr std::size_t kNoticesMax = 10'000;
constexpr std::uint16_t kAllModes = 127;

std::unexpected<Error> bad(const std::string& why) {
  return fail(Errc::invalid, "mode notices: " + why);
}

void put(Bytes& out, std::string_view name) {
  append(out, as_bytes(name));
  out.resize(out.size() + kNameBytes - name.size());
}
void put(Bytes& out, Timestamp at) {
  append_be(out, static_cast<std::uint64_t>(at.time_since_epoch().count()), kTimeBytes);
}
/// nullopt: bytes behind the zero that ends it.
std::optional<std::string_view> name_in(ByteView field) {
  const auto end = std::ranges::find(field, Byte{0});
  const auto size = static_cast<std::size_t>(end - field.begin());
  if (!all_zero(field.subspan(size))) return std::nullopt;
  return as_text(field.first(size));
}
Timestamp time_in(ByteReader& in) {
  return Timestamp{std::chrono::milliseconds{static_cast<std::int64_t>(in.be(kTimeBytes))}};
}

/// As the ids of fare books.
bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kNameBytes && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

Status check_notice(const ModeInterval& one) {
  if (!is_id(one.network.view()) || (!one.stop.empty() && !is_id(one.stop.view())))
    return bad("network or stop is no name");
  if (one.modes.bits == 0 || one.modes.bits > kAllModes) return bad("a mode does not exist");
  for (const Timestamp at : {one.from, one.until})
    if (at < Timestamp{} || at > kStillInForce) return bad("a time is not between 1970 and 2099");
  if (one.from >= one.until) return bad("a mode ends before it begins");
  return {};
}

/// fare::newest_first(), and one order for what it does not tell apart.
auto in_order(const ModeInterval& a, const ModeInterval& b) {
  if (fare::newest_first(a, b)) return true;
  if (fare::newest_first(b, a)) return false;
  const auto rest = [](const ModeInterval& one) {
    return std::tuple{one.stop.view(), one.modes.bits, one.until};
  };
  return rest(a) < rest(b);
}

}  // namespace

Result<std::shared_ptr<const ModeNotices>> ModeNotices::make(std::uint64_t number,
                                                             std::vector<ModeInterval> notices) {
  if (number == 0) return bad("number must not be 0");
  if (notices.size() > kNoticesMax) return bad("more than 10,000");
  for (const ModeInterval& one : notices)
    if (auto ok = check_notice(one); !ok) return fail(std::move(ok.error()));
  std::ranges::sort(notices, in_order);
  if (std::ranges::adjacent_find(notices) != notices.end()) return bad("one stands there twice");
  ModeNotices out;
  out.number_ = number;
  out.notices_ = std::move(notices);
  return std::make_shared<const ModeNotices>(std::move(out));
}

Result<std::shared_ptr<const ModeNotices>> ModeNotices::load(ByteView payload) {
  ByteReader in{payload};
  const ByteView magic = in.take(kMagic.size());
  const std::uint64_t width = in.be(4), number = in.be(8), count = in.be(8);
  if (!in.ok() || as_text(magic) != kMagic || width != kRowBytes)
    return bad("its payload is none (magic and width of a row)");
  if (count > kNoticesMax) return bad("more than 10,000");
  if (in.rest().size() != count * kRowBytes) return bad("longer or shorter than it says");
  std::vector<ModeInterval> notices;
  for (std::size_t i = 0; i < count; ++i) {
    const auto network = name_in(in.take(kNameBytes)), stop = name_in(in.take(kNameBytes));
    if (!network || !stop) return bad("a name has bytes behind its end");
    const fare::Modes modes{static_cast<std::uint16_t>(in.be(2))};
    const Timestamp from = time_in(in), until = time_in(in);
    notices.push_back({*network, *stop, modes, from, until});
  }
  if (!std::ranges::is_sorted(notices, in_order)) return bad("they are not in order");
  return make(number, std::move(notices));
}

Bytes ModeNotices::encode() const {
  Bytes out;
  append(out, as_bytes(kMagic));
  append_be(out, kRowBytes, 4);
  append_be(out, number_, 8);
  append_be(out, notices_.size(), 8);
  for (const ModeInterval& one : notices_) {
    put(out, one.network.view());
    put(out, one.stop.view());
    append_be(out, one.modes.bits, 2);
    put(out, one.from);
    put(out, one.until);
  }
  return out;
}

}  // namespace tidegate::nfc
