// SPDX-License-Identifier: Apache-2.0
// The page: exchanges by number, tables with equal rows grouped, and what each word stands for.
#include "tests/torn/page.h"

#include <algorithm>

namespace tidegate::edge::torn {
namespace {

constexpr std::string_view kHead = R"(# Torn taps: what becomes of them

Every exchange of an entry and of an exit, torn before or after the other side acted; the card
then comes back somewhere, or never; the gate lives on or is killed at that very exchange. This
page is made by `tests/torn`: the gate's pipeline runs in a process of its own with a real ledger
folder, committer and software SAM, the test answers for the simulated card, and "killed" is a
SIGKILL with a new process on the same folder. `TIDEGATE_WRITE_DOCS=1 build/dev/bin/torn_test`
writes the page; without it the test compares the page with what it got and fails on a difference.

The fare is 300 fen, an entry is a purchase of 0 fen. Foreign debits are 100 fen each, of another
operator's terminal. "Before": the card (SAM, barrier) has not acted. "After": it has, and the gate
does not hear of it. When a gate is killed, the card is taken away too. From 80DC on the intent is
on disk, from "barrier, before" on the outcome. The next tap comes seconds later. *The other box*
is one of the same station, with a ledger and a handle key of its own.

)";

constexpr std::string_view kWords = R"(
## What the words stand for

Number of debits and their sum in fen, of the torn tap and those that follow, at both boxes. A
recovered, resumed or sighted tap has two debits: the fare and a proof of 0 fen.

- *at once*: what was torn is not needed any more. *free retry*: nothing had been taken.
- *recovered*: the card had paid, its log or record says so, and the barrier opened for that.
- *resumed*: the debit was booked, and the gate had not lived to open for it.
- *sighting*: the other box opened for it at 0 fen and wrote down what it saw.
- *unconfirmed*: an intent is open at the box where the card was torn, until that box sees it again.
- *unknown*: the card cannot tell any more; listed for the clearing house.
- *never*: *nothing* was written; *not moved*: an open intent that took nothing; *debited*: booked.
)";

constexpr std::string_view kRules = R"(
## What is asserted of every cell

- The purse lost nothing or one fare, and exactly one fare (at an entry: made exactly one debit of 0
  fen) when the passenger got through. Record 2701 says the right thing.
- Each debit in a ledger is one that the purse made, by terminal, counter and amount, booked once.
- Each debit that the purse made is booked, or its intent is listed as unknown or unconfirmed. Where
  another box opened for it, a sighting names its terminal and counter.
- Who comes back is through within three taps. Only after 11 foreign debits a tap whose debit is
  listed as unknown may be refused.
- What opened the barrier is in the ledger of that box, and a further tap does not open it again.
- Every intent has one outcome at most; both ledgers verify.
)";

/// Names for accounts: the word, with a number where one word stands for several accounts.
class Labels {
 public:
  std::string of(const Account& account) {
    const auto known = std::ranges::find(known_, account, &Entry::account);
    if (known != known_.end()) return known->label;
    const auto same = std::ranges::count(known_, account.word,
                                         [](const Entry& entry) { return entry.account.word; });
    std::string label = account.word;
    if (same > 0) label += " (" + std::to_string(same + 1) + ")";
    known_.push_back({account, label});
    return label;
  }
  [[nodiscard]] std::string legend() const {
    std::string out =
        "| result | taps | barrier | purse | booked as debited | listed unknown | listed "
        "unconfirmed | sightings |\n|---|---|---|---|---|---|---|---|\n";
    for (const auto& [account, label] : known_) {
      out += "| " + label + " | " + std::to_string(account.taps) + " | " +
             (account.opened ? "opened" : "closed");
      for (const Sum* sum :
           {&account.purse, &account.debited, &account.unknown, &account.unconfirmed})
        out += " | " + text(*sum);
      out += " | " + (account.sightings == 0 ? "–" : std::to_string(account.sightings)) + " |\n";
    }
    return out;
  }

 private:
  struct Entry {
    Account account;
    std::string label;
  };
  static std::string text(const Sum& sum) {
    if (sum.count == 0) return "–";
    return std::to_string(sum.count) + ": " + std::to_string(sum.fen.count());
  }
  std::vector<Entry> known_;
};

std::string phase(bool after_card) {
  return after_card ? "after" : "before";
}

/// "3", "3–5", "8 before", "6 after – 8 before": rows `first` to `last`.
std::string range_of(const Row& first, const Row& last) {
  const std::string from = std::to_string(first.exchange), to = std::to_string(last.exchange);
  if (!first.after_card && last.after_card) return from == to ? from : from + "–" + to;
  if (from == to) return from + " " + phase(first.after_card);
  return from + " " + phase(first.after_card) + " – " + to + " " + phase(last.after_card);
}

std::string table_text(const Table& table, Labels& labels) {
  std::string out = "| exchange |";
  std::string line = "|---|";
  for (const Back back : kBacks) {
    out += " " + std::string{name_of(back)} + " |";
    line += "---|";
  }
  out += "\n" + line + "\n";
  for (std::size_t first = 0; first < table.rows.size();) {
    std::size_t last = first;
    while (last + 1 < table.rows.size() && table.rows[last + 1].cells == table.rows[first].cells)
      ++last;
    out += "| " + range_of(table.rows[first], table.rows[last]) + " |";
    for (const Account& account : table.rows[first].cells) out += " " + labels.of(account) + " |";
    out += "\n";
    first = last + 1;
  }
  return out;
}

std::string title(const Setting& setting) {
  std::string out = setting.direction == AisleDirection::entry ? "Entry" : "Exit";
  return out + (setting.kill ? ", the gate is killed" : ", the gate lives on");
}

bool pair_of(const Table& a, const Table& b) {
  return a.setting.direction == b.setting.direction && a.setting.kill == b.setting.kill &&
         a.setting.logs_before != b.setting.logs_before;
}

}  // namespace

std::string torn_page(const std::vector<std::string>& exchanges, const std::vector<Table>& tables) {
  std::string out{kHead};
  out += "| | exchange |\n|---|---|\n";
  for (std::size_t i = 0; i < exchanges.size(); ++i)
    out += "| " + std::to_string(i + 1) + " | " + exchanges[i] + " |\n";

  std::size_t cells = 0, equal = 0;
  std::string others;
  Labels entry, exit;
  for (const Table& table : tables) {
    for (const Row& row : table.rows) cells += row.cells.size();
    Labels& labels = table.setting.direction == AisleDirection::entry ? entry : exit;
    if (!table.setting.logs_before) {
      out += "\n## " + title(table.setting) + "\n\n" + table_text(table, labels);
      continue;
    }
    const auto twin =
        std::ranges::find_if(tables, [&](const Table& other) { return pair_of(other, table); });
    if (twin != tables.end() && twin->rows == table.rows) {
      ++equal;
    } else {
      others += "\n### " + title(table.setting) + "\n\n" + table_text(table, labels);
    }
  }
  out += "\n## Cards that log the counter before its increment\n\n";
  if (others.empty()) {
    out += "All four tables are the same, cell by cell.\n";
  } else {
    out += std::to_string(equal) + " of the four tables are the same, cell by cell; the others:\n";
    out += others;
  }
  out += kWords;
  out += "\nAn entry:\n\n" + entry.legend() + "\nAn exit:\n\n" + exit.legend();
  out += kRules;
  out += "\n" + std::to_string(cells) + " cells.\n";
  return out;
}

}  // namespace tidegate::edge::torn
