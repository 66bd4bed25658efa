// SPDX-License-Identifier: Apache-2.0
// Import of issuer tables.
#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "tools/tables_import.h"

namespace tidegate::tools {
namespace {

using nfc::Bcd4;
using Columns = std::vector<std::string>;

const Columns kWild{"IIN", "Issuer", "Name"};
const Columns kOwn{"iin", "issuer", "city", "name_zh", "name_en", "renewable", "test"};
const Columns kKinds{"issuer", "kind", "rider"};
const Columns kTestNumbers{"test_number"};
const Columns kCodeIssuers{"code_issuer", "platform"};
const Columns kCodeKeys{"ca_index", "public_key"};

bool is_digits(std::string_view text, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

class Importer {
 public:
  explicit Importer(ImportNotes& notes) : notes_{notes} {}

  Status add(const std::filesystem::path& path) {
    auto table = read_csv(path, complaints_);
    if (!table) return fail(std::move(table.error()));
    table_ = *std::move(table);
    const auto each = handler();
    if (each == nullptr) {
      if (!table_.header.empty())
        complaints_.add(table_.file, table_.header_line,
                        "not a table of issuers: its header is none of those documented "
                        "(IIN,Issuer,Name or iin,issuer,city,name_zh,…)");
      return {};
    }
    for (const CsvRows::Row& row : table_.rows) {
      if (complaints_.full()) break;
      (this->*each)(row);
    }
    return {};
  }

  Result<nfc::IssuerListModel> take() && {
    if (!complaints_.none()) return complaints_.error();
    return std::move(model_);
  }

 private:
  using Handler = void (Importer::*)(const CsvRows::Row&);

  [[nodiscard]] Handler handler() const {
    if (table_.header == kWild) return &Importer::wild;
    if (table_.header == kOwn) return &Importer::own;
    if (table_.header == kKinds) return &Importer::kind;
    if (table_.header == kTestNumbers) return &Importer::test_number;
    if (table_.header == kCodeIssuers) return &Importer::code_issuer;
    if (table_.header == kCodeKeys) return &Importer::code_key;
    return nullptr;
  }

  void complain(const CsvRows::Row& row, std::string_view column, const std::string& what) {
    table_.complain(complaints_, row, column, what);
  }
  /// 8 decimal digits; complains.
  std::optional<Bcd4> code(const CsvRows::Row& row, std::string_view column) {
    const auto text = table_.cell(row, column);
    if (is_digits(text, 8, 8)) return to_array<4>(bcd_bytes(text));
    complain(row, column, "8 decimal digits were expected");
    return std::nullopt;
  }
  std::optional<bool> flag(const CsvRows::Row& row, std::string_view column) {
    const auto text = table_.cell(row, column);
    if (text == "1" || text == "yes") return true;
    if (text.empty() || text == "0" || text == "no") return false;
    complain(row, column, "yes, no or nothing was expected");
    return std::nullopt;
  }
  /// Each key once; the same row again is passed over, another one with its key is a complaint.
  bool is_new(const CsvRows::Row& row, std::string_view column, const std::string& key) {
    std::string content;
    for (const std::string& cell : row.cells) content += cell + ",";
    const auto [at, added] = seen_.emplace(key, Seen{content, table_.file, row.line});
    if (added) return true;
    const Seen& before = at->second;
    if (before.content == content)
      ++notes_.repeated;
    else
      complain(row, column,
               "already at " + before.file + ":" + std::to_string(before.line) +
                   " with another content");
    return false;
  }

  void wild(const CsvRows::Row& row) {
    const auto iin = table_.cell(row, "IIN"), issuer = table_.cell(row, "Issuer"),
               name = table_.cell(row, "Name");
    if (!is_digits(iin, 8, 19)) return complain(row, "IIN", "8 to 19 digits were expected");
    if (!is_new(row, "IIN", "iin " + std::string{iin})) return;
    // Rows of a longer IIN, or without an issuer, only tell what cards of that number are called.
    if (issuer.empty()) {
      if (name.empty())
        ++notes_.nameless;
      else
        model_.brands.push_back({std::string{iin}, std::string{name}, {}});
      return;
    }
    if (iin.size() != 8) return complain(row, "IIN", "an issuer's IIN has 8 digits");
    const auto owner = code(row, "Issuer");
    if (!owner) return;
    nfc::IssuerRow out;
    out.issuer = *owner;
    out.iin = to_array<4>(bcd_bytes(iin));
    out.name_zh = name;
    model_.issuers.push_back(std::move(out));
  }

  void own(const CsvRows::Row& row) {
    const auto iin = code(row, "iin"), issuer = code(row, "issuer");
    const auto renewable = flag(row, "renewable"), test = flag(row, "test");
    const auto city = table_.cell(row, "city");
    if (!city.empty() && !is_digits(city, 4, 4))
      return complain(row, "city", "4 digits or nothing was expected");
    if (!iin || !issuer || !renewable || !test) return;
    if (!is_new(row, "iin", "pair " + to_hex(*issuer) + to_hex(*iin))) return;
    model_.issuers.push_back({.issuer = *issuer,
                              .iin = *iin,
                              .city = city.empty()
                                          ? std::uint16_t{0}
                                          : static_cast<std::uint16_t>(read_be(bcd_bytes(city))),
                              .name_zh = std::string{table_.cell(row, "name_zh")},
                              .name_en = std::string{table_.cell(row, "name_en")},
                              .renewable = *renewable,
                              .test = *test});
  }

  void kind(const CsvRows::Row& row) {
    std::optional<Bcd4> issuer = Bcd4{};  // nothing or *: every issuer
    const auto text = table_.cell(row, "issuer");
    if (!text.empty() && text != "*") issuer = code(row, "issuer");
    const auto kind = array_from_hex<1>(table_.cell(row, "kind"));
    if (!kind) complain(row, "kind", "2 hex digits were expected");
    const auto rider = rider_from_text(table_.cell(row, "rider"));
    if (!rider)
      complain(row, "rider",
               "a rider category was expected (adult, student, senior…, or the number of a fare "
               "book's own, 32 to 255)");
    if (!issuer || !kind || !rider) return;
    if (!is_new(row, "kind", "kind " + to_hex(*issuer) + to_hex(*kind))) return;
    model_.kinds.push_back({*issuer, (*kind)[0], *rider});
  }

  void test_number(const CsvRows::Row& row) {
    const auto text = table_.cell(row, "test_number");
    if (!is_digits(text, 8, 19))
      return complain(row, "test_number", "8 to 19 digits were expected");
    if (is_new(row, "test_number", "test " + std::string{text}))
      model_.test_numbers.emplace_back(text);
  }

  void code_issuer(const CsvRows::Row& row) {
    const auto issuer = code(row, "code_issuer");
    const auto platform = array_from_hex<4>(table_.cell(row, "platform"));
    if (!platform) complain(row, "platform", "8 hex digits were expected");
    if (!issuer || !platform) return;
    if (is_new(row, "platform", "code " + to_hex(*issuer) + to_hex(*platform)))
      model_.code_issuers.push_back({*issuer, *platform});
  }

  void code_key(const CsvRows::Row& row) {
    const auto index = array_from_hex<1>(table_.cell(row, "ca_index"));
    if (!index) complain(row, "ca_index", "2 hex digits were expected");
    const auto key = array_from_hex<64>(table_.cell(row, "public_key"));
    if (!key) complain(row, "public_key", "128 hex digits were expected: x, then y");
    if (!index || !key) return;
    if (is_new(row, "ca_index", "ca " + to_hex(*index)))
      model_.code_keys.push_back({(*index)[0], *key});
  }

  struct Seen {
    std::string content, file;
    std::size_t line = 0;
  };
  ImportNotes& notes_;
  Complaints complaints_;
  CsvRows table_;
  std::map<std::string, Seen> seen_;
  nfc::IssuerListModel model_;
};

}  // namespace

std::optional<fare::RiderCategory> rider_from_text(std::string_view text) {
  if (const auto known = fare::rider_from_name(text)) return known;
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < fare::kOwnRiderMin ||
      number > 0xFF)
    return std::nullopt;
  return static_cast<fare::RiderCategory>(number);
}

Result<nfc::IssuerListModel> import_issuers(const std::vector<std::filesystem::path>& files,
                                            ImportNotes& notes) {
  Importer importer{notes};
  for (const auto& file : files)
    if (auto ok = importer.add(file); !ok) return fail(std::move(ok.error()));
  return std::move(importer).take();
}

}  // namespace tidegate::tools
