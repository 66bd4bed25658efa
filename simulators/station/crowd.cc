// SPDX-License-Identifier: Apache-2.0
// The crowd of a simulated station.
#include "simulators/station/crowd.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace tidegate::sim {

namespace {

namespace protocol = edge::gate_protocol;
using fare::RefusalCode;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr seconds kReadyPatience{180};
constexpr seconds kDecisionPatience{120};
/// After a tear or a reader's death the gate still says something; after its own death it does not.
constexpr seconds kGraceDisturbed{30};
constexpr seconds kGraceGateDied{1};
constexpr milliseconds kSlice{50};
constexpr milliseconds kStrikeSlice{1};
constexpr unsigned kAttemptsMax = 15;

/// A passenger on the way to settle one visit.
struct Job {
  Passenger* passenger = nullptr;
  std::size_t visit = 0;
  unsigned attempt = 0;
  bool uncertain = false;  ///< an earlier attempt ended without a clear word
  /// How often the gate had been started when this passenger last went through; 0: never yet.
  unsigned passed_under = 0;
};

enum class Verdict : std::uint8_t { settled, again, wrong };

/// Nothing was taken, or nobody can tell yet: the passenger is asked to come again.
[[nodiscard]] bool asks_to_return(const protocol::Display& display) {
  if (display.screen == protocol::Screen::try_again ||
      display.screen == protocol::Screen::out_of_service) {
    return true;
  }
  if (display.screen != protocol::Screen::refused) return false;
  const auto code = fare::refusal_from_number(display.refusal);
  return code == RefusalCode::card_torn || code == RefusalCode::unconfirmed ||
         code == RefusalCode::aisle_closed;
}

/// The barrier opened the way this passenger wants to go.
[[nodiscard]] bool opened_this_way(const Visit& visit, const Seen& seen) {
  return seen.open && (seen.open->direction == protocol::Direction::entry) ==
                          (visit.direction == AisleUse::entry);
}

/// A gate that was killed may have forgotten a passage that was not on disk yet. It then opens once
/// more for nothing, the way it did: that risk is taken, so that nobody who paid stays outside.
[[nodiscard]] bool may_repeat(const Job& job, unsigned gate_starts, Fen fare) {
  return job.passed_under != 0 && job.passed_under != gate_starts && fare == Fen{};
}

[[nodiscard]] Verdict judge(const Job& job, const std::optional<Seen>& seen, unsigned gate_starts) {
  if (!seen || asks_to_return(seen->display)) return Verdict::again;
  const Visit& visit = job.passenger->visits[job.visit];
  if (seen->display.screen == protocol::Screen::refused) {
    const auto code = fare::refusal_from_number(seen->display.refusal);
    return code && code == visit.expected.refusal ? Verdict::settled : Verdict::wrong;
  }
  if (!seen->open) return Verdict::again;  // shown, but the barrier stayed shut
  const bool way_fits = opened_this_way(visit, *seen);
  if (may_repeat(job, gate_starts, seen->display.fare)) {
    if (visit.expected.refusal == RefusalCode::already_entered) return Verdict::settled;
    // An aisle for both ways took who wants out for who did not get in yet.
    if (!way_fits) return Verdict::again;
  }
  if (visit.expected.refusal) return Verdict::wrong;
  // Who was charged by an attempt that nobody saw the end of passes at 0 fen.
  const bool fare_fits =
      seen->display.fare == visit.expected.fare || (job.uncertain && seen->display.fare == Fen{});
  return way_fits && fare_fits ? Verdict::settled : Verdict::wrong;
}

[[nodiscard]] std::string two_digits(unsigned value) {
  std::string text = std::to_string(value);
  if (text.size() < 2) text.insert(0, "0");
  return text;
}

[[nodiscard]] std::string clock_text() {
  const LocalTime at = to_local(SystemClock{}.now());
  return two_digits(at.hour) + ":" + two_digits(at.minute) + ":" + two_digits(at.second);
}

[[nodiscard]] std::string what_was_shown(const std::optional<Seen>& seen) {
  if (!seen) return "无显示 no answer";
  const protocol::Display& display = seen->display;
  switch (display.screen) {
    case protocol::Screen::accepted:
      return "票价 fare " + display.fare.yuan() + "  余额 balance " + display.balance.yuan() +
             (seen->open ? "" : "  门未开 barrier stayed shut");
    case protocol::Screen::refused: {
      const auto code = fare::refusal_from_number(display.refusal);
      const std::string name = code ? std::string{fare::refusal_name(*code)} : "?";
      return "拒绝 refused: " + display.zh + " " + display.en + " (" + name + ")";
    }
    case protocol::Screen::try_again: return "请再刷一次 same card again, please";
    case protocol::Screen::out_of_service: return "暂停服务 out of service";
    case protocol::Screen::ready: break;
  }
  return "请刷卡 ready";
}

class Crowd {
 public:
  Crowd(const Hall& hall, std::vector<Passenger>& passengers)
      : hall_{hall}, queues_(hall.aisles.size()), total_{passengers.size()}, left_{total_} {
    for (Passenger& passenger : passengers) {
      if (passenger.visits.empty()) {
        --left_;
      } else {
        enqueue({.passenger = &passenger});
      }
    }
  }

  CrowdReport run() {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < queues_.size(); ++i) {
      threads.emplace_back([this, i] { work(i); });
    }
    for (std::thread& thread : threads) thread.join();
    return std::move(report_);
  }

 private:
  void work(std::size_t aisle) {
    while (true) {
      Job job;
      {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return left_ == 0 || !queues_[aisle].empty(); });
        if (left_ == 0) return;
        job = queues_[aisle].front();
        queues_[aisle].pop_front();
      }
      attend(aisle, job);
    }
  }

  /// Caller holds the lock, or no thread runs yet.
  void enqueue(const Job& job) {
    const Visit& visit = job.passenger->visits[job.visit];
    std::vector<std::size_t> fitting;
    for (std::size_t i = 0; i < hall_.aisles.size(); ++i) {
      const AisleUse use = hall_.aisles[i].use;
      if (use == AisleUse::both || use == visit.direction) fitting.push_back(i);
    }
    ASSERT(!fitting.empty());
    // Each passenger wanders by its own dice, whoever else is there; who comes again may do so at
    // another aisle.
    Dice dice{hall_.seed * 1'000'003 + job.passenger->number * 101 + job.visit * 17 + job.attempt};
    queues_[fitting[dice.below(static_cast<unsigned>(fitting.size()))]].push_back(job);
  }

  void attend(std::size_t aisle, Job job) {
    const AisleNo number{hall_.aisles[aisle].number};
    if (!hall_.gate.wait_ready(number, kReadyPatience)) {
      const std::lock_guard lock{mutex_};
      complain(job, "aisle " + std::to_string(number.get()) + " did not get ready");
      finish();
      return;
    }
    const unsigned starts_before = hall_.daemons.starts(kGateUnit);
    const std::optional<Seen> seen = present(aisle, job);
    const Verdict verdict = judge(job, seen, hall_.daemons.starts(kGateUnit));
    if (seen && seen->open) job.passed_under = starts_before;
    const std::lock_guard lock{mutex_};
    count(seen);
    switch (verdict) {
      case Verdict::settled: settle(job); break;
      case Verdict::wrong: complain(job, what_was_shown(seen)), finish(); break;
      case Verdict::again: come_again(job); break;
    }
    tell(number, job, seen);
    changed_.notify_all();
  }

  /// Puts the card down, watches, passes, takes it away.
  std::optional<Seen> present(std::size_t aisle, const Job& job) {
    const AisleNo number{hall_.aisles[aisle].number};
    Passenger& passenger = *job.passenger;
    const Visit& visit = passenger.visits[job.visit];
    SimReader& reader = *hall_.readers[aisle];
    std::optional<Tear> tear;
    if (job.attempt == 0 && visit.fault == Fault::tear) {
      tear = Tear{.exchange = visit.exchange, .after_card = visit.after_card};
    }
    hall_.gate.arm(number);
    const unsigned gate_starts = hall_.daemons.starts(kGateUnit);
    reader.put(*passenger.card, tear);
    const std::optional<Seen> seen = watch(aisle, job, gate_starts);
    if (seen && seen->open) hall_.gate.report_passage(number, opened_this_way(visit, *seen));
    reader.take(*passenger.card);
    return seen;
  }

  std::optional<Seen> watch(std::size_t aisle, const Job& job, unsigned gate_starts) {
    const AisleNo number{hall_.aisles[aisle].number};
    const Visit& visit = job.passenger->visits[job.visit];
    const SimReader& reader = *hall_.readers[aisle];
    bool strike = job.attempt == 0 && visit.fault != Fault::none && visit.fault != Fault::tear;
    Clock::time_point leave_at = Clock::now() + kDecisionPatience;
    bool disturbed = false, gate_died = false;
    while (true) {
      const auto seen = hall_.gate.wait(number, strike ? kStrikeSlice : kSlice);
      if (seen && seen->display.screen == protocol::Screen::accepted) {
        if (seen->open) return seen;
      } else if (seen && !(seen->display.screen == protocol::Screen::try_again &&
                           reader.has(*job.passenger->card))) {
        return seen;
      }
      const auto now = Clock::now();
      if (strike && reader.exchanges() >= visit.exchange) {
        strike = false;
        strike_at(aisle, visit.fault);
      }
      if (!disturbed && !strike && (is_kill(visit.fault) || !reader.has(*job.passenger->card))) {
        disturbed = true;
        leave_at = std::min(leave_at, now + kGraceDisturbed);
      }
      if (!gate_died && hall_.daemons.starts(kGateUnit) != gate_starts) {
        gate_died = true;
        leave_at = std::min(leave_at, now + kGraceGateDied);
      }
      if (now >= leave_at) return seen;
    }
  }

  [[nodiscard]] static bool is_kill(Fault fault) noexcept {
    return fault != Fault::none && fault != Fault::tear;
  }

  void strike_at(std::size_t aisle, Fault fault) {
    const std::string unit = reader_unit(hall_.aisles[aisle].number);
    if (fault == Fault::gate_kill) {
      hall_.daemons.kill_unit(kGateUnit);
    } else if (fault == Fault::reader_kill) {
      hall_.daemons.kill_unit(unit);
    } else {
      hall_.daemons.kill_child_of(unit);
    }
  }

  void count(const std::optional<Seen>& seen) {
    ++report_.taps;
    if (!seen) return;
    if (seen->display.screen == protocol::Screen::accepted) ++report_.accepted;
    if (seen->display.screen != protocol::Screen::refused) return;
    const auto code = fare::refusal_from_number(seen->display.refusal);
    ++report_.refused[code ? std::string{fare::refusal_name(*code)} : "unknown_number"];
  }

  void settle(const Job& job) {
    if (job.visit + 1 < job.passenger->visits.size()) {
      enqueue(
          {.passenger = job.passenger, .visit = job.visit + 1, .passed_under = job.passed_under});
    } else {
      finish();
    }
  }

  void come_again(Job job) {
    job.uncertain = true;
    if (++job.attempt < kAttemptsMax) {
      enqueue(job);
    } else {
      complain(job, "came " + std::to_string(job.attempt) + " times and was never settled");
      finish();
    }
  }

  void complain(const Job& job, const std::string& what) {
    const Visit& visit = job.passenger->visits[job.visit];
    const std::string expected = visit.expected.refusal
                                     ? std::string{fare::refusal_name(*visit.expected.refusal)}
                                     : "accepted at " + visit.expected.fare.yuan();
    report_.unexplained.push_back("passenger " + std::to_string(job.passenger->number) + " (" +
                                  job.passenger->story + "): " + what + "; expected " + expected);
  }

  void finish() {
    --left_;
    changed_.notify_all();
  }

  void tell(AisleNo aisle, const Job& job, const std::optional<Seen>& seen) {
    const Visit& visit = job.passenger->visits[job.visit];
    const bool entry = visit.direction == AisleUse::entry;
    hall_.say(clock_text() + "  通道 aisle " + std::to_string(aisle.get()) + "  " +
              job.passenger->masked + (entry ? "  进站 entry  " : "  出站 exit   ") +
              what_was_shown(seen) + "  [" + std::to_string(total_ - left_) + "/" +
              std::to_string(total_) + "]");
  }

  const Hall& hall_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::deque<Job>> queues_;
  std::size_t total_ = 0;
  std::size_t left_ = 0;
  CrowdReport report_;
};

}  // namespace

CrowdReport run_crowd(const Hall& hall, std::vector<Passenger>& passengers) {
  return Crowd{hall, passengers}.run();
}

std::string reader_unit(std::uint16_t aisle) {
  return "reader-" + std::to_string(aisle);
}

}  // namespace tidegate::sim
