// SPDX-License-Identifier: Apache-2.0
// Passengers who make chains of seeded random journeys through a random book, one ride after the
// other with the same card, and what the engine and the naive side say of each tap.
#pragma once

#include <map>
#include <optional>

#include "fare/engine/journey.h"
#include "fare/engine/rebate.h"
#include "tests/fare/naive_card.h"
#include "tests/fare/random_book.h"

namespace tidegate::fare::naive {

class Passenger {
 public:
  /// Refers to all of them. `again`: the same book, saved and loaded once more.
  Passenger(const Book& text, const fare::Book& book, const fare::Book& again,
            const RandomBook& shape, Random& random);

  /// Boards, or enters and leaves, or leaves out one of the two. Fails the test where the two sides
  /// differ, also in what the clearing house gives back.
  void journey();
  /// How often each rule stood in a trace: "transfer", "overstay"; of journeys over a border "sum"
  /// and "joined".
  [[nodiscard]] const std::map<std::string, int>& seen() const noexcept { return seen_; }

 private:
  void new_card();
  void give_pass();
  void pass_time();
  void tap(const std::string& kind, const RandomBook::Network& network, const std::string& stop);
  [[nodiscard]] Answer engine(const Tap& tap);
  void clear(const RecordedTap& recorded, const Tap& tap);
  [[nodiscard]] std::string story() const;
  void check(const Decision& decision, const Tap& tap);
  void count(const Decision& decision);
  [[nodiscard]] bool chance(int many) { return pick(random_, 1, many) == 1; }

  const Book& text_;
  const fare::Book &book_, &again_;
  const RandomBook& shape_;
  Random& random_;
  Medium medium_;
  Card card_;
  /// As the clearing house sees it; nullopt: a code, or a card whose state knows less than it
  /// should for another reason than the sums.
  std::optional<Card> whole_;
  KeptState kept_;
  std::vector<std::pair<Tap, Answer>> taps_;  ///< of this card, as the naive side took them
  Moment now_, before_;                       ///< before_: of the tap before the last one
  std::int64_t persons_ = 1, children_ = 0, companions_ = 0;
  std::optional<Fen> told_;  ///< by the entry, to one person
  const RandomBook::Network* last_ = nullptr;
  int journeys_ = 0;
  std::map<std::string, int> seen_;
};

}  // namespace tidegate::fare::naive
