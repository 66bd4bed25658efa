// SPDX-License-Identifier: Apache-2.0
// Checks and lookups of the issuer list.
#include "nfc/tables/issuer_list.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "nfc/tables/tables_codec.h"

namespace tidegate::nfc {
namespace {

std::unexpected<Error> bad(const std::string& where, const std::string& what) {
  return fail(Errc::invalid, "issuer list: " + where + ": " + what);
}

auto pair_of(const IssuerRow& row) {
  return std::pair{row.issuer, row.iin};
}
auto kind_of(const CardKindRow& row) {
  return std::pair{row.issuer, row.kind};
}

void sort_all(IssuerListModel& model) {
  std::ranges::sort(model.issuers, {}, pair_of);
  std::ranges::sort(model.kinds, {}, kind_of);
  std::ranges::sort(model.brands, {}, &BrandRow::prefix);
  std::ranges::sort(model.test_numbers);
  std::ranges::sort(model.code_issuers);
  std::ranges::sort(model.code_keys, {}, &CodeKeyRow::index);
}

bool are_names(std::string_view zh, std::string_view en) {
  return is_table_text(zh) && is_table_text(en);
}
bool is_prefix(std::string_view digits) {
  return digits.size() >= 8 && digits.size() <= 19 &&
         std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
}
/// Sorted rows of which no two have the same key; nullptr: so it is.
template <class Row, class Key>
const Row* repeated(const std::vector<Row>& rows, Key key) {
  const auto at = std::ranges::adjacent_find(rows, {}, key);
  return at == rows.end() ? nullptr : &*at;
}

Status check_issuers(const IssuerListModel& model) {
  for (const IssuerRow& row : model.issuers) {
    const std::string where = "issuer " + to_hex(row.issuer) + ", IIN " + to_hex(row.iin);
    if (!is_bcd(row.issuer) || !is_bcd(row.iin) || all_zero(row.issuer) || all_zero(row.iin))
      return bad(where, "both must be 8 decimal digits and not 0");
    if (row.city > 0x9999) return bad(where, "city is not of 4 digits");
    if (!are_names(row.name_zh, row.name_en)) return bad(where, "a name is too long or not text");
  }
  if (const auto* row = repeated(model.issuers, pair_of))
    return bad("issuer " + to_hex(row->issuer) + ", IIN " + to_hex(row->iin), "stands there twice");
  for (const CardKindRow& row : model.kinds) {
    const std::string where = "card kind of issuer " + to_hex(row.issuer);
    if (!is_bcd(row.issuer)) return bad(where, "the issuer must be 8 decimal digits");
    // Whether a book declares a rider of its own by that number, the list cannot know.
    const auto rider = std::to_underlying(row.rider);
    const bool built_in = rider >= 1 && rider <= std::to_underlying(fare::RiderCategory::test);
    if (!built_in && rider < fare::kOwnRiderMin) return bad(where, "unknown rider category");
  }
  if (const auto* row = repeated(model.kinds, kind_of))
    return bad("card kind of issuer " + to_hex(row->issuer), "stands there twice");
  return {};
}

Status check_rest(const IssuerListModel& model) {
  for (const BrandRow& row : model.brands) {
    if (!is_prefix(row.prefix)) return bad("brand", "a prefix has 8 to 19 digits");
    if (!are_names(row.name_zh, row.name_en) || row.name_zh.empty())
      return bad("brand " + row.prefix, "a name is missing, too long or not text");
  }
  if (const auto* row = repeated(model.brands, &BrandRow::prefix))
    return bad("brand " + row->prefix, "stands there twice");
  for (const std::string& prefix : model.test_numbers)
    if (!is_prefix(prefix)) return bad("test number", "a prefix has 8 to 19 digits");
  if (const auto* prefix = repeated(model.test_numbers, std::identity{}))
    return bad("test number " + *prefix, "stands there twice");
  for (const CodeIssuerRow& row : model.code_issuers)
    if (!is_bcd(row.issuer) || all_zero(row.issuer))
      return bad("code issuer", "it must be 8 decimal digits and not 0");
  if (const auto* row = repeated(model.code_issuers, std::identity{}))
    return bad("code issuer " + to_hex(row->issuer), "stands there twice with one platform");
  if (const auto* row = repeated(model.code_keys, &CodeKeyRow::index))
    return bad("code key " + std::to_string(row->index), "stands there twice");
  return {};
}

/// The digits of a card number, without allocating.
std::array<char, 19> digits_of(const CardNumber& number) {
  std::array<char, 19> out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const Byte b = number.bcd()[(i + 1) / 2];
    const unsigned digit = i % 2 == 0 ? b & 0x0FU : b >> 4U;
    out[i] = digit <= 9 ? static_cast<char>('0' + digit) : '?';
  }
  return out;
}

}  // namespace

Bcd4 iin_of(const CardNumber& number) noexcept {
  Bcd4 out{};
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<Byte>((number.bcd()[i] & 0x0FU) << 4U | number.bcd()[i + 1] >> 4U);
  return out;
}

Result<std::shared_ptr<const IssuerList>> IssuerList::make(IssuerListModel model) {
  if (model.name.empty() || !is_table_text(model.name)) return bad("name", "is missing or no text");
  if (model.number == 0) return bad("number", "must not be 0");
  if (model.issuers.size() > kIssuersMax || model.kinds.size() > kIssuersMax ||
      model.brands.size() > kIssuersMax || model.test_numbers.size() > kIssuersMax ||
      model.code_issuers.size() > kIssuersMax)
    return bad(model.name, "more than 20,000 rows");
  sort_all(model);
  if (auto ok = check_issuers(model); !ok) return fail(std::move(ok.error()));
  if (auto ok = check_rest(model); !ok) return fail(std::move(ok.error()));
  IssuerList out{std::move(model)};
  for (const IssuerRow& row : out.model_.issuers) out.iins_.push_back(row.iin);
  std::ranges::sort(out.iins_);
  return std::make_shared<const IssuerList>(std::move(out));
}

Result<std::shared_ptr<const IssuerList>> IssuerList::load(ByteView payload) {
  auto model = decode_issuer_model(payload);
  if (!model) return fail(std::move(model.error()));
  return make(*std::move(model));
}

Result<std::shared_ptr<const IssuerList>> IssuerList::open(ByteView file,
                                                           const EnvelopePolicy& policy) {
  const auto opened = open_envelope(file, policy);
  if (!opened) return fail(opened.error());
  auto list = load(opened->payload);
  if (list && (*list)->number() != opened->header.number)
    return fail(Errc::invalid, "issuer list: envelope and payload have different numbers");
  return list;
}

Bytes IssuerList::encode() const {
  return encode_model(model_);
}

const IssuerRow* IssuerList::first_of(const Bcd4& issuer) const noexcept {
  const auto at = std::ranges::lower_bound(model_.issuers, issuer, {}, &IssuerRow::issuer);
  return at == model_.issuers.end() || at->issuer != issuer ? nullptr : &*at;
}

IssuerList::Found IssuerList::lookup(const Bcd4& issuer, const Bcd4& iin) const noexcept {
  const auto at = std::ranges::lower_bound(model_.issuers, std::pair{issuer, iin}, {}, pair_of);
  if (at != model_.issuers.end() && at->issuer == issuer && at->iin == iin)
    return {IssuerAnswer::listed, &*at};
  const IssuerRow* const first = first_of(issuer);
  if (first != nullptr || std::ranges::binary_search(iins_, iin))
    return {IssuerAnswer::iin_of_other_issuer, first};
  return {IssuerAnswer::not_listed, nullptr};
}

fare::RiderCategory IssuerList::rider(const Bcd4& issuer, Byte card_kind) const noexcept {
  for (const Bcd4& owner : {issuer, Bcd4{}}) {
    const auto at =
        std::ranges::lower_bound(model_.kinds, std::pair{owner, card_kind}, {}, kind_of);
    if (at != model_.kinds.end() && at->issuer == owner && at->kind == card_kind) return at->rider;
  }
  switch (card_kind) {
    case 2: return fare::RiderCategory::student;
    case 3: return fare::RiderCategory::senior;
    case 4: return fare::RiderCategory::test;
    case 5: return fare::RiderCategory::military;
    default: return fare::RiderCategory::adult;
  }
}

bool IssuerList::renewable(const Bcd4& issuer, const Bcd4& iin) const noexcept {
  const IssuerRow* const row = lookup(issuer, iin).row;
  return row != nullptr && row->renewable;
}

bool IssuerList::is_test_card(const Bcd4& issuer, const CardNumber& number,
                              Byte card_kind) const noexcept {
  const IssuerRow* const row = lookup(issuer, iin_of(number)).row;
  if (row != nullptr && row->test) return true;
  if (rider(issuer, card_kind) == fare::RiderCategory::test) return true;
  const auto digits = digits_of(number);
  const std::string_view text{digits.data(), digits.size()};
  for (std::size_t size = 8; size <= text.size(); ++size)
    if (std::ranges::binary_search(model_.test_numbers, text.substr(0, size), std::less<>{}))
      return true;
  return false;
}

IssuerList::Name IssuerList::card_name(const Bcd4& issuer,
                                       const CardNumber& number) const noexcept {
  const auto digits = digits_of(number);
  const std::string_view text{digits.data(), digits.size()};
  for (std::size_t size = text.size(); size >= 8; --size) {
    const auto at = std::ranges::lower_bound(model_.brands, text.substr(0, size), std::less<>{},
                                             &BrandRow::prefix);
    if (at != model_.brands.end() && at->prefix == text.substr(0, size))
      return {at->name_zh, at->name_en};
  }
  const IssuerRow* const row = lookup(issuer, iin_of(number)).row;
  return row == nullptr ? Name{} : Name{row->name_zh, row->name_en};
}

bool IssuerList::code_issuer(const Bcd4& issuer, const Bcd4& platform) const noexcept {
  return std::ranges::binary_search(model_.code_issuers, CodeIssuerRow{issuer, platform});
}

}  // namespace tidegate::nfc
