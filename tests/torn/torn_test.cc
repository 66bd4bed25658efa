// SPDX-License-Identifier: Apache-2.0
// Every exchange of an entry and an exit × torn before or after × where the card comes back × gate
// killed or not: charged once, or not at all, or listed. docs/torn-taps.md has the result.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/torn/page.h"

namespace tidegate::edge::torn {
namespace {

/// In memory where there is some: thousands of commits.
class Folder {
 public:
  Folder() {
    const bool memory = ::access("/dev/shm", W_OK) == 0;
    std::string pattern = (memory ? std::string{"/dev/shm"} : testing::TempDir()) + "/torn-XXXXXX";
    path = ::mkdtemp(pattern.data()) == nullptr ? "" : pattern;
    EXPECT_FALSE(path.empty());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path path;
};

std::string text_of(const CellRun& run) {
  const auto strike = [](const TapSeen& tap, unsigned exchange, bool after_card) {
    const bool reached = exchange != 0 && tap.exchanges.size() >= exchange;
    return std::to_string(exchange) + (reached ? " (" + tap.exchanges[exchange - 1] + ")" : "") +
           (after_card ? " after" : " before");
  };
  const Cell& cell = run.cell;
  std::string out = "exchange " + strike(run.taps.front(), cell.exchange, cell.after_card) +
                    ", back: " + std::string{name_of(cell.back)};
  if (cell.second.exchange != 0 && run.taps.size() > 1)
    out += ", torn again at " + strike(run.taps[1], cell.second.exchange, cell.second.after_card) +
           (cell.second.kill ? ", gate killed" : "");
  return out;
}

/// Holds each run against the ledgers.
std::vector<Account> judge_all(const Setting& setting, const Hallway& hallway,
                               const std::vector<CellRun>& runs) {
  const Books here{hallway.box()}, there{hallway.other_box()};
  std::vector<Account> out;
  for (const CellRun& run : runs) {
    const Verdict verdict = judge_cell(setting, run, here, there);
    for (const std::string& complaint : verdict.complaints)
      ADD_FAILURE() << text_of(setting) << ", " << text_of(run) << ": " << complaint;
    out.push_back(verdict.account);
  }
  return out;
}

/// Runs all cells of one table, then holds them against the ledgers.
Table run_table(const Setting& setting, std::vector<std::string>& exchanges) {
  const Folder folder;
  Hallway hallway{setting, folder.path};
  const std::vector<std::string> names = hallway.exchanges();
  if (exchanges.empty()) exchanges = names;
  EXPECT_EQ(exchanges, names) << text_of(setting);

  std::vector<CellRun> runs;
  for (unsigned exchange = 1; exchange <= names.size(); ++exchange)
    for (const bool after_card : {false, true})
      for (const Back back : kBacks) runs.push_back(hallway.run({exchange, after_card, back}));
  hallway.stop();

  const std::vector<Account> accounts = judge_all(setting, hallway, runs);
  Table table{setting, {}};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const Cell& cell = runs[i].cell;
    if (cell.back == kBacks.front()) table.rows.push_back({cell.exchange, cell.after_card, {}});
    table.rows.back().cells.push_back(accounts[i]);
  }
  return table;
}

/// Torn at the debit, and torn again at every exchange of the tap that settles it.
void run_twice_torn(const Setting& setting, Back back, bool second_kill) {
  const Folder folder;
  Hallway hallway{setting, folder.path};
  const auto names = hallway.exchanges();
  const auto debit = std::ranges::find(names, "8054") - names.begin() + 1;
  std::vector<CellRun> runs;
  for (const bool after_card : {false, true}) {
    bool reached = true;
    for (unsigned exchange = 1; reached; ++exchange) {
      runs.push_back(hallway.run(
          {static_cast<unsigned>(debit), true, back, Strike{exchange, after_card, second_kill}}));
      reached = runs.back().struck_twice;
    }
  }
  hallway.stop();
  EXPECT_GT(runs.size(), 2 * names.size());
  static_cast<void>(judge_all(setting, hallway, runs));
}

TEST(TornTaps, EveryCellChargesOnceOrNotAtAllOrListsIt) {
  std::vector<std::string> exchanges;
  std::vector<Table> tables;
  for (const bool logs_before : {false, true})
    for (const AisleDirection direction : {AisleDirection::entry, AisleDirection::exit})
      for (const bool kill : {false, true}) {
        tables.push_back(run_table({direction, kill, logs_before}, exchanges));
        if (testing::Test::HasFatalFailure()) return;
      }
  const std::string page = torn_page(exchanges, tables);

  const std::filesystem::path file =
      std::filesystem::path{TIDEGATE_SOURCE_DIR} / "docs/torn-taps.md";
  if (std::getenv("TIDEGATE_WRITE_DOCS") != nullptr) {
    std::ofstream{file} << page;
    return;
  }
  std::stringstream written;
  written << std::ifstream{file}.rdbuf();
  EXPECT_EQ(written.str(), page)
      << "docs/torn-taps.md does not say what happens; TIDEGATE_WRITE_DOCS=1 writes it anew";
}

TEST(TornTaps, TornAgainWhileItIsSettledChargesOnce) {
  for (const AisleDirection direction : {AisleDirection::entry, AisleDirection::exit})
    for (const bool kill : {false, true})
      for (const Back back : {Back::same_aisle, Back::other_box})
        for (const bool second_kill : {false, true}) {
#ifdef TIDEGATE_SANITIZED
          if (second_kill != kill) continue;  // ten times as long: half of them
#endif
          run_twice_torn({direction, kill, false}, back, second_kill);
        }
}

}  // namespace
}  // namespace tidegate::edge::torn
