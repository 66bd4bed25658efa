// SPDX-License-Identifier: Apache-2.0
// Pricing lives without the heap: counted by an operator new of this program's own.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "tests/fare/between_book.h"
#include "tests/fare/policy_books.h"

namespace {

thread_local std::size_t allocations = 0;

void* counted(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size); memory != nullptr) return memory;
  throw std::bad_alloc{};
}

}  // namespace

void* operator new(std::size_t size) {
  return counted(size);
}
void* operator new[](std::size_t size) {
  return counted(size);
}
// std::stable_sort asks for its room so.
void* operator new(std::size_t size, const std::nothrow_t& /*nothrow*/) noexcept {
  ++allocations;
  return std::malloc(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace tidegate::fare {
namespace {

using namespace testing_books;  // NOLINT(*-using-namespace)

/// How often the heap was asked for while the tap was priced.
std::size_t asked(const Book& book, const Medium& medium, const TapContext& context, const Tap& tap,
                  bool accepted) {
  const std::size_t before = allocations;
  const Decision decision = price(book, medium, context, tap);
  const std::size_t after = allocations;
  EXPECT_EQ(decision.accepted(), accepted);
  return after - before;
}

TEST(NoAllocation, TheCounterCounts) {
  const std::size_t before = allocations;
  const auto made = std::make_unique<int>(1);
  EXPECT_EQ(allocations - before, 1U);
}

TEST(NoAllocation, EntryExitAndBoardingWithClassesStayOffTheHeap) {
  const auto book = load(classed_model());
  const TapContext a{.network = NetworkId{"m"}, .stop = StopCode{"a"}},
      b{.network = NetworkId{"m"}, .stop = StopCode{"b"}},
      pier{.network = NetworkId{"f"}, .stop = StopCode{"p"}};
  Medium medium{.rider = RiderCategory{32}, .balance = Fen{5000}, .state = CardState{}};
  const Tap in{.kind = TapKind::entry, .at = at("2026-11-02T08:00:00+08:00")},
      out{.kind = TapKind::exit, .at = at("2026-11-02T08:30:00+08:00")},
      board{.kind = TapKind::board, .at = at("2026-11-02T09:30:00+08:00")};
  EXPECT_EQ(asked(*book, medium, a, in, true), 0U);
  EXPECT_EQ(asked(*book, medium, b, out, false), 0U);
  EXPECT_EQ(asked(*book, medium, pier, board, true), 0U);
  medium.open = OpenJourney{.where = book->stop_on_card(a.network, a.stop)->code, .at = in.at};
  EXPECT_EQ(asked(*book, medium, b, out, true), 0U);
  EXPECT_EQ(asked(*book, medium, a, in, false), 0U);
}

TEST(NoAllocation, RulesBetweenRidesStayOffTheHeap) {
  Cardholder p{between_book(
      "[[interchange]]\nname = \"w\"\nnetwork = \"m\"\nminutes = 30\npairs = [\"b/c\"]\n"
      "[[transfer]]\nname = \"t\"\nnumber = 1\nfrom = [\"bus\"]\nto = [\"m\"]\n"
      "window_minutes = 60\nmeasured = \"end-to-begin\"\neffect = \"amount-off\"\nfen = 100\n"
      "[[cumulative]]\nname = \"c\"\nnetworks = [\"m\"]\nstarts = \"reaches\"\n"
      "tiers = [{ fen = 0, percent_off = 10 }]\n"
      "[[cap]]\nname = \"d\"\nnetworks = [\"m\"]\nperiod = \"day\"\nfen = 200\n")};
  std::size_t steps = 0;
  const auto tap = [&](TapKind kind, const char* network, const char* stop, std::string_view when) {
    const TapContext context{.network = NetworkId{network}, .stop = StopCode{stop}};
    const Tap what{.kind = kind, .at = at(std::string{when} + "+08:00")};
    EXPECT_EQ(asked(*p.book, p.medium, context, what, true), 0U) << when;
    steps += p.tap(kind, network, stop, when).charges.front().trace.size();
  };
  tap(TapKind::board, "bus", "l1", "2026-11-02T08:00:00");
  tap(TapKind::entry, "m", "a", "2026-11-02T08:20:00");
  tap(TapKind::exit, "m", "b", "2026-11-02T08:40:00");
  tap(TapKind::entry, "m", "c", "2026-11-02T08:50:00");
  tap(TapKind::exit, "m", "d", "2026-11-02T09:10:00");
  EXPECT_EQ(steps, 1U + 3U + 4U) << "transfer and discount; interchange, discount and cap";
}

TEST(NoAllocation, JourneysThatWentWrongStayOffTheHeap) {
  BookModel model = policy_model();
  JourneyPolicy& policy = network(model, "m").policy;
  policy.limits = {{Fen{}, 180}};
  policy.overstay = Overstay::exit_maximum;
  policy.no_exit = policy.no_entry = Unseen::station_maximum;
  policy.maximum = Fen{900};
  const auto book = load(model);
  const TapContext a{.network = NetworkId{"m"}, .stop = StopCode{"a"}},
      b{.network = NetworkId{"m"}, .stop = StopCode{"b"}};
  Medium medium{.balance = Fen{5000}, .state = CardState{}};
  const Tap in{.kind = TapKind::entry, .at = at("2026-11-02T08:00:00+08:00")},
      out{.kind = TapKind::exit,
          .at = at("2026-11-02T12:00:00+08:00"),
          .history = {interval("m", "c", Modes::kTimeFree, "2026-11-02T08:00:00+08:00",
                               "2026-11-02T08:01:00+08:00")}};
  EXPECT_EQ(asked(*book, medium, b, out, true), 0U) << "no entry";
  medium.open = OpenJourney{.where = book->stop_on_card(a.network, a.stop)->code, .at = in.at};
  EXPECT_EQ(asked(*book, medium, b, out, true), 0U) << "overstay";
  const Tap later{.kind = TapKind::entry, .at = at("2026-11-02T13:00:00+08:00")};
  EXPECT_EQ(asked(*book, medium, a, later, true), 0U) << "two charges";
}

}  // namespace
}  // namespace tidegate::fare
