// SPDX-License-Identifier: Apache-2.0
// Fuzzes the whole flow of a card: it is identified, read and debited over a channel whose answers
// come from the input, or from an honest card whose answers the input bends. However it ends, what
// the flow says about money must be so.
#include <algorithm>
#include <optional>

#include "nfc/flow/t_union_flow.h"
#include "nfc/purse/mac.h"
#include "simulators/card/card_types.h"
#include "tests/fuzz/target.h"

namespace tidegate::fuzz {

namespace {

using namespace nfc;

/// No flow needs so many; one that does would hang at a gate.
constexpr std::size_t kExchangesMax = 400;
constexpr std::array<Byte, 6> kTerminal{0x41, 0x31, 0x00, 0x00, 0x00, 0x02};

/// A SAM that knows the keys the simulated cards are made of, and nothing of SM4.
class KnowingSam final : public Sam {
 public:
  [[nodiscard]] TerminalNo terminal() const override { return TerminalNo{kTerminal}; }
  [[nodiscard]] Byte key_index() const override { return 1; }
  [[nodiscard]] Result<SamDebit> init_for_purchase(const SamRequest& request) override {
    if (request.algorithm != 0) return fail(Errc::unsupported, "no key");
    const auto key = card_key(sim::RootKeys{}.purchase, request.issuer_factor, request.pan_factor);
    const SamTxnNo txn{0x100};
    session_ = session_key(key, request.random, request.counter, txn);
    amount_ = request.amount;
    return SamDebit{.txn = txn,
                    .mac1 = mac1(session_, request.amount, request.type, terminal(), request.at)};
  }
  [[nodiscard]] Result<bool> credit(const std::array<Byte, 4>& mac2) override {
    return nfc::mac2(session_, amount_) == mac2;
  }

 private:
  crypto::Block8 session_{};
  Fen amount_;
};

/// What the input does to one exchange.
enum class Bend : Byte {
  replace,      ///< the answer comes from the input
  cut,          ///< … ends early
  flip,         ///< … has other bits
  status,       ///< … has another status word
  lost_before,  ///< the card never saw the command
  lost_after,   ///< the card has acted, its answer is lost
  pretended,    ///< the card never saw the command, but 9000 is said, with data from the input
  first_honest
};

class BentCard final : public CardChannel {
 public:
  /// nullptr: every answer comes from the input.
  BentCard(sim::TUnionCard* honest, Input& input) : honest_{honest}, input_{input} {}

  [[nodiscard]] Result<Bytes> transceive(ByteView command,
                                         std::chrono::milliseconds /*timeout*/) override {
    ASSERT(++exchanges_ <= kExchangesMax);
    ASSERT(command.size() >= 4 && command.size() <= 262);
    last_was_honest = false;
    const Byte op = input_.byte();
    if (honest_ == nullptr) return scripted(op);
    // The more honest answers the deeper the flow goes.
    const Bend bend =
        op < static_cast<Byte>(Bend::first_honest) ? static_cast<Bend>(op) : Bend::first_honest;
    if (bend == Bend::lost_before) return fail(Errc::gone, "the card left");
    if (bend == Bend::pretended) {
      Bytes answer = bytes_of_input();
      append(answer, Bytes{0x90, 0x00});
      return answer;
    }
    Bytes answer = honest_->transceive(command);
    switch (bend) {
      case Bend::replace: return bytes_of_input();
      case Bend::cut: answer.resize(std::min<std::size_t>(answer.size(), input_.byte())); break;
      case Bend::flip: answer[input_.byte() % answer.size()] ^= input_.byte(); break;
      case Bend::status:
        answer[answer.size() - 2] = input_.byte();
        answer.back() = input_.byte();
        break;
      case Bend::lost_after: return fail(Errc::timeout, "no answer");
      default: last_was_honest = true; break;
    }
    return answer;
  }

  bool last_was_honest = false;

 private:
  Result<Bytes> scripted(Byte op) {
    if (op == 0xFF) return fail(Errc::gone, "the card left");
    if (op == 0xFE) return fail(Errc::timeout, "no answer");
    if (op == 0xFD) return fail(Errc::io, "no reader");
    const ByteView answer = input_.take(op);
    return Bytes{answer.begin(), answer.end()};
  }
  Bytes bytes_of_input() {
    const ByteView answer = input_.take(input_.byte());
    return {answer.begin(), answer.end()};
  }

  sim::TUnionCard* honest_;
  Input& input_;
  std::size_t exchanges_ = 0;
};

/// What is read must be what the files can hold.
void check_image(const CardImage& image, const FlowSettings& settings) {
  ASSERT(image.balance >= Fen{} && image.balance <= kPurseMax);
  ASSERT(image.trips.size() <= std::max<std::size_t>(settings.trips, 1));
  ASSERT(image.has_rail || image.rail == RailRecord{});
  if (image.rail.inside()) ASSERT(image.rail.entry_at.has_value());
  const fare::Medium medium = to_medium(image, settings);
  ASSERT(medium.balance == image.balance);
}

CardWrites writes_for(const CardImage& image, const FlowSettings& settings, const LocalTime& at,
                      PurchaseType type) {
  CardWrites out;
  if (type == PurchaseType::purchase) return out;
  if (settings.bus && image.bus) {
    BusRecord bus = *image.bus;
    bus.status = BusStatus::boarded;
    bus.boarding.at = at;
    out.journey = encode_bus_record(bus);
  } else if (image.has_rail) {
    RailRecord rail = image.rail;
    rail.status = RailStatus::entered;
    rail.entry_at = at;
    out.journey = encode_rail_record(rail);
  }
  TripRecord trip;
  trip.type = 0x03;
  trip.at = at;
  trip.city = 0x2900;
  out.trip = trip;
  return out;
}

/// The card's own view of money, before and after.
struct Purse {
  std::uint32_t available = 0;
  std::uint16_t counter = 0;
  explicit Purse(const sim::CardImageData& image)
      : available{image.balance + image.overdraft_limit - image.overdraft_used},
        counter{image.counter} {}
  friend bool operator==(const Purse&, const Purse&) = default;
};

void debit(BentCard& channel, sim::TUnionCard* honest, const CardImage& image,
           const FlowSettings& settings, Fen amount, PurchaseType type) {
  const LocalTime at{.year = 2026, .month = 1, .day = 5, .hour = 8, .minute = 0, .second = 0};
  KnowingSam sam;
  Purchase purchase{channel, sam, image, settings};
  const auto begun = purchase.begin(amount, at, type);
  if (!begun) return;
  ASSERT(!image.blocked);
  const CardWrites writes = writes_for(image, settings, at, type);
  if (!purchase.stage(writes)) return;
  const auto before = honest == nullptr ? std::nullopt : std::optional{Purse{honest->image()}};
  const Purchase::Finished finished = purchase.finish();
  if (!before) return;
  const Purse after{honest->image()};
  const bool taken = after != *before;
  if (taken) {
    ASSERT(before->available - after.available == static_cast<std::uint32_t>(amount.count()));
    ASSERT(after.counter == static_cast<std::uint16_t>(before->counter + 1));
  }
  // Nobody can forge MAC2; and an answer that was let through tells the truth.
  if (finished.end == Purchase::End::debited) ASSERT(taken);
  if (channel.last_was_honest) ASSERT((finished.end == Purchase::End::debited) == taken);
}

}  // namespace

void card_run(ByteView input) {
  static const std::vector<std::string> names = sim::card_type_names();
  // The card's random numbers follow the whole input, so that no input can know a MAC.
  const Hash256 hash = crypto::sha256({input});
  Input in{input};
  const Byte mode = in.byte();
  const Byte how = in.byte();
  const Fen amount{static_cast<std::int64_t>(in.byte()) * 10};
  FlowSettings settings;
  settings.trips = 1U + (how & 0x03U);
  settings.selection =
      (how & 0x04U) != 0 ? FlowSettings::Selection::ppse : FlowSettings::Selection::direct;
  settings.bus = (how & 0x08U) != 0;
  settings.overdraft = (how & 0x10U) != 0;
  settings.journey_p1_zero = (how & 0x20U) != 0;
  const auto type = (how & 0x40U) != 0 ? PurchaseType::purchase : PurchaseType::capp;

  std::optional<sim::TUnionCard> honest;
  if (mode != 0) {
    sim::CardHabits habits;
    habits.next_randoms = {to_array<4>(ByteView{hash}.first(4))};
    honest.emplace(sim::card_image_of_type(names[(mode - 1U) % names.size()]).value(), habits);
  }
  sim::TUnionCard* const card = honest ? &*honest : nullptr;
  const auto before = card == nullptr ? std::nullopt : std::optional{Purse{card->image()}};
  BentCard channel{card, in};
  const auto image = identify(channel, settings);
  if (before) ASSERT(Purse{card->image()} == *before);
  if (!image) return;
  check_image(*image, settings);
  if ((how & 0x80U) != 0) {
    if (const auto log = read_log(channel, settings)) ASSERT(log->size() <= kLogRecords);
  }
  debit(channel, card, *image, settings, amount, type);
}

std::vector<Bytes> card_seeds() {
  std::vector<Bytes> out;
  const std::vector<std::string> names = sim::card_type_names();
  const Bytes honest(40, 0xFF);
  // A metro entry, a metro exit with the log, a bus, a plain purchase, a card by its directory.
  for (const Byte how : std::array<Byte, 5>{0x01, 0x83, 0x08, 0x50, 0x2C})
    for (const std::string_view type : {"k1", "bus", "exact-le", "balance-parts"}) {
      const auto at = std::ranges::find(names, type) - names.begin();
      out.push_back(seed({static_cast<Byte>(at + 1), how, 30}, honest));
    }
  // A debit that the card never sees: the ninth exchange of a metro entry.
  Bytes pretended(8, 0xFF);
  append(pretended, Bytes{static_cast<Byte>(Bend::pretended), 8, 1, 2, 3, 4, 5, 6, 7, 8});
  out.push_back(seed({1, 0x00, 30}, pretended));
  // The answers of a sound card, written down.
  const auto card = sim::make_card_of_type("k1");
  Bytes script{0x00, 0x01, 0x00};
  for (const Bytes& command :
       {select_purse(), read_binary(Sfi::kind_info, 0, 11), read_record(Sfi::journey, 1, 128),
        get_balance(3), read_record(Sfi::trips, 1, 48),
        init_purchase(PurchaseType::capp, 1, Fen{}, TerminalNo{kTerminal})}) {
    const Bytes answer = card->transceive(command);
    script.push_back(static_cast<Byte>(answer.size()));
    append(script, answer);
  }
  for (const std::string_view answer : {"9000", "9000", "A1A2A3A4B1B2B3B49000"}) {
    const Bytes bytes = from_hex(answer).value();
    script.push_back(static_cast<Byte>(bytes.size()));
    append(script, bytes);
  }
  out.push_back(std::move(script));
  return out;
}

}  // namespace tidegate::fuzz
