// SPDX-License-Identifier: Apache-2.0
// Import of mode notices.
#include <algorithm>
#include <string>
#include <utility>

#include "fare/authoring/journey_json.h"
#include "tools/tables_import.h"

namespace tidegate::tools {
namespace {

const std::vector<std::string> kHeader{"network", "stop", "mode", "from", "until"};

/// A cell of a network or stop that is too long for one would be cut to another name.
bool fits(std::string_view name) {
  return name.size() <= decltype(fare::ModeInterval::network)::capacity();
}

}  // namespace

Result<std::vector<fare::ModeInterval>> import_mode_notices(
    const std::vector<std::filesystem::path>& files, ImportNotes& notes) {
  Complaints complaints;
  std::vector<fare::ModeInterval> out;
  for (const auto& file : files) {
    const auto table = read_csv(file, complaints);
    if (!table) return fail(table.error());
    if (table->header != kHeader) {
      if (!table->header.empty())
        complaints.add(table->file, table->header_line,
                       "its header is not network,stop,mode,from,until");
      continue;
    }
    for (const CsvRows::Row& row : table->rows) {
      if (complaints.full()) break;
      const auto network = table->cell(row, "network"), stop = table->cell(row, "stop"),
                 end = table->cell(row, "until");
      const auto modes = fare::modes_from_names(table->cell(row, "mode"));
      const auto from = parse_iso8601(table->cell(row, "from"));
      const auto until = end.empty() ? Result<Timestamp>{nfc::kStillInForce} : parse_iso8601(end);
      const auto check = [&](bool good, std::string_view column, const std::string& expected) {
        if (!good) table->complain(complaints, row, column, expected + " was expected");
        return good;
      };
      const std::string time = "a time with its offset, as 2026-11-02T08:00:00+08:00,";
      bool good = check(!network.empty() && fits(network), "network", "a network of the fare book");
      good &= check(fits(stop), "stop", "a stop of the network, or nothing for all of it");
      good &= check(modes && modes->bits != 0, "mode",
                    "a mode, or several with + between (emergency, time-free, train-failure…)");
      good &= check(from.has_value(), "from", time);
      good &= check(until.has_value(), "until", time + " or nothing while it is in force");
      if (!good) continue;
      if (!check(*from < *until, "until", "a time after from")) continue;
      const fare::ModeInterval notice{network, stop, *modes, *from, *until};
      if (std::ranges::find(out, notice) == out.end())
        out.push_back(notice);
      else
        ++notes.repeated;
    }
  }
  if (!complaints.none()) return complaints.error();
  return out;
}

}  // namespace tidegate::tools
