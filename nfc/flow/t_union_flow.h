// SPDX-License-Identifier: Apache-2.0
// The card flow T-Union 1A/1E: which commands find, read and debit a card, in order. Blocking, over
// the ports of nfc/purse/ports.h; decides nothing about fares and stores nothing.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "base/result.h"
#include "fare/engine/types.h"
#include "nfc/purse/apdu.h"
#include "nfc/purse/ports.h"
#include "nfc/purse/records.h"

namespace tidegate::nfc {

/// A step did not give what it must: a refusal a passenger can be told. `detail` is for the log
/// (command and status word, never a card number). `channel` is set when the channel itself failed.
class FlowError {
 public:
  FlowError(fare::RefusalCode why, std::string what, bool channel = false)
      : code{why}, detail{std::move(what)}, channel_failed{channel} {}
  fare::RefusalCode code;
  std::string detail;
  bool channel_failed;  ///< the card's state is unknown
};
template <class T>
using FlowResult = std::expected<T, FlowError>;

/// Everything read from a card before money is spoken of.
struct CardImage {
  Kernel kernel = Kernel::k1;
  PublicInfo info;
  CardKindInfo kind;
  RailRecord rail;
  bool has_rail = true;          ///< record 2701 is there, used or not
  std::optional<BusRecord> bus;  ///< record 2702, when asked for and there
  Fen balance;                   ///< real balance
  /// Of the issuer's loan, when asked for.
  Fen overdraft_left, overdraft_used;
  std::vector<TripRecord> trips;  ///< newest first, those asked for
  std::vector<LogRecord> log;     ///< newest first, only when asked for
  bool blocked = false;           ///< SELECT answered 6283, and everything could still be read
};

struct FlowSettings {
  /// First the purse K1 that nearly every card has, or the list of PPSE. What the first does not
  /// find the second looks for.
  enum class Selection : std::uint8_t { direct, ppse };

  std::chrono::milliseconds apdu_timeout{500};
  std::size_t trips = 1;  ///< newest trip records of 1E to read
  Selection selection = Selection::direct;
  bool bus = false;              ///< record 2702 is read, and journeys are by it
  bool overdraft = false;        ///< the issuer's loan is read, and may be spent
  bool journey_p1_zero = false;  ///< P1 of 80DC for EF 1A
};

/// SELECT, EF 15 (from the FCI, else read), EF 17, record 2701 (and 2702), balance, newest trips.
/// Copes with 6Cxx and 61xx, absent (6A83) and zero records. Checks structure only. A trip whose
/// content breaks the layout is left out: real cards carry such ones of other operators.
[[nodiscard]] FlowResult<CardImage> identify(CardChannel& card, const FlowSettings& settings);

/// The card's own log, newest first; ends at the first empty or absent record.
[[nodiscard]] FlowResult<std::vector<LogRecord>> read_log(CardChannel& card,
                                                          const FlowSettings& settings);

/// The medium a price is made from; the open journey is that of record 2702 where settings.bus.
/// `rider` by card kind: 01 adult, 02 student, 03 senior, 04 test, 05 military, others adult.
[[nodiscard]] fare::Medium to_medium(const CardImage& image, const FlowSettings& settings = {});

/// What a composite purchase writes beside the purse: at least one of the two. A plain purchase
/// writes nothing.
struct CardWrites {
  std::optional<std::array<Byte, kJourneyRecordBytes>> journey;  ///< record 2701 or 2702
  std::optional<TripRecord> trip;
  [[nodiscard]] unsigned commands() const noexcept {
    return static_cast<unsigned>(journey.has_value()) + static_cast<unsigned>(trip.has_value());
  }
};

/// One purchase, in the steps between which the ledger works:
///   begin()  8050 03 (composite) or 01 (plain), checks the balance against the image, SAM 8070
///   stage()  80DC 1A, 80DC 1E
///   finish() 8054, then MAC2 with the SAM
/// In this order, each once; the image must outlive it.
/// Any other command between cancels the session on the card.
class Purchase {
 public:
  Purchase(CardChannel& card, Sam& sam, const CardImage& image, const FlowSettings& settings);

  struct Begun {
    PurchaseInit init;
    SamDebit sam;
  };
  /// insufficient_balance on 9401 or when the real balance (and the overdraft that is left, where
  /// it may be spent) is below `amount`; purse_mismatch when init.balance is below `amount`, or is
  /// not the image's balance and at most the overdraft limit more; application_blocked for a
  /// blocked image or purse; unsupported_algorithm when card and SAM have no key in common;
  /// sam_unavailable.
  [[nodiscard]] FlowResult<Begun> begin(Fen amount, const LocalTime& at,
                                        PurchaseType type = PurchaseType::capp);
  [[nodiscard]] FlowResult<void> stage(const CardWrites& writes);

  /// How the debit ended, as far as this session can know.
  enum class End : std::uint8_t {
    debited,      ///< 9000 and the SAM accepts MAC2
    suspect,      ///< 9000 and MAC2 is wrong
    not_debited,  ///< the card refused 8054 with a status word that changes nothing (9302, 6985,
                  ///< 6901…)
    unknown,      ///< no answer, or one that says nothing
  };
  struct Finished {
    End end = End::unknown;
    DebitAnswer answer;    ///< for debited and suspect; zero when 9000 came without a whole answer
    std::uint16_t sw = 0;  ///< 0 when no answer came
  };
  /// Call once. After `unknown` nothing but recovery may touch this card.
  [[nodiscard]] Finished finish();

 private:
  CardChannel& card_;
  Sam& sam_;
  const CardImage& image_;
  FlowSettings settings_;
  enum class Step : std::uint8_t { made, begun, staged, finished };
  Step step_ = Step::made;
  PurchaseType type_ = PurchaseType::capp;
  Begun begun_{};
  LocalTime at_{};
};

}  // namespace tidegate::nfc
