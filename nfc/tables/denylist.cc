// SPDX-License-Identifier: Apache-2.0
// The denylist over rows of a handle and a reason.
#include "nfc/tables/denylist.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tidegate::nfc {
namespace {

constexpr std::string_view kMagic = "TGDL", kWhat = "denylist";
constexpr std::size_t kRowBytes = HandleRows::kHandleBytes + 1;

constexpr std::array<std::pair<DenyReason, std::string_view>, 5> kReasons{
    {{DenyReason::other, "other"},
     {DenyReason::lost, "lost"},
     {DenyReason::fraud, "fraud"},
     {DenyReason::debt, "debt"},
     {DenyReason::withdrawn, "withdrawn"}}};

DenyReason reason_of(ByteView behind_handle) {
  return static_cast<DenyReason>(behind_handle[0]);
}

}  // namespace

std::string_view name_of(DenyReason reason) noexcept {
  for (const auto& [known, name] : kReasons)
    if (known == reason) return name;
  return "other";
}

std::optional<DenyReason> deny_reason_from_name(std::string_view name) noexcept {
  for (const auto& [reason, known] : kReasons)
    if (known == name) return reason;
  return std::nullopt;
}

Result<std::shared_ptr<const Denylist>> Denylist::make(const HandleRowsHead& head,
                                                       std::vector<DenyRow> rows) {
  std::ranges::sort(rows, {}, &DenyRow::handle);
  Bytes bytes;
  bytes.reserve(rows.size() * kRowBytes);
  for (const DenyRow& row : rows) {
    append(bytes, row.handle.get());
    bytes.push_back(std::to_underlying(row.reason));
  }
  return load(HandleRows::encode(head, kMagic, kRowBytes, bytes));
}

Result<std::shared_ptr<const Denylist>> Denylist::load(ByteView payload) {
  auto rows = HandleRows::load(payload, kMagic, kRowBytes, kWhat);
  if (!rows) return fail(std::move(rows.error()));
  for (std::size_t i = 0; i < rows->size(); ++i)
    if (rows->row(i).back() > std::to_underlying(DenyReason::withdrawn))
      return fail(Errc::invalid, "denylist: row " + std::to_string(i) + " has an unknown reason");
  return std::make_shared<const Denylist>(Denylist{*std::move(rows)});
}

Bytes Denylist::encode() const {
  return HandleRows::encode(rows_.head(), kMagic, kRowBytes, rows_.bytes());
}

std::optional<DenyReason> Denylist::find(const ListHandle& handle) const {
  const auto found = rows_.find(handle);
  if (!found) return std::nullopt;
  return reason_of(*found);
}

std::size_t Denylist::count(DenyReason reason) const {
  std::size_t out = 0;
  for (std::size_t i = 0; i < rows_.size(); ++i)
    if (reason_of(rows_.row(i).subspan(HandleRows::kHandleBytes)) == reason) ++out;
  return out;
}

}  // namespace tidegate::nfc
