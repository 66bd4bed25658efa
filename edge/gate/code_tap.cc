// SPDX-License-Identifier: Apache-2.0
// The steps of a ride code in order.
#include "edge/gate/code_tap.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace tidegate::edge {
namespace {

using fare::RefusalCode;
using fare::TapKind;
using std::chrono::milliseconds;

constexpr const char* kScheme = "jtt1179";
constexpr milliseconds kLook{5};
/// Version, length and issuer certificate. What follows, key and signatures too, names its user.
constexpr std::ptrdiff_t kNamesNobody = 120;
/// A purse's most: for questions whose answer is not to depend on the code's cap.
constexpr Fen kEnough{0xFFFFFF};

Sealer::Accounts accounts_of(const nfc::TransitCode& code) {
  Sealer::Accounts out{};
  std::ranges::copy(code.account, out.begin());
  std::ranges::copy(code.card_account, out.begin() + code.account.size());
  return out;
}

/// A fare above what the code allows is the code's matter, not a purse's.
RefusalCode of_code(RefusalCode code) {
  return code == RefusalCode::insufficient_balance ? RefusalCode::code_over_cap : code;
}

}  // namespace

TapReport CodeTap::run(ByteView scanned) {
  tap_ =
      tap_now(services_, aisle_.direction == AisleDirection::exit ? TapKind::exit : TapKind::entry);
  TapReport report = serve(scanned);
  if (genuine_) report.card = account_;
  report.kind = tap_.kind;
  report.stages = stages_.times();
  return report;
}

TapReport CodeTap::serve(ByteView scanned) {
  auto decoded = nfc::decode_code(scanned);
  if (!decoded) {
    stages_.lap(&StageTimes::identify);
    return refused(decoded.error().code, decoded.error().detail);
  }
  code_ = *std::move(decoded);
  if (!take_account(services_.sealer.handle(code_.issuer, accounts_of(code_))))
    return refused(RefusalCode::code_used, "this account is being dealt with elsewhere");
  remember_until_ = code_.made + nfc::kCodeValidityMax + nfc::kCodeSkew;
  const auto memory = services_.ledger.code_memory(*account_, code_.made, services_.clock.now());
  if (!memory) return refused(RefusalCode::ledger_unavailable, memory.error().message());
  memory_ = *memory;
  unopened_ = unopened();
  leaving_ = unopened_ ? is_way_out(unopened_->kind)
                       : aisle_.direction == AisleDirection::exit ||
                             (aisle_.direction == AisleDirection::both && memory_.ride.has_value());
  auto ended = one_way();
  if (ended && may_be_leaving()) {
    leaving_ = true;
    unopened_.reset();
    if (!one_way()) ended.reset();
  }
  return ended ? *ended : record();
}

std::optional<TapReport> CodeTap::one_way() {
  if (auto ended = check()) return ended;
  if (unopened_) return resume();
  return leaving_ ? go_out() : come_in();
}

bool CodeTap::may_be_leaving() const {
  // On a vehicle every ride begins at this box: who has none is not on board.
  return !leaving_ && aisle_.direction == AisleDirection::both &&
         services_.config.kind != fare::BoxKind::vehicle &&
         services_.config.code_journeys == CodeJourneys::clearing;
}

std::optional<UnopenedCharge> CodeTap::unopened() const {
  if (!memory_.last) return std::nullopt;
  const auto found =
      unopened_charge(services_.ledger, *memory_.last,
                      {services_.first_of_run, services_.memory.passages}, services_.clock.now());
  // What cannot be looked up is no reason to refuse: the code goes on as any other.
  if (!found || !*found) return std::nullopt;
  const bool out = is_way_out((*found)->kind);
  if (aisle_.direction == (out ? AisleDirection::entry : AisleDirection::exit)) return std::nullopt;
  if (!out && services_.modes.get().has(fare::Modes::kClosed)) return std::nullopt;
  return *found;
}

std::optional<TapReport> CodeTap::resume() {
  settlement_ = Settlement::resumed;
  cites_ = unopened_->charge;
  medium_ = medium();
  tap_ = tap_now(services_, unopened_->kind);
  decision_ = {};
  return std::nullopt;
}

bool CodeTap::take_account(const CardHandle& account) {
  const SteadyTime deadline = std::chrono::steady_clock::now() + services_.config.commit_timeout;
  while (!services_.memory.cards.take(account)) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(kLook);
  }
  account_ = account;
  return true;
}

std::optional<TapReport> CodeTap::check() {
  static const nfc::CodeLists kNone;
  const bool trusted = services_.clock.trust().trusted;
  const auto verified = nfc::verify_code(
      code_, lists_->codes ? *lists_->codes : kNone,
      {.now = services_.clock.now(), .clock_trusted = trusted, .leaving = leaving_},
      trust_.certificates);
  stages_.lap(&StageTimes::identify);
  if (!verified) return refused(verified.error().code, verified.error().detail);
  genuine_ = true;
  std::optional<TapReport> out = stopped();
  if (!out && memory_.used) out = refused(RefusalCode::code_used, "made " + iso8601(code_.made));
  // Its note may have been swept by a clock that was ahead, and without a clock only what is
  // remembered tells a fresh code from an old one. Nobody is kept inside for a clock's mistake.
  if (!out && !leaving_ && remember_until_ <= memory_.forgotten)
    out = refused(RefusalCode::code_used, "older than what is remembered");
  stages_.lap(&StageTimes::check);
  return out;
}

std::optional<TapReport> CodeTap::stopped() const {
  // Nobody is kept inside, and what was paid before it came onto the list still opens.
  const auto number = code_.card_number();
  if (leaving_ || unopened_ || !number) return std::nullopt;
  const auto reason = lists_->denied(*number);
  if (!reason) return std::nullopt;
  return refused(RefusalCode::denylisted, lists_->told(*reason));
}

std::optional<TapReport> CodeTap::come_in() {
  // A flat fare is paid when boarding, in a station too. Elsewhere the ride only begins.
  decision_ = price(TapKind::board);
  const bool now = decision_.accepted() && !decision_.opens_journey;
  if (!now && services_.config.kind == fare::BoxKind::station) decision_ = price(TapKind::entry);
  stages_.lap(&StageTimes::price);
  if (!decision_.accepted()) return refused(of_code(*decision_.refusal), "price");
  settlement_ = now ? Settlement::charged : Settlement::entered;
  if (now) return std::nullopt;
  if (services_.config.code_journeys != CodeJourneys::clearing)
    return refused(RefusalCode::code_needs_card, "the fare depends on the way");
  if (decision_.max_fare > code_.cap)
    return refused(RefusalCode::code_over_cap, "the highest fare from here");
  return std::nullopt;
}

std::optional<TapReport> CodeTap::go_out() {
  const bool station = services_.config.kind == fare::BoxKind::station;
  medium_ = medium();
  if (memory_.ride) cites_ = memory_.ride->entry;
  // At a station or pier this ride may have begun elsewhere, and the one begun here have ended
  // elsewhere: only a vehicle has seen the whole of it.
  if (services_.config.kind == fare::BoxKind::vehicle) medium_.open_bus = open_ride();
  tap_ = tap_now(services_, station ? TapKind::exit : TapKind::alight);
  tap_.history = earlier_modes(services_, *lists_, tap_.kind, medium_);
  decision_ = services_.price(*services_.book.book, medium_, context_here(services_.config), tap_);
  stages_.lap(&StageTimes::price);
  const bool paid = paid_when_boarding();
  const bool known = medium_.open_bus || (paid && decision_.total() == Fen{});
  settlement_ = decision_.accepted() && known ? Settlement::charged : Settlement::clearing;
  // Who was let in by code gets out: what is owed is found by the clearing house.
  const bool let_in = memory_.ride || services_.config.code_journeys == CodeJourneys::clearing;
  if (decision_.accepted() || let_in || paid) return std::nullopt;
  return refused(RefusalCode::code_needs_card, "price");
}

bool CodeTap::paid_when_boarding() {
  fare::Medium anybody = medium();
  anybody.balance = kEnough;
  fare::Tap tap = tap_now(services_, TapKind::board);
  tap.modes = {};
  const auto decision =
      services_.price(*services_.book.book, anybody, context_here(services_.config), tap);
  return decision.accepted() && !decision.opens_journey;
}

std::optional<fare::OpenJourney> CodeTap::open_ride() const {
  if (!memory_.ride) return std::nullopt;
  fare::OpenJourney out;
  out.at = memory_.ride->at;
  const auto read = services_.ledger.read(memory_.ride->entry, [&](const StoredEntry& stored) {
    const auto* begun = std::get_if<AccountCharge>(&stored.entry.body);
    if (begun == nullptr) return false;
    const fare::TapContext& there = begun->context;
    out.mapped_network = there.network;
    out.mapped_stop = there.stop;
    const bool here =
        there.network == services_.config.network && there.stop == services_.config.stop;
    if (here) out.where = services_.book.here.code;
    return false;
  });
  if (!read) return std::nullopt;
  return out;
}

fare::Decision CodeTap::price(TapKind kind) {
  medium_ = medium();
  tap_ = tap_now(services_, kind);
  return services_.price(*services_.book.book, medium_, context_here(services_.config), tap_);
}

TapReport CodeTap::record() {
  const EntryHead head = entry_head(services_.clock, aisle_.number, services_.modes.get());
  AccountCharge charge = charge_body();
  const Fen amount = charge.amount;
  const auto ticket = services_.committer.submit(Entry{head, std::move(charge)}, Commit::urgent);
  const auto landed = services_.committer.wait(
      ticket, std::chrono::steady_clock::now() + services_.config.commit_timeout);
  stages_.lap(&StageTimes::record);
  if (!landed) {
    if (landed.error().code() == Errc::exists)
      return refused(RefusalCode::code_used, "accepted elsewhere just now");
    // A failed append may have landed: the ledger is asked when it works again.
    if (landed.error().code() != Errc::timeout) trust_.notes.doubt({*account_, code_.made, head});
    // If the disk has it after all, the ledger shall say that nobody was let through.
    services_.committer.abandon(ticket, [head](SequenceNo at) {
      return Entry{head, Void{.because = "the commit missed its deadline", .charge = at}};
    });
    return refused(RefusalCode::ledger_unavailable, "charge: " + landed.error().message());
  }
  TapReport report;
  report.end = TapReport::End::opened;
  report.fare = amount;
  report.outcome = *landed;
  return report;
}

AccountCharge CodeTap::charge_body() const {
  AccountCharge out;
  out.scheme = kScheme;
  out.account_handle.assign(account_->get().begin(), account_->get().end());
  out.code.assign(code_.bytes.begin(), code_.bytes.begin() + kNamesNobody);
  out.amount = settlement_ == Settlement::charged ? decision_.total() : Fen{};
  out.context = context_here(services_.config);
  out.tap = tap_;
  out.decision = decision_;
  out.book_hash = services_.book.hash;
  out.stages = stages_.times();
  out.sealed = services_.sealer.seal_code(code_.bytes);
  out.made = code_.made;
  out.remember_until = remember_until_;
  out.settlement = settlement_;
  out.entry = cites_;
  out.medium = medium_;
  out.book_number = services_.book.number;
  out.engine_version = fare::kEngineVersion;
  return out;
}

/// What a code may cost takes the place of a balance.
fare::Medium CodeTap::medium() const {
  fare::Medium out;
  out.kind = fare::MediumKind::qr;
  out.issuer = code_.issuer;
  out.balance = code_.cap;
  if (const auto number = code_.card_number())
    out.entitlements = lists_->entitled(*number, today_here(services_));
  return out;
}

TapReport CodeTap::refused(RefusalCode code, std::string detail) const {
  TapReport report;
  report.refusal = code;
  report.detail = std::move(detail);
  return report;
}

}  // namespace tidegate::edge
