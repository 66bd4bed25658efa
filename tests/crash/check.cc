// SPDX-License-Identifier: Apache-2.0
// Opens what a power cut left and compares it with what was promised.
#include "tests/crash/check.h"

#include <cstdlib>
#include <sstream>

#include "tests/crash/workload.h"

namespace tidegate::crash {

using namespace edge;

namespace {

std::string name_of(const LedgerHead& head) {
  return std::to_string(head.epoch.get()) + "/" + std::to_string(head.sequence.get());
}

std::string verify(const std::filesystem::path& folder) {
  const auto report = verify_ledger(folder);
  if (!report) return "verify_ledger: " + report.error().message();
  if (report->damaged) return "verify_ledger finds damage: " + report->what;
  return {};
}

}  // namespace

void Expectation::hear(const std::string& mark) {
  std::istringstream words{mark};
  std::string what;
  words >> what;
  if (what == "try") {
    Attempt attempt;
    words >> attempt.number >> attempt.entries;
    attempts_.push_back(attempt);
  } else if (what == "ack") {
    std::uint64_t epoch = 0, sequence = 0;
    std::string hash;
    words >> epoch >> sequence >> hash;
    head_ = {Epoch{epoch}, SequenceNo{sequence}, array_from_hex<32>(hash).value()};
    acknowledged_ = true;
    new_epoch_ = false;
    attempts_.clear();
  } else if (what == "new-epoch") {
    new_epoch_ = true;
  } else if (what != "err") {
    std::abort();
  }
}

std::string Expectation::check(const std::filesystem::path& root, bool append) const {
  const std::filesystem::path folder = root / "ledger";
  auto ledger = Ledger::open(folder, workload_identity(), workload_options());
  if (!ledger) return "Ledger::open: " + ledger.error().message();
  std::string wrong;
  if (acknowledged_ && (*ledger)->head().epoch != head_.epoch) {
    wrong = check_new_epoch(root, **ledger);
  } else if (acknowledged_) {
    wrong = check_entries(**ledger);
  } else if ((*ledger)->head().sequence != SequenceNo{0}) {
    wrong = "entries nobody tried to append";
  }
  if (!wrong.empty()) return wrong;
  if (append) {
    const Entry entry = sample_refusal();
    if (auto done = (*ledger)->append({&entry, 1}); !done)
      return "append afterwards: " + done.error().message();
  }
  ledger->reset();
  return verify(folder);
}

std::string Expectation::check_entries(const Ledger& ledger) const {
  const LedgerHead head = ledger.head();
  if (head.sequence < head_.sequence)
    return "acknowledged " + name_of(head_) + ", but the head is " + name_of(head);
  bool is_same = false;
  std::vector<StoredEntry> tail;
  const auto done = ledger.read(head_.sequence, [&](const StoredEntry& stored) {
    if (stored.sequence == head_.sequence) {
      is_same = stored.hash == head_.hash;
    } else if (!std::holds_alternative<Checkpoint>(stored.entry.body) &&
               !std::holds_alternative<Pruned>(stored.entry.body)) {
      tail.push_back(stored);
    }
    return true;
  });
  if (!done) return "reading: " + done.error().message();
  // The hash vouches for all entries before it: verify_ledger follows the chain to it.
  if (!is_same) return "entry " + name_of(head_) + " is not the one that was acknowledged";
  return check_tail(tail);
}

/// Behind the acknowledged entries only whole attempts may follow, in their order.
std::string Expectation::check_tail(const std::vector<StoredEntry>& tail) const {
  std::size_t at = 0;
  for (const Attempt& attempt : attempts_) {
    std::uint64_t found = 0;
    while (at < tail.size() && tail[at].entry.head.monotonic_us == attempt.number * 100 + found) {
      ++found;
      ++at;
    }
    if (found != 0 && found != attempt.entries)
      return "attempt " + std::to_string(attempt.number) + " is there in part";
  }
  if (at != tail.size())
    return "entry " + std::to_string(tail[at].sequence.get()) +
           " was never tried, or is out of order";
  return {};
}

std::string Expectation::check_new_epoch(const std::filesystem::path& root,
                                         const Ledger& ledger) const {
  if (!new_epoch_) return "another epoch than the acknowledged one";
  std::string wrong = "the new epoch does not cite the old one";
  const auto done = ledger.read(SequenceNo{0}, [&](const StoredEntry& stored) {
    const auto* genesis = std::get_if<Genesis>(&stored.entry.body);
    if (genesis != nullptr && genesis->previous_epoch == head_.epoch &&
        genesis->previous_head == head_.sequence && genesis->previous_hash == head_.hash)
      wrong.clear();
    return false;
  });
  if (!done) return "reading: " + done.error().message();
  if (!wrong.empty()) return wrong;
  // The old one must still be there, whole.
  for (const auto& each : std::filesystem::directory_iterator{root})
    if (each.path().filename().string().starts_with("ledger.sealed-")) {
      const auto head = read_head(each.path());
      if (head && head->hash == head_.hash) return verify(each.path());
    }
  return "the sealed ledger is gone";
}

}  // namespace tidegate::crash
