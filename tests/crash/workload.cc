// SPDX-License-Identifier: Apache-2.0
// Makes the groups and keeps what a gate remembers: which of its intents have no outcome yet.
#include "tests/crash/workload.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <random>

namespace tidegate::crash {

using namespace edge;

namespace {

/// Groups between two quiet moments.
constexpr int kQuietEvery = 4;

template <std::size_t N>
std::array<Byte, N> filled(std::uint64_t from) {
  std::array<Byte, N> out{};
  for (std::size_t i = 0; i < N; ++i) out[i] = static_cast<Byte>((from + i) & 0xFFU);
  return out;
}

SealedNumber sealed(std::uint64_t card) {
  SealedNumber out;
  out.key_number = 20'759;
  out.ephemeral = filled<32>(card);
  out.nonce = filled<12>(card + 1);
  out.ciphertext = Bytes(26, 0xA5);
  return out;
}

Intent intent_of(std::uint64_t card) {
  Intent out;
  out.card = CardHandle{filled<16>(card)};
  out.sealed = sealed(card);
  out.purpose = Purpose::fare;
  out.terminal = TerminalNo{{0x29, 0, 0, 0, 0, 0x17}};
  out.counter = CardCounter{static_cast<std::uint16_t>(card)};
  out.balance_before = Fen{5000};
  out.amount = Fen{300 + static_cast<std::int64_t>(card % 7) * 100};
  out.card_time = {2026, 11, 2, 8, 31, 5};
  out.journey_record = Bytes(128, 0x27);
  out.trip_record = Bytes(48, 0x1E);
  out.medium.balance = Fen{5000};
  out.context.network = NetworkId{"shanghai-metro"};
  out.context.stop = StopCode{"0245"};
  out.decision.charges = {{out.amount, {{"shanghai-metro/distance", out.amount}}}};
  return out;
}

struct OpenIntent {
  SequenceNo sequence;
  Intent intent;
};

class Gate {
 public:
  Gate(std::filesystem::path root, const WorkloadOptions& options)
      : root_{std::move(root)},
        options_{options},
        random_{options.seed},
        marks_{::open((root_ / "marks").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)} {
    if (marks_ < 0) std::abort();
  }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  ~Gate() { ::close(marks_); }

  WorkloadResult run() {
    if (!open()) return result_;
    for (int group = 1; group <= options_.groups; ++group) {
      if (const auto at = options_.faults.find(group); at != options_.faults.end())
        std::ofstream{options_.control, std::ios::trunc} << at->second;
      if (options_.restart_every != 0 && group % options_.restart_every == 0) {
        ledger_.reset();
        if (!open()) return result_;
      }
      if (group == options_.new_epoch_at && !begin_epoch()) return result_;
      append(next_group());
      // What it answers is no news: on a disk that fails the next append fails too.
      if (group % kQuietEvery == 0) static_cast<void>(ledger_->prepare());
      if (options_.prune_every != 0 && group % options_.prune_every == 0) prune();
    }
    return result_;
  }

 private:
  void mark(const std::string& text) const {
    const std::string line = text + "\n";
    if (::write(marks_, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
      std::abort();
  }
  void acknowledge() const {
    const LedgerHead head = ledger_->head();
    mark("ack " + std::to_string(head.epoch.get()) + " " + std::to_string(head.sequence.get()) +
         " " + to_hex(head.hash));
  }
  bool stop(const Error& error) {
    result_.first_error = error.message();
    return false;
  }
  bool open() {
    auto opened = Ledger::open(root_ / "ledger", workload_identity(), workload_options());
    if (!opened) return stop(opened.error());
    ledger_ = std::move(*opened);
    acknowledge();
    return true;
  }
  bool begin_epoch() {
    ledger_.reset();
    mark("new-epoch");
    const auto done =
        new_epoch(root_ / "ledger", workload_identity(), workload_options(), "disk replaced");
    if (!done) return stop(done.error());
    open_.clear();
    return open();
  }

  EntryHead head_of(std::size_t place) const {
    EntryHead out;
    // Half a minute a group: rows of `recent` grow old and are swept.
    out.at = Timestamp{std::chrono::milliseconds{1'793'577'600'000 + 30'000 * attempt_}};
    // Names the attempt and the place in it: the test looks for it.
    out.monotonic_us = static_cast<std::uint64_t>(attempt_) * 100 + place;
    out.service_day = ServiceDay{std::chrono::sys_days{std::chrono::days{20'759}}};
    out.aisle = AisleNo{3};
    return out;
  }

  std::vector<Entry> next_group() {
    ++attempt_;
    std::vector<Entry> out;
    const auto add = [&](EntryBody body) { out.push_back({head_of(out.size()), std::move(body)}); };
    std::uniform_int_distribution<int> some{0, 3};
    for (const OpenIntent& each : open_) {
      if (some(random_) == 0) continue;
      Outcome outcome;
      outcome.intent = each.sequence;
      outcome.result = some(random_) == 0 ? OutcomeResult::not_debited : OutcomeResult::debited;
      outcome.card = each.intent.card;
      outcome.amount = each.intent.amount;
      outcome.terminal = each.intent.terminal;
      outcome.sw = 0x9000;
      add(outcome);
    }
    for (int i = some(random_); i > 0; --i) add(intent_of(++card_));
    if (some(random_) == 0) add(StaffAct{"Wang", "open side gate", "wheelchair"});
    if (out.empty()) out.push_back({head_of(0), sample_refusal().body});
    return out;
  }

  void append(const std::vector<Entry>& group) {
    mark("try " + std::to_string(attempt_) + " " + std::to_string(group.size()));
    const auto numbers = ledger_->append(group);
    result_.last_failed = !numbers;
    if (!numbers) {
      mark("err " + std::to_string(attempt_) + " " +
           std::string{errc_name(numbers.error().code())});
      if (result_.failed++ == 0) result_.first_error = numbers.error().message();
    } else {
      ++result_.acknowledged;
      acknowledge();
      for (std::size_t i = 0; i < group.size(); ++i)
        if (const auto* intent = std::get_if<Intent>(&group[i].body))
          open_.push_back({(*numbers)[i], *intent});
    }
    forget_confirmed();
  }
  void prune() {
    const LedgerHead head = ledger_->head();
    PruneOrder order{.through = head.sequence, .hash = head.hash, .entries_max = 7};
    order.younger_than = order.now = Timestamp::max();
    order.head = head_of(99);
    const auto done = ledger_->prune(order);
    if (done) {
      acknowledge();
    } else if (result_.failed++ == 0) {
      result_.first_error = done.error().message();
    }
  }
  /// The ledger is asked: after an error an outcome may be there all the same.
  void forget_confirmed() {
    std::erase_if(open_, [this](const OpenIntent& each) {
      const auto left = ledger_->unconfirmed(each.intent.card);
      if (!left) return false;
      for (const Unconfirmed& one : *left)
        if (one.sequence == each.sequence) return false;
      return true;
    });
  }

  std::filesystem::path root_;
  WorkloadOptions options_;
  std::mt19937_64 random_;
  int marks_;
  std::unique_ptr<Ledger> ledger_;
  std::vector<OpenIntent> open_;
  std::int64_t attempt_ = 0;
  std::uint64_t card_ = 0;
  WorkloadResult result_;
};

}  // namespace

LedgerIdentity workload_identity() {
  LedgerIdentity out;
  out.box = BoxId{"sh-0101-a"};
  out.network = NetworkId{"shanghai-metro"};
  out.stop = StopCode{"0101"};
  out.key = crypto::signing_key_from_seed(filled<32>(1));
  return out;
}

LedgerOptions workload_options() {
  LedgerOptions out;
  out.map_bytes = 4U << 20U;
  out.checkpoint_every = 16;
  return out;
}

Entry sample_refusal() {
  Entry out;
  out.head.at = Timestamp{std::chrono::milliseconds{1'793'577'600'000}};
  out.head.service_day = ServiceDay{std::chrono::sys_days{std::chrono::days{20'759}}};
  out.body = Refusal{
      fare::RefusalCode::insufficient_balance, "8054 9401", {}, {}, fare::TapKind::entry, {}};
  return out;
}

WorkloadResult run_workload(const std::filesystem::path& root, const WorkloadOptions& options) {
  return Gate{root, options}.run();
}

}  // namespace tidegate::crash
