// SPDX-License-Identifier: Apache-2.0
// Fare book bytes → BookModel: FlatBuffers verifier with explicit limits, known kinds.
#include <algorithm>
#include <utility>

#include "fare/engine/between_codec.h"
#include "fare/engine/codec_parts.h"
#include "fare/engine/policy_codec.h"

namespace tidegate::fare {
namespace {

using namespace codec;  // NOLINT(*-using-namespace)

// Deep enough for FareBook → Network → TariffVersion → Tariff; a file that nests more is not ours.
constexpr flatbuffers::uoffset_t kDepthMax = 16;
constexpr flatbuffers::uoffset_t kTablesMax = 2'000'000;

// The verifier has already proven every offset and every required field.

StationBytes station(const fb::StationBytes& in) {
  return {in.line(), in.station()};
}

/// Of a TariffVersion or a FareClass. `cells_left` is what the whole book may still hold.
template <class Table>
Result<Tariff> get_tariff(const Table& in, std::size_t& cells_left) {
  switch (in.tariff_type()) {
    case fb::Tariff::FlatTariff: return FlatTariff{Fen{in.tariff_as_FlatTariff()->fen()}};
    case fb::Tariff::MatrixTariff: {
      const fb::MatrixTariff& matrix = *in.tariff_as_MatrixTariff();
      const auto& cells = *matrix.cells();
      if (cells.size() > cells_left) return fail(Errc::invalid, "matrices are too large");
      cells_left -= cells.size();
      MatrixTariff out{{cells.begin(), cells.end()}};
      if (matrix.rule() != nullptr) out.rule = text(matrix.rule());
      return out;
    }
    case fb::Tariff::NONE: break;
  }
  return fail(Errc::unsupported, "tariff kind " +
                                     std::to_string(std::to_underlying(in.tariff_type())) +
                                     " is not known to this version");
}

Result<FareClass> get_class(const fb::FareClass& in, std::size_t& cells_left) {
  FareClass out{.name = text(in.name()),
                .riders = get_numbers<RiderCategory>(in.riders(), kClassRidersMax),
                .timeframe = std::nullopt,
                .media = get_numbers<MediumKind>(in.media(), kClassMediaMax),
                .tariff = {},
                .issuers = get_values(in.issuers(), kClassIssuersMax),
                .other_issuers = in.other_issuers(),
                .items = get_numbers<ItemClass>(in.items(), kClassItemsMax),
                .judged = static_cast<JudgedBy>(in.judged())};
  if (in.timeframe() != 0) out.timeframe = static_cast<std::uint16_t>(in.timeframe() - 1);
  auto tariff = get_tariff(in, cells_left);
  if (!tariff) return fail(std::move(tariff.error()), "class " + out.name);
  out.tariff = *std::move(tariff);
  return out;
}

/// What a version says beside its prices.
void get_rules(const fb::TariffVersion& in, TariffVersion& out) {
  out.charge_at = get_values(in.charge_at(), kStopsMax);
  if (const auto* const rule = in.companions(); rule != nullptr)
    out.companions = CompanionRule{.free_children = rule->free_children(),
                                   .child = static_cast<RiderCategory>(rule->child()),
                                   .max_companions = rule->max_companions(),
                                   .companion = static_cast<RiderCategory>(rule->companion())};
  if (const auto* const rule = in.repeat(); rule != nullptr)
    out.repeat = RepeatRule{.card_kinds = get_values(rule->card_kinds(), kCardKindsMax),
                            .max = rule->max(),
                            .within_seconds = rule->within_seconds(),
                            .gap_seconds = rule->gap_seconds()};
}

Result<TariffVersion> get_version(const fb::TariffVersion& in, std::size_t& cells_left) {
  auto tariff = get_tariff(in, cells_left);
  if (!tariff) return fail(std::move(tariff.error()));
  TariffVersion out{
      .effective_from = day_from(in.effective_from()), .tariff = *std::move(tariff), .classes = {}};
  get_rules(in, out);
  if (in.classes() == nullptr) return out;
  if (in.classes()->size() > kClassesMax) return fail(Errc::invalid, "too many classes");
  for (const fb::FareClass* one : *in.classes()) {
    auto parsed = get_class(*one, cells_left);
    if (!parsed) return fail(std::move(parsed.error()));
    out.classes.push_back(*std::move(parsed));
  }
  return out;
}

Timeframe get_timeframe(const fb::Timeframe& in) {
  Timeframe out{.name = text(in.name()), .spans = {}};
  for (const fb::WeekSpan* span : *in.spans()) {
    if (out.spans.size() > kSpansMax) break;  // one too many for check_book()
    out.spans.push_back({.days = span->days(), .from = span->from(), .to = span->to()});
  }
  return out;
}

/// Riders and timeframes of the book.
Status get_declarations(const fb::FareBook& in, BookModel& out) {
  if (in.riders() != nullptr) {
    if (in.riders()->size() > kRiderNumbersMax) return fail(Errc::invalid, "too many riders");
    for (const fb::Rider* rider : *in.riders())
      out.riders.push_back({.number = static_cast<RiderCategory>(rider->number()),
                            .name = text(rider->name()),
                            .name_zh = text(rider->name_zh()),
                            .name_en = text(rider->name_en())});
  }
  if (in.timeframes() == nullptr) return {};
  if (in.timeframes()->size() > kTimeframesMax) return fail(Errc::invalid, "too many timeframes");
  for (const fb::Timeframe* frame : *in.timeframes())
    out.timeframes.push_back(get_timeframe(*frame));
  return {};
}

std::vector<std::chrono::sys_days> get_days(const flatbuffers::Vector<std::int32_t>* in) {
  std::vector<std::chrono::sys_days> out;
  for (const std::int32_t number : get_values(in, kCalendarDaysMax))
    out.push_back(day_from(number).get());
  return out;
}

Result<ThroughRule> get_through(const fb::ThroughRule& in, std::size_t& cells_left) {
  ThroughRule out{.name = text(in.name()),
                  .a = in.a(),
                  .b = in.b(),
                  .effective_from = day_from(in.effective_from()),
                  .media = get_numbers<MediumKind>(in.media(), kClassMediaMax),
                  .borders = {},
                  .versions = {}};
  if (in.borders() != nullptr) {
    for (const fb::Border* border : *in.borders()) {
      if (out.borders.size() > kBordersMax) break;  // one too many for check_book()
      out.borders.push_back({border->a(), border->b()});
    }
  }
  if (in.versions() == nullptr) return out;
  if (in.versions()->size() > kVersionsMax) return fail(Errc::invalid, "too many versions");
  for (const fb::TariffVersion* version : *in.versions()) {
    auto parsed = get_version(*version, cells_left);
    if (!parsed) return fail(std::move(parsed.error()), "through " + out.name);
    out.versions.push_back(*std::move(parsed));
  }
  return out;
}

/// Calendar and through rules of the book.
Status get_more(const fb::FareBook& in, BookModel& out, std::size_t& cells_left) {
  if (const auto* const calendar = in.calendar(); calendar != nullptr)
    out.calendar = {.holidays = get_days(calendar->holidays()),
                    .working_days = get_days(calendar->working_days())};
  if (in.through() == nullptr) return {};
  if (in.through()->size() > kThroughMax) return fail(Errc::invalid, "too many through rules");
  for (const fb::ThroughRule* rule : *in.through()) {
    auto parsed = get_through(*rule, cells_left);
    if (!parsed) return fail(std::move(parsed.error()));
    out.through.push_back(*std::move(parsed));
  }
  return {};
}

Stop get_stop(const fb::Stop& in) {
  Stop out{.code = text(in.code()),
           .number = in.number(),
           .name_zh = text(in.name_zh()),
           .name_en = text(in.name_en()),
           .card = station(*in.card()),
           .line = in.line()};
  if (in.also() == nullptr) return out;
  for (const fb::StationBytes* code : *in.also()) {
    if (out.also.size() > kOtherCodesMax) break;  // one too many for check_book()
    out.also.push_back(station(*code));
  }
  return out;
}

Result<Network> get_network(const fb::Network& in, std::size_t& cells_left) {
  Network out{.id = text(in.id()),
              .code = in.code(),
              .name_zh = text(in.name_zh()),
              .name_en = text(in.name_en()),
              .city = in.city(),
              .industry = in.industry(),
              .operator_code = in.operator_code(),
              .rollover_minutes = in.rollover_minutes(),
              .minimum_balance = Fen{in.minimum_balance_fen()}};
  if (in.acquirer()->size() != out.acquirer.size())
    return fail(Errc::invalid, "network " + out.id + ": acquirer is not 8 bytes");
  std::ranges::copy(*in.acquirer(), out.acquirer.begin());
  if (in.stops()->size() > kStopsMax || in.versions()->size() > kVersionsMax)
    return fail(Errc::invalid, "network " + out.id + ": too many stops or tariff versions");
  for (const fb::Stop* stop : *in.stops()) out.stops.push_back(get_stop(*stop));
  for (const fb::TariffVersion* version : *in.versions()) {
    auto parsed = get_version(*version, cells_left);
    if (!parsed) return fail(std::move(parsed.error()), "network " + out.id);
    out.versions.push_back(*std::move(parsed));
  }
  auto policy = get_policy(in.policy(), cells_left);
  if (!policy) return fail(std::move(policy.error()), "network " + out.id);
  out.policy = *std::move(policy);
  return out;
}

Result<GoldenTap> get_tap(const fb::GoldenTap& in) {
  GoldenTap out;
  TapContext& c = out.context;
  c.box_kind = static_cast<BoxKind>(in.box_kind());
  c.network = NetworkId{text(in.network())};
  c.stop = StopCode{text(in.stop())};
  c.route = text(in.route());
  c.direction = text(in.direction());
  c.trip = text(in.trip());
  c.vehicle = text(in.vehicle());
  c.driver = text(in.driver());
  c.operator_id = text(in.operator_id());
  c.item = static_cast<ItemClass>(in.item());
  c.count = in.count();
  c.children = in.children();
  c.companions = in.companions();
  out.tap.kind = static_cast<TapKind>(in.kind());
  out.tap.at = Timestamp{std::chrono::milliseconds{in.at_ms()}};
  out.tap.modes.bits = in.modes();
  out.tap.clock_trusted = !in.clock_in_doubt();
  auto history = get_history(in.history());
  if (!history) return fail(std::move(history.error()));
  out.tap.history = *history;
  out.expected_fen = Fen{in.expected_fen()};
  if (in.expected_refusal() != 0) {
    out.expected_refusal = refusal_from_number(in.expected_refusal());
    if (!out.expected_refusal)
      return fail(Errc::invalid,
                  "refusal " + std::to_string(in.expected_refusal()) + " does not exist");
  }
  return out;
}

Result<GoldenJourney> get_journey(const fb::GoldenJourney& in) {
  GoldenJourney out;
  out.id = text(in.id());
  const auto bad = [&out](const std::string& what) {
    return fail(Errc::invalid, "golden journey " + out.id + ": " + what);
  };
  Medium& m = out.medium;
  m.kind = static_cast<MediumKind>(in.medium());
  m.rider = static_cast<RiderCategory>(in.rider());
  write_be(m.issuer, in.issuer());
  m.card_kind = in.card_kind();
  m.balance = Fen{in.balance_fen()};
  m.overdraft_left = Fen{in.overdraft_left_fen()};
  if (in.state() != nullptr) {
    m.state = decode_card_state({in.state()->data(), in.state()->size()});
    if (!m.state) return bad("its card state is not valid");
  }
  const auto entitlements = get_numbers<RiderCategory>(in.entitlements(), kEntitlementsMax);
  if (entitlements.size() > kEntitlementsMax) return bad("too many entitlements");
  for (const RiderCategory rider : entitlements) m.entitlements.push_back(rider);
  if (in.taps()->size() > kGoldenTapsMax) return bad("too many taps");
  for (const fb::GoldenTap* tap : *in.taps()) {
    auto parsed = get_tap(*tap);
    if (!parsed) return bad(parsed.error().message());
    out.taps.push_back(*std::move(parsed));
  }
  return out;
}

}  // namespace

Result<BookModel> decode_book(ByteView payload) {
  if (payload.size() > kBookBytesMax) return fail(Errc::invalid, "fare book is larger than 64 MiB");
  // A vector's memory is aligned for every type; a view into a file or a message may not be, and
  // the verifier does not notice.
  const Bytes aligned(payload.begin(), payload.end());
  flatbuffers::Verifier verifier{aligned.data(), aligned.size(), kDepthMax, kTablesMax};
  if (aligned.size() < 16 || !fb::VerifyFareBookBuffer(verifier))
    return fail(Errc::invalid, "not a fare book, or damaged (identifier TGFB and structure)");
  const fb::FareBook& in = *fb::GetFareBook(aligned.data());
  if (in.networks()->size() > kNetworksMax) return fail(Errc::invalid, "too many networks");
  if (in.needs_engine() > kEngineVersion)
    return fail(Errc::unsupported, "the book needs engine " + std::to_string(in.needs_engine()) +
                                       ", this is engine " + std::to_string(kEngineVersion));
  BookModel out{
      .name = text(in.name()), .number = in.number(), .valid_from = day_from(in.valid_from())};
  if (auto ok = get_declarations(in, out); !ok) return fail(std::move(ok.error()));
  std::size_t cells_left = kBookBytesMax / sizeof(std::uint32_t);
  for (const fb::Network* network : *in.networks()) {
    auto parsed = get_network(*network, cells_left);
    if (!parsed) return fail(std::move(parsed.error()));
    out.networks.push_back(*std::move(parsed));
  }
  if (auto ok = get_more(in, out, cells_left); !ok) return fail(std::move(ok.error()));
  auto between = get_between(in.between());
  if (!between) return fail(std::move(between.error()));
  out.between = *std::move(between);
  if (in.golden() == nullptr) return out;
  if (in.golden()->size() > kGoldenMax) return fail(Errc::invalid, "too many golden journeys");
  for (const fb::GoldenJourney* journey : *in.golden()) {
    auto parsed = get_journey(*journey);
    if (!parsed) return fail(std::move(parsed.error()));
    out.golden.push_back(*std::move(parsed));
  }
  return out;
}

}  // namespace tidegate::fare
