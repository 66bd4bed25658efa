// SPDX-License-Identifier: Apache-2.0
// The issuer list: which issuers' cards and codes are taken, what their card kinds mean and what
// they are called. Immutable; a lookup allocates nothing. Format: docs/formats/issuer-list.md.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/envelope/envelope.h"
#include "base/ids.h"
#include "base/result.h"
#include "fare/engine/types.h"

namespace tidegate::nfc {

/// Four BCD bytes: an issuer code (the first four of EF 15) or an IIN (eight digits of the number).
using Bcd4 = std::array<Byte, 4>;

/// The first eight digits of a card number.
[[nodiscard]] Bcd4 iin_of(const CardNumber& number) noexcept;

/// One issuer with one of its IINs; an issuer with several has several rows.
struct IssuerRow {
  Bcd4 issuer{};
  Bcd4 iin{};
  std::uint16_t city = 0;  ///< BCD, 0: not told
  std::string name_zh, name_en;
  bool renewable = false;  ///< an expired card is good again after one top-up
  bool test = false;       ///< every card of it is a test card
};
struct CardKindRow {
  Bcd4 issuer{};  ///< zero: every issuer without a row of its own for this kind
  Byte kind = 0;
  fare::RiderCategory rider = fare::RiderCategory::adult;
};
/// The name on cards whose number begins with `prefix` (9 to 19 digits).
struct BrandRow {
  std::string prefix;
  std::string name_zh, name_en;
};
/// An issuer of QR codes and the platform that makes them.
struct CodeIssuerRow {
  Bcd4 issuer{};
  Bcd4 platform{};
  friend auto operator<=>(const CodeIssuerRow&, const CodeIssuerRow&) = default;
};
/// A certification authority of QR codes: SM2 public key, x then y.
struct CodeKeyRow {
  Byte index = 0;
  std::array<Byte, 64> public_key{};
};

/// The list as plain data, for those who make one. Any order.
struct IssuerListModel {
  std::string name;
  std::uint64_t number = 0;
  std::vector<IssuerRow> issuers;
  std::vector<CardKindRow> kinds;
  std::vector<BrandRow> brands;
  std::vector<std::string> test_numbers;  ///< 8 to 19 digits
  std::vector<CodeIssuerRow> code_issuers;
  std::vector<CodeKeyRow> code_keys;
};

enum class IssuerAnswer : std::uint8_t {
  listed,               ///< issuer and IIN stand together in one row
  iin_of_other_issuer,  ///< one of the two is listed, but not with the other
  not_listed,           ///< neither is
};

class IssuerList {
 public:
  /// Sorts and checks. Errc::invalid: empty name, number 0, the same pair, kind, prefix or index
  /// twice, a value outside its range.
  [[nodiscard]] static Result<std::shared_ptr<const IssuerList>> make(IssuerListModel model);
  /// The payload of an envelope: verified with limits, then checked like make().
  [[nodiscard]] static Result<std::shared_ptr<const IssuerList>> load(ByteView payload);
  /// A whole signed file; its number must be the payload's. Errc as in open_envelope().
  [[nodiscard]] static Result<std::shared_ptr<const IssuerList>> open(ByteView file,
                                                                      const EnvelopePolicy& policy);
  /// The payload that load() reads.
  [[nodiscard]] Bytes encode() const;

  [[nodiscard]] std::string_view name() const noexcept { return model_.name; }
  [[nodiscard]] std::uint64_t number() const noexcept { return model_.number; }

  struct Found {
    IssuerAnswer answer = IssuerAnswer::not_listed;
    /// The pair's row when listed, else the first of that issuer; nullptr: the issuer has none.
    const IssuerRow* row = nullptr;
  };
  [[nodiscard]] Found lookup(const Bcd4& issuer, const Bcd4& iin) const noexcept;
  /// The issuer's own row for this kind, else the list's common row, else 01 adult, 02 student, 03
  /// senior, 04 test, 05 military, others adult.
  [[nodiscard]] fare::RiderCategory rider(const Bcd4& issuer, Byte card_kind) const noexcept;
  /// The row of this pair (or, if the IIN is not listed, of the issuer) says so.
  [[nodiscard]] bool renewable(const Bcd4& issuer, const Bcd4& iin) const noexcept;
  /// By issuer, card number or card kind.
  [[nodiscard]] bool is_test_card(const Bcd4& issuer, const CardNumber& number,
                                  Byte card_kind) const noexcept;
  /// What is printed on the card: the longest brand of its number, else the issuer's name. Empty
  /// when nobody knows.
  struct Name {
    std::string_view zh, en;
  };
  [[nodiscard]] Name card_name(const Bcd4& issuer, const CardNumber& number) const noexcept;

  [[nodiscard]] bool code_issuer(const Bcd4& issuer, const Bcd4& platform) const noexcept;
  /// Sorted rows, for those who build their own form of them.
  [[nodiscard]] const IssuerListModel& rows() const noexcept { return model_; }

 private:
  explicit IssuerList(IssuerListModel model) : model_{std::move(model)} {}
  [[nodiscard]] const IssuerRow* first_of(const Bcd4& issuer) const noexcept;

  IssuerListModel model_;
  std::vector<Bcd4> iins_;  ///< sorted
};

}  // namespace tidegate::nfc
