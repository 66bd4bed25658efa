// SPDX-License-Identifier: Apache-2.0
// Import of lists by card number. A number lives only while its row is read: what is kept, and what
// a message says, is its handle or where it stood.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "tools/tables_import.h"

namespace tidegate::tools {
namespace {

using Columns = std::vector<std::string>;

// A list may have three million cards; the rows of one file are in memory together.
constexpr CsvLimits kCardLimits{.columns = 3, .rows = nfc::kHandleRowsMax, .bytes = 128UL << 20U};
constexpr std::size_t kNumberDigits = 19;

/// Where a row stood.
struct Origin {
  std::size_t file = 0;  ///< index of the files read
  std::size_t line = 0;
};

/// Reads the files of one list; what a row says beside its number is the caller's.
class CardTables {
 public:
  CardTables(const crypto::Key16& list_key, ImportNotes& notes)
      : list_key_{list_key}, notes_{notes} {}

  /// `each` is given each row with its handle.
  template <class Each>
  Status read(const std::vector<std::filesystem::path>& paths, const std::vector<Columns>& headers,
              Each each) {
    for (const auto& path : paths) {
      auto table = read_csv(path, complaints_, kCardLimits);
      if (!table) return fail(std::move(table.error()));
      files_.push_back(table->file);
      if (std::ranges::find(headers, table->header) == headers.end()) {
        if (!table->header.empty())
          complaints_.add(table->file, table->header_line, "its header is not " + joined(headers));
        continue;
      }
      for (const CsvRows::Row& row : table->rows) {
        if (complaints_.full()) break;
        if (const auto number = card_number_from_text(table->cell(row, "number")))
          each(*table, row, nfc::list_handle(list_key_, *number),
               Origin{files_.size() - 1, row.line});
        else
          table->complain(complaints_, row, "number", "19 digits were expected");
      }
    }
    return {};
  }
  [[nodiscard]] Complaints& complaints() noexcept { return complaints_; }
  [[nodiscard]] ImportNotes& notes() noexcept { return notes_; }
  [[nodiscard]] std::string text(const Origin& at) const {
    return files_[at.file] + ":" + std::to_string(at.line);
  }
  void complain(const Origin& at, const std::string& what) {
    complaints_.add(files_[at.file], at.line, what);
  }

 private:
  static std::string joined(const std::vector<Columns>& headers) {
    std::string out;
    for (const Columns& header : headers) {
      if (!out.empty()) out += " or ";
      for (std::size_t i = 0; i < header.size(); ++i) out += (i == 0 ? "" : ",") + header[i];
    }
    return out;
  }

  const crypto::Key16& list_key_;
  ImportNotes& notes_;
  Complaints complaints_;
  std::vector<std::string> files_;
};

}  // namespace

std::optional<CardNumber> card_number_from_text(std::string_view text) {
  const bool digits = text.size() == kNumberDigits &&
                      std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return std::nullopt;
  return CardNumber{to_array<10>(bcd_bytes("0" + std::string{text}))};
}

Result<std::vector<nfc::DenyRow>> import_denylist(const std::vector<std::filesystem::path>& files,
                                                  const crypto::Key16& list_key,
                                                  ImportNotes& notes) {
  struct Found {
    nfc::DenyRow row;
    Origin at;
  };
  std::vector<Found> found;
  CardTables tables{list_key, notes};
  const auto each = [&](const CsvRows& table, const CsvRows::Row& row,
                        const nfc::ListHandle& handle, const Origin& at) {
    const auto text = table.cell(row, "reason");
    const auto reason = nfc::deny_reason_from_name(text.empty() ? "other" : text);
    if (reason)
      found.push_back({{handle, *reason}, at});
    else
      table.complain(tables.complaints(), row, "reason",
                     "lost, fraud, debt, withdrawn, other or nothing was expected");
  };
  if (auto ok = tables.read(files, {{"number", "reason"}, {"number"}}, each); !ok)
    return fail(std::move(ok.error()));

  std::ranges::stable_sort(found, {}, [](const Found& one) { return one.row.handle; });
  std::vector<nfc::DenyRow> out;
  const Found* before = nullptr;
  for (const Found& one : found) {
    if (before == nullptr || before->row.handle != one.row.handle) {
      out.push_back(one.row);
      before = &one;
    } else if (before->row.reason == one.row.reason) {
      ++notes.repeated;
    } else {
      tables.complain(
          one.at, "this card is already at " + tables.text(before->at) + " with another reason");
    }
  }
  if (!tables.complaints().none()) return tables.complaints().error();
  return out;
}

}  // namespace tidegate::tools
