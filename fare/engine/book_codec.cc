// SPDX-License-Identifier: Apache-2.0
// Fare book bytes ↔ BookModel over the FlatBuffers schema fare_book.fbs.
#include "fare/engine/book_codec.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "fare/engine/fare_book_generated.h"

namespace tidegate::fare {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <class T>
using Offset = flatbuffers::Offset<T>;

// Deep enough for FareBook → Network → TariffVersion → Tariff; a file that nests more is not ours.
constexpr flatbuffers::uoffset_t kDepthMax = 16;
constexpr flatbuffers::uoffset_t kTablesMax = 2'000'000;

std::int32_t day_number(ServiceDay day) {
  return static_cast<std::int32_t>(day.get().time_since_epoch().count());
}
ServiceDay day_from(std::int32_t number) {
  return ServiceDay{std::chrono::sys_days{std::chrono::days{number}}};
}
std::uint32_t fen32(Fen fen) {
  return static_cast<std::uint32_t>(fen.count());
}

/// Engine 1 passed over classes.
constexpr std::uint16_t kEngineOfClasses = 2;

std::uint16_t engine_for(const BookModel& model) {
  for (const Network& network : model.networks)
    for (const TariffVersion& version : network.versions)
      if (!version.classes.empty()) return kEngineOfClasses;
  return 0;
}

// ---- encode

/// Nothing at all for an empty list.
template <class T>
Offset<flatbuffers::Vector<Offset<T>>> put_list(Builder& out, const std::vector<Offset<T>>& list) {
  return list.empty() ? Offset<flatbuffers::Vector<Offset<T>>>{} : out.CreateVector(list);
}

/// Like every absent value: a book without it has the bytes that it always had.
Offset<fb::MatrixTariff> put_matrix(Builder& out, const MatrixTariff& matrix) {
  const auto cells = out.CreateVector(matrix.cells);
  if (matrix.rule == MatrixTariff::kOriginDestination) return fb::CreateMatrixTariff(out, cells);
  return fb::CreateMatrixTariff(out, cells, out.CreateString(matrix.rule));
}

std::pair<fb::Tariff, Offset<void>> put_tariff(Builder& out, const Tariff& tariff) {
  return std::visit(
      [&out](const auto& kind) -> std::pair<fb::Tariff, Offset<void>> {
        using T = std::decay_t<decltype(kind)>;
        if constexpr (std::is_same_v<T, FlatTariff>)
          return {fb::Tariff::FlatTariff, fb::CreateFlatTariff(out, fen32(kind.fen)).Union()};
        else
          return {fb::Tariff::MatrixTariff, put_matrix(out, kind).Union()};
      },
      tariff);
}

template <class E>
Offset<flatbuffers::Vector<std::uint8_t>> put_numbers(Builder& out, const std::vector<E>& values) {
  if (values.empty()) return {};
  std::vector<std::uint8_t> numbers;
  for (const E value : values) numbers.push_back(std::to_underlying(value));
  return out.CreateVector(numbers);
}

Offset<fb::FareClass> put_class(Builder& out, const FareClass& one) {
  const auto [kind, tariff] = put_tariff(out, one.tariff);
  const auto name = out.CreateString(one.name);
  const auto riders = put_numbers(out, one.riders), media = put_numbers(out, one.media);
  const auto timeframe = static_cast<std::uint16_t>(one.timeframe ? *one.timeframe + 1 : 0);
  return fb::CreateFareClass(out, name, riders, timeframe, media, kind, tariff);
}

Offset<fb::TariffVersion> put_version(Builder& out, const TariffVersion& version) {
  std::vector<Offset<fb::FareClass>> classes;
  for (const FareClass& one : version.classes) classes.push_back(put_class(out, one));
  const auto [kind, tariff] = put_tariff(out, version.tariff);
  return fb::CreateTariffVersion(out, day_number(version.effective_from), kind, tariff,
                                 put_list(out, classes));
}

Offset<fb::Rider> put_rider(Builder& out, const Rider& rider) {
  const auto name = out.CreateString(rider.name);
  const auto zh = out.CreateString(rider.name_zh);
  const auto en = out.CreateString(rider.name_en);
  return fb::CreateRider(out, std::to_underlying(rider.number), name, zh, en);
}

Offset<fb::Timeframe> put_timeframe(Builder& out, const Timeframe& frame) {
  std::vector<fb::WeekSpan> spans;
  for (const WeekSpan& span : frame.spans) spans.emplace_back(span.days, span.from, span.to);
  const auto name = out.CreateString(frame.name);
  return fb::CreateTimeframe(out, name, out.CreateVectorOfStructs(spans));
}

Offset<fb::Stop> put_stop(Builder& out, const Stop& stop) {
  std::vector<fb::StationBytes> also;
  for (const StationBytes& code : stop.also) also.emplace_back(code.line, code.station);
  const auto code = out.CreateString(stop.code);
  const auto zh = out.CreateString(stop.name_zh);
  const auto en = out.CreateString(stop.name_en);
  const auto others = also.empty() ? 0 : out.CreateVectorOfStructs(also);
  const fb::StationBytes card{stop.card.line, stop.card.station};
  return fb::CreateStop(out, code, stop.number, zh, en, &card, stop.line, others);
}

Offset<fb::Network> put_network(Builder& out, const Network& network) {
  std::vector<Offset<fb::Stop>> stops;
  for (const Stop& stop : network.stops) stops.push_back(put_stop(out, stop));
  std::vector<Offset<fb::TariffVersion>> versions;
  for (const TariffVersion& version : network.versions)
    versions.push_back(put_version(out, version));
  const auto id = out.CreateString(network.id);
  const auto zh = out.CreateString(network.name_zh);
  const auto en = out.CreateString(network.name_en);
  const auto acquirer = out.CreateVector(network.acquirer.data(), network.acquirer.size());
  const auto all_stops = out.CreateVector(stops);
  const auto all_versions = out.CreateVector(versions);
  return fb::CreateNetwork(out, id, network.code, zh, en, network.city, acquirer, network.industry,
                           network.operator_code, network.rollover_minutes,
                           fen32(network.minimum_balance), all_stops, all_versions);
}

Offset<fb::GoldenTap> put_tap(Builder& out, const GoldenTap& golden) {
  const TapContext& c = golden.context;
  const auto text = [&out](const std::string& value) {
    return value.empty() ? Offset<flatbuffers::String>{} : out.CreateString(value);
  };
  const auto network = out.CreateString(c.network.get());
  const auto stop = out.CreateString(c.stop.get());
  const auto route = text(c.route), direction = text(c.direction), trip = text(c.trip),
             vehicle = text(c.vehicle), operator_id = text(c.operator_id);
  const std::uint16_t refusal =
      golden.expected_refusal ? std::to_underlying(*golden.expected_refusal) : std::uint16_t{0};
  return fb::CreateGoldenTap(out, golden.tap.at.time_since_epoch().count(), network, stop,
                             std::to_underlying(golden.tap.kind), golden.tap.modes.bits,
                             std::to_underlying(c.box_kind), route, direction, trip, vehicle,
                             operator_id, std::to_underlying(c.item), c.count,
                             fen32(golden.expected_fen), refusal);
}

Offset<fb::GoldenJourney> put_journey(Builder& out, const GoldenJourney& journey) {
  std::vector<Offset<fb::GoldenTap>> taps;
  for (const GoldenTap& tap : journey.taps) taps.push_back(put_tap(out, tap));
  const Medium& m = journey.medium;
  Offset<flatbuffers::Vector<std::uint8_t>> state;
  if (m.state) {
    const auto bytes = encode_card_state(*m.state);
    state = out.CreateVector(bytes.data(), bytes.size());
  }
  const auto id = out.CreateString(journey.id);
  const auto all_taps = out.CreateVector(taps);
  return fb::CreateGoldenJourney(out, id, std::to_underlying(m.kind), std::to_underlying(m.rider),
                                 static_cast<std::uint32_t>(read_be(m.issuer)), m.card_kind,
                                 fen32(m.balance), state, all_taps);
}

// ---- decode; the verifier has already proven every offset and every required field

/// Offsets may be shared, so a small file can name one long text or matrix a million times: nothing
/// is copied beyond its limit. A text that is cut here is one byte too long for check_book().
std::string text(const flatbuffers::String* value) {
  if (value == nullptr) return {};
  return std::string{value->string_view().substr(0, kTextBytesMax + 1)};
}

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

/// At most one more than `max`: too many for check_book().
template <class E>
std::vector<E> get_numbers(const flatbuffers::Vector<std::uint8_t>* in, std::size_t max) {
  std::vector<E> out;
  if (in == nullptr) return out;
  for (const std::uint8_t number : *in) {
    if (out.size() > max) break;
    out.push_back(static_cast<E>(number));
  }
  return out;
}

Result<FareClass> get_class(const fb::FareClass& in, std::size_t& cells_left) {
  FareClass out{.name = text(in.name()),
                .riders = get_numbers<RiderCategory>(in.riders(), kClassRidersMax),
                .timeframe = std::nullopt,
                .media = get_numbers<MediumKind>(in.media(), kClassMediaMax),
                .tariff = {}};
  if (in.timeframe() != 0) out.timeframe = static_cast<std::uint16_t>(in.timeframe() - 1);
  auto tariff = get_tariff(in, cells_left);
  if (!tariff) return fail(std::move(tariff.error()), "class " + out.name);
  out.tariff = *std::move(tariff);
  return out;
}

Result<TariffVersion> get_version(const fb::TariffVersion& in, std::size_t& cells_left) {
  auto tariff = get_tariff(in, cells_left);
  if (!tariff) return fail(std::move(tariff.error()));
  TariffVersion out{
      .effective_from = day_from(in.effective_from()), .tariff = *std::move(tariff), .classes = {}};
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
  c.operator_id = text(in.operator_id());
  c.item = static_cast<ItemClass>(in.item());
  c.count = in.count();
  out.tap.kind = static_cast<TapKind>(in.kind());
  out.tap.at = Timestamp{std::chrono::milliseconds{in.at_ms()}};
  out.tap.modes.bits = in.modes();
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
  if (in.state() != nullptr) {
    m.state = decode_card_state({in.state()->data(), in.state()->size()});
    if (!m.state) return bad("its card state is not valid");
  }
  if (in.taps()->size() > kGoldenTapsMax) return bad("too many taps");
  for (const fb::GoldenTap* tap : *in.taps()) {
    auto parsed = get_tap(*tap);
    if (!parsed) return bad(parsed.error().message());
    out.taps.push_back(*std::move(parsed));
  }
  return out;
}

}  // namespace

Bytes encode_book(const BookModel& model) {
  Builder out;
  std::vector<Offset<fb::Network>> networks;
  for (const Network& network : model.networks) networks.push_back(put_network(out, network));
  std::vector<Offset<fb::GoldenJourney>> golden;
  for (const GoldenJourney& journey : model.golden) golden.push_back(put_journey(out, journey));
  const auto name = out.CreateString(model.name);
  const auto all_networks = out.CreateVector(networks);
  const auto all_golden = out.CreateVector(golden);
  std::vector<Offset<fb::Rider>> riders;
  for (const Rider& rider : model.riders) riders.push_back(put_rider(out, rider));
  std::vector<Offset<fb::Timeframe>> frames;
  for (const Timeframe& frame : model.timeframes) frames.push_back(put_timeframe(out, frame));
  const auto all_riders = put_list(out, riders);
  const auto all_frames = put_list(out, frames);
  fb::FinishFareBookBuffer(
      out, fb::CreateFareBook(out, name, model.number, day_number(model.valid_from), all_networks,
                              all_golden, all_riders, all_frames, engine_for(model)));
  return {out.GetBufferPointer(), out.GetBufferPointer() + out.GetSize()};
}

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
