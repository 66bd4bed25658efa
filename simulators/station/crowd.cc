// SPDX-License-Identifier: Apache-2.0
// The crowd of a simulated station.
#include "simulators/station/crowd.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "base/assert.h"
#include "simulators/station/judge.h"

namespace tidegate::sim {

namespace {

namespace protocol = edge::gate_protocol;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr seconds kReadyPatience{180};
constexpr seconds kDecisionPatience{120};
/// After a tear or a reader's death the gate still says something; after its own death it does not.
constexpr seconds kGraceDisturbed{30};
/// Some leave at once when everything goes dark, some wait for the gate's next life.
constexpr milliseconds kGraceGateDied{20}, kGraceGateAwaited{1'000};
/// Asked for the same card again while it lies there: a reader that begins anew takes it by itself.
constexpr milliseconds kGraceAskedAgain{500};
constexpr milliseconds kGraceTurningAway{300};
constexpr milliseconds kSlice{50};
constexpr milliseconds kStrikeSlice{1};
constexpr unsigned kAttemptsMax = 40;
/// So many debits push a record out of a card's log.
constexpr unsigned kLogLines = 10;

/// How an attempt went.
struct Attempt {
  std::optional<Seen> seen;
  bool struck = false;  ///< the fault of this visit has come
};

[[nodiscard]] std::string two_digits(unsigned value) {
  std::string text = std::to_string(value);
  if (text.size() < 2) text.insert(0, "0");
  return text;
}

[[nodiscard]] std::string clock_text() {
  const LocalTime at = to_local(SystemClock{}.now());
  return two_digits(at.hour) + ":" + two_digits(at.minute) + ":" + two_digits(at.second);
}

[[nodiscard]] bool is_strike(Fault fault) noexcept {
  return fault != Fault::none && fault != Fault::tear;
}

[[nodiscard]] bool leads(const Spot& spot, const Visit& visit) {
  const AisleUse use = spot.aisle->use;
  const bool this_way = use == AisleUse::both || use == visit.direction;
  const bool here =
      visit.home_box != 0 ? spot.box->number == visit.home_box : spot.box->stop == visit.stop;
  return this_way && here;
}

class Crowd {
 public:
  Crowd(const Hall& hall, const std::vector<Passenger*>& passengers, CrowdReport& report)
      : hall_{hall}, report_{report}, queues_(hall.spots.size()) {
    admit(passengers);
  }

  void run() {
    if (left_ == 0) return;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < queues_.size(); ++i) {
      threads.emplace_back([this, i] { work(i); });
    }
    for (std::thread& thread : threads) thread.join();
  }

 private:
  void work(std::size_t spot) {
    while (true) {
      Job job;
      {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return left_ == 0 || !queues_[spot].empty(); });
        if (left_ == 0) return;
        job = queues_[spot].front();
        queues_[spot].pop_front();
      }
      attend(spot, job);
    }
  }

  /// Caller holds the lock, or no thread runs yet; so with all below that take a job.
  void admit(const std::vector<Passenger*>& passengers) {
    for (Passenger* passenger : passengers) {
      ++total_;
      if (passenger->settled >= passenger->visits.size()) continue;
      ++left_;
      enqueue({.passenger = passenger, .visit = passenger->settled});
    }
  }

  void enqueue(const Job& job) {
    const std::vector<std::size_t> fitting = fitting_spots(job);
    // Each passenger wanders by its own dice, whoever else is there.
    Dice dice{hall_.seed * 1'000'003 + job.passenger->number * 101 + job.visit * 17 + job.attempt};
    auto& queue = queues_[fitting[dice.below(static_cast<unsigned>(fitting.size()))]];
    // Who comes again stands at the gates already.
    if (job.attempt > 0) {
      queue.push_front(job);
    } else {
      queue.push_back(job);
    }
  }

  /// Who was struck returns where it was drawn, if there is such a place.
  [[nodiscard]] std::vector<std::size_t> fitting_spots(const Job& job) const {
    const Visit& visit = job.now();
    std::vector<std::size_t> all, wanted;
    for (std::size_t i = 0; i < hall_.spots.size(); ++i) {
      if (!leads(hall_.spots[i], visit)) continue;
      all.push_back(i);
      if (job.attempt != 1 || !job.spot) continue;
      const bool same_box = hall_.spots[i].box == hall_.spots[*job.spot].box;
      const bool same_aisle = i == *job.spot;
      const bool fits = visit.comes_back == Return::same_aisle    ? same_aisle
                        : visit.comes_back == Return::other_aisle ? same_box && !same_aisle
                                                                  : !same_box;
      if (fits) wanted.push_back(i);
    }
    ASSERT(!all.empty());
    return wanted.empty() ? all : wanted;
  }

  void attend(std::size_t at, Job job) {
    const Spot& spot = hall_.spots[at];
    const AisleNo number{spot.aisle->number};
    if (!spot.gate->wait_ready(number, kReadyPatience)) {
      const std::lock_guard lock{mutex_};
      complain(job, "aisle " + std::to_string(number.get()) + " of box " +
                        std::to_string(spot.box->number) + " did not get ready");
      finish();
      return;
    }
    const unsigned starts_before = hall_.daemons.starts(gate_unit(*spot.box));
    const Attempt attempt = present(spot, job);
    const auto& seen = attempt.seen;
    const Verdict verdict =
        judge(job, spot, seen,
              {.faults = hall_.faults, .gate_starts = hall_.daemons.starts(gate_unit(*spot.box))});
    job.spot = at;
    if (seen && seen->open) job.passed = {spot.box->number, starts_before, spot.box->stop};
    const Job told = job;
    const bool leaves = verdict == Verdict::again && job.attempt == 0 && attempt.struck &&
                        job.now().comes_back == Return::never;
    if (verdict == Verdict::again && !leaves && attempt.struck) go_elsewhere(job);
    const std::lock_guard lock{mutex_};
    count(seen);
    if (leaves) {
      job.passenger->never_returned = true;
      finish();
    } else if (verdict == Verdict::settled) {
      settle(job);
    } else if (verdict == Verdict::again) {
      come_again(job);
    } else {
      complain(job, what_was_shown(seen));
      finish();
    }
    tell(spot, told, seen, leaves);
    changed_.notify_all();
  }

  /// Puts the card down, watches, passes, takes it away.
  Attempt present(const Spot& spot, const Job& job) {
    const AisleNo number{spot.aisle->number};
    TUnionCard& card = *job.passenger->card;
    const Visit& visit = job.now();
    const bool first = job.attempt == 0;
    std::optional<Tear> tear;
    if (first && visit.fault == Fault::tear) {
      tear = Tear{.exchange = visit.exchange, .after_card = visit.after_card};
    }
    spot.gate->arm(number);
    const unsigned gate_starts = hall_.daemons.starts(gate_unit(*spot.box));
    spot.reader->put(card, tear);
    Attempt out = watch(spot, job, gate_starts);
    out.struck = out.struck || (tear && !spot.reader->has(card));
    spot.reader->take(card);
    // Whoever turns away and hears the barrier after all goes through.
    const Clock::time_point gone_at = Clock::now() + kGraceTurningAway;
    while (!decided(out.seen) && Clock::now() < gone_at) {
      std::this_thread::sleep_for(kStrikeSlice);
      if (auto late = spot.gate->wait(number, milliseconds{0})) out.seen = late;
    }
    if (out.seen && out.seen->open) {
      spot.gate->report_passage(number, opened_this_way(visit, *out.seen));
    }
    return out;
  }

  /// Open, or refused for a reason of its own.
  [[nodiscard]] static bool decided(const std::optional<Seen>& seen) {
    if (!seen) return false;
    return seen->open.has_value() || seen->display.screen == protocol::Screen::refused;
  }

  Attempt watch(const Spot& spot, const Job& job, unsigned gate_starts) {
    const AisleNo number{spot.aisle->number};
    const Visit& visit = job.now();
    const TUnionCard& card = *job.passenger->card;
    const bool strikes = job.attempt == 0 && is_strike(visit.fault);
    const bool patient = visit.draw % 2 == 0;
    Clock::time_point leave_at = Clock::now() + kDecisionPatience;
    bool disturbed = false, gate_died = false, asked_again = false, struck = false;
    while (true) {
      const bool strike_due = strikes && !struck;
      const auto seen = spot.gate->wait(number, strike_due ? kStrikeSlice : kSlice);
      if (seen && seen->display.screen == protocol::Screen::accepted) {
        if (seen->open) return {seen, struck};
      } else if (seen &&
                 !(seen->display.screen == protocol::Screen::try_again && spot.reader->has(card))) {
        return {seen, struck};
      }
      const auto now = Clock::now();
      if (seen && !std::exchange(asked_again, true)) {
        leave_at = std::min(leave_at, now + kGraceAskedAgain);
      }
      if (strike_due && spot.reader->exchanges() >= visit.exchange) {
        struck = true;
        hall_.mischief.strike(*spot.box, *spot.aisle, visit.fault, visit.draw);
      }
      if (!disturbed && (struck || !spot.reader->has(card))) {
        disturbed = true;
        leave_at = std::min(leave_at, now + kGraceDisturbed);
      }
      if (!gate_died && hall_.daemons.starts(gate_unit(*spot.box)) != gate_starts) {
        gate_died = true;
        leave_at = std::min(leave_at, now + (patient ? kGraceGateAwaited : kGraceGateDied));
      }
      if (now >= leave_at) return {seen, struck};
    }
  }

  /// Between two attempts other operators may debit the card. It is in nobody's field.
  void go_elsewhere(Job& job) const {
    if (job.attempt != 0 || job.now().foreign_debits == 0) return;
    const std::size_t before = job.passenger->foreign.size();
    shop_elsewhere(hall_.foreign, *job.passenger, job.now().foreign_debits,
                   hall_.seed * 7 + job.passenger->number);
    job.overrun = job.passenger->foreign.size() - before >= kLogLines;
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
    Passenger& passenger = *job.passenger;
    ++passenger.settled;
    if (passenger.settled < passenger.visits.size()) {
      enqueue({.passenger = &passenger, .visit = passenger.settled, .passed = job.passed});
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
    const Visit& visit = job.now();
    const std::string expected = visit.expected.refusal
                                     ? std::string{fare::refusal_name(*visit.expected.refusal)}
                                     : "accepted at " + visit.expected.fare.yuan();
    report_.unexplained.push_back("passenger " + std::to_string(job.passenger->number) + " (" +
                                  job.passenger->story + "): " + what + "; expected " + expected);
  }

  void finish() {
    if (--left_ == 0 && hall_.more) admit(hall_.more());
    changed_.notify_all();
  }

  void tell(const Spot& spot, const Job& job, const std::optional<Seen>& seen, bool leaves) const {
    const bool entry = job.now().direction == AisleUse::entry;
    const std::string box = hall_.spots.back().box->number > 1
                                ? "终端 box " + std::to_string(spot.box->number) + " "
                                : "";
    hall_.say(clock_text() + "  " + box + "通道 aisle " + std::to_string(spot.aisle->number) +
              "  " + job.passenger->masked + (entry ? "  进站 entry  " : "  出站 exit   ") +
              what_was_shown(seen) + (leaves ? "  不再回来 never comes back" : "") + "  [" +
              std::to_string(total_ - left_) + "/" + std::to_string(total_) + "]");
  }

  const Hall& hall_;
  CrowdReport& report_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::deque<Job>> queues_;
  std::size_t total_ = 0;
  std::size_t left_ = 0;
};

}  // namespace

void run_crowd(const Hall& hall, const std::vector<Passenger*>& passengers, CrowdReport& report) {
  Crowd{hall, passengers, report}.run();
}

}  // namespace tidegate::sim
