// SPDX-License-Identifier: Apache-2.0
// JSON of card dumps and reports.
#include "tools/card_json.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace tidegate::tools {
namespace {

using Json = nlohmann::ordered_json;
using nfc::DumpReport;

constexpr std::size_t kExchangesMax = 10'000;
constexpr std::size_t kApduBytesMax = 65'544;

struct Name {
  Byte code;
  const char* text;
};
constexpr std::array kTransactionTypes{
    Name{0x01, "topup"},    Name{0x02, "topup"},    Name{0x03, "unload"},    Name{0x04, "cash"},
    Name{0x05, "purchase"}, Name{0x06, "purchase"}, Name{0x07, "overdraft"}, Name{0x09, "capp"},
};
constexpr std::array kTripTypes{
    Name{0x00, "none"},    Name{0x01, "ec-entry"},  Name{0x02, "ec-exit"}, Name{0x03, "entry"},
    Name{0x04, "exit"},    Name{0x05, "ec-single"}, Name{0x06, "single"},  Name{0x07, "ec-make-up"},
    Name{0x08, "make-up"}, Name{0x09, "ec-topup"},  Name{0x0A, "topup"},   Name{0x12, "lock"},
};
constexpr std::array kIndustries{
    Name{0x01, "metro"},         Name{0x02, "bus"},        Name{0x03, "water-bus"},
    Name{0x04, "taxi"},          Name{0x05, "car-rental"}, Name{0x06, "bicycle"},
    Name{0x07, "parking"},       Name{0x08, "coach"},      Name{0x09, "ferry"},
    Name{0x0A, "intercity"},     Name{0x0B, "aviation"},   Name{0x0C, "toll"},
    Name{0x0E, "suburban-rail"},
};
constexpr std::array kCardKinds{
    Name{0x01, "ordinary"}, Name{0x02, "student"},  Name{0x03, "senior"},
    Name{0x04, "test"},     Name{0x05, "military"},
};
constexpr std::array kRailStatus{
    Name{0x00, "initial"},       Name{0x01, "entered"},      Name{0x02, "exited"},
    Name{0x03, "entry-updated"}, Name{0x04, "exit-updated"},
};
constexpr std::array kBusStatus{
    Name{0x00, "initial"},
    Name{0x01, "boarded"},
    Name{0x02, "alighted"},
};

std::string hex2(Byte code) {
  return to_hex(std::array{code});
}
/// The name, or the code itself where nobody has given it one.
template <std::size_t N>
std::string named(const std::array<Name, N>& names, Byte code) {
  for (const Name& name : names)
    if (name.code == code) return name.text;
  return hex2(code);
}

std::string city_text(std::uint16_t city) {
  return to_hex(std::array{static_cast<Byte>(city >> 8U), static_cast<Byte>(city & 0xFFU)});
}
Json fen(const std::optional<Fen>& amount) {
  return amount ? Json(amount->count()) : Json{};
}
Json time_text(const std::optional<LocalTime>& at) {
  const auto when = at ? from_local(*at) : Result<Timestamp>{fail(Errc::invalid, "none")};
  return when ? Json(iso8601(*when)) : Json{};
}
Json text_or_null(std::string_view text) {
  return text.empty() ? Json{} : Json(text);
}

Json transaction_json(const nfc::DumpTransaction& transaction) {
  Json out;
  out["seq"] = transaction.seq;
  out["type"] = named(kTransactionTypes, transaction.type);
  out["type_code"] = hex2(transaction.type);
  out["amount_fen"] = fen(transaction.amount);
  out["terminal"] = to_hex(transaction.terminal);
  out["at"] = time_text(transaction.at);
  return out;
}

Json trip_json(const nfc::DumpTrip& trip, const nfc::Places* places) {
  nfc::PlaceFound found;
  if (places != nullptr)
    found = places->find({trip.city, trip.industry, trip.line, trip.station, trip.terminal});
  const nfc::PlaceRow* const any = found.station != nullptr ? found.station : found.line;
  const nfc::CityRow* const city = places != nullptr ? places->city(trip.city) : nullptr;
  Json out;
  out["type"] = named(kTripTypes, trip.type);
  out["type_code"] = hex2(trip.type);
  out["industry"] = named(kIndustries, trip.industry);
  out["industry_code"] = hex2(trip.industry);
  out["city"] = city_text(trip.city);
  out["city_name"] = city != nullptr ? Json(city->name_zh) : Json{};
  out["line"] = to_hex(trip.line);
  out["line_name"] = found.line != nullptr ? Json(found.line->line_zh) : Json{};
  out["station"] = to_hex(trip.station);
  out["station_name"] = found.station != nullptr ? Json(found.station->station_zh) : Json{};
  out["place_type"] = any != nullptr ? text_or_null(any->type) : Json{};
  out["operator"] = to_hex(trip.operator_code);
  out["terminal"] = to_hex(trip.terminal);
  out["amount_fen"] = fen(trip.amount);
  out["balance_fen"] = fen(trip.balance);
  out["at"] = time_text(trip.at);
  out["acquirer"] = to_hex(trip.acquirer);
  return out;
}

Json journey_end_json(const std::optional<nfc::DumpJourneyEnd>& end) {
  if (!end) return {};
  Json out;
  out["city"] = city_text(end->city);
  out["line"] = to_hex(end->line);
  out["station"] = to_hex(end->station);
  out["operator"] = text_or_null(to_hex(end->operator_code));
  out["vehicle"] = text_or_null(end->vehicle);
  out["terminal"] = to_hex(end->terminal);
  out["acquirer"] = to_hex(end->acquirer);
  out["amount_fen"] = fen(end->amount);
  out["at"] = time_text(end->at);
  return out;
}

Json journey_json(const nfc::DumpJourney& journey) {
  const bool bus = journey.record == 0x2702;
  const bool known = bus || journey.record == 0x2701;
  Json out;
  out["record"] = city_text(journey.record);
  out["kind"] = !known ? Json{} : Json(bus ? "bus" : "rail");
  out["valid"] = journey.valid == 0x01;
  out["locked"] = journey.lock != 0x00;
  out["status"] =
      !known ? Json{}
             : Json(bus ? named(kBusStatus, journey.status) : named(kRailStatus, journey.status));
  out["maximum_fen"] = fen(journey.maximum_fare);
  out["direction"] = journey.up ? Json("up") : journey.down ? Json("down") : Json{};
  out["entry"] = journey_end_json(journey.entry);
  out["exit"] = journey_end_json(journey.exit);
  return out;
}

/// The application that the report speaks of: the selected purse, else whatever was met first.
Json application_name(const DumpReport& report) {
  const nfc::DumpApplication* best = nullptr;
  for (const auto& application : report.applications) {
    const bool purse = application.name.starts_with("t-union-purse") && application.selected;
    if (best == nullptr || (application.selected && !best->selected) || purse) best = &application;
    if (purse) break;
  }
  return best != nullptr ? Json(best->name) : Json{};
}

Json applications_json(const DumpReport& report) {
  Json out = Json::array();
  for (const auto& application : report.applications) {
    Json one;
    one["name"] = application.name;
    one["identifier"] = to_hex(application.identifier);
    one["selected"] = application.selected;
    out.push_back(std::move(one));
  }
  return out;
}

void put_card(Json& out, const DumpReport& report, const Tables& tables, bool reveal) {
  nfc::IssuerList::Name name;
  if (report.issuer && tables.issuers != nullptr)
    name = tables.issuers->card_name(*report.issuer, report.number.value_or(CardNumber{}));
  out["issuer_code"] = report.issuer ? Json(to_hex(*report.issuer)) : Json{};
  out["issuer_name"] = text_or_null(name.zh);
  out["pan"] =
      !report.number ? Json{} : Json(reveal ? report.number->reveal() : report.number->masked());
  out["balance_fen"] = fen(report.balance);
  out["valid_from"] = report.valid_from ? Json(report.valid_from->text()) : Json{};
  out["valid_to"] = report.valid_to ? Json(report.valid_to->text()) : Json{};
  out["kind"] = report.kind ? Json(named(kCardKinds, *report.kind)) : Json{};
}

template <class T>
Json list_or_null(bool asked, const std::vector<T>& items, auto&& each) {
  if (!asked) return {};
  Json out = Json::array();
  for (const T& item : items) out.push_back(each(item));
  return out;
}

}  // namespace

Result<std::vector<nfc::Exchange>> parse_dump(std::string_view text) {
  const auto bad = [](const std::string& what) { return fail(Errc::invalid, what); };
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return bad("not JSON");
  const auto list = json.is_object() ? json.find("apdu") : json.end();
  if (!json.is_object() || list == json.end() || !list->is_array())
    return bad("no object with a list \"apdu\"");
  if (list->size() > kExchangesMax) return bad("more than 10,000 exchanges");
  std::vector<nfc::Exchange> out;
  for (const Json& pair : *list) {
    const std::string where = "exchange " + std::to_string(out.size() + 1);
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_string())
      return bad(where + ": a pair of hex texts was expected");
    nfc::Exchange exchange;
    for (const auto& [text_of, bytes] :
         {std::pair{&pair[0], &exchange.command}, std::pair{&pair[1], &exchange.response}}) {
      const auto& hex = text_of->get_ref<const std::string&>();
      auto parsed = from_hex(hex);
      if (!parsed) return bad(where + ": " + parsed.error().message());
      if (parsed->size() > kApduBytesMax) return bad(where + ": longer than any APDU");
      *bytes = *std::move(parsed);
    }
    if (exchange.command.size() < 4) return bad(where + ": a command has at least 4 bytes");
    if (exchange.response.size() < 2) return bad(where + ": the status word is missing");
    out.push_back(std::move(exchange));
  }
  return out;
}

std::string report_json(const DumpReport& report, const Tables& tables, bool reveal) {
  Json out;
  out["application"] = application_name(report);
  put_card(out, report, tables, reveal);
  out["enabled"] = report.enabled ? Json(*report.enabled) : Json{};
  out["blocked"] = report.blocked;
  out["interoperable"] = report.interoperable ? Json(*report.interoperable) : Json{};
  out["home_city"] = report.home_city ? Json(city_text(*report.home_city)) : Json{};
  out["transactions"] = list_or_null(report.has_log, report.transactions, transaction_json);
  out["trips"] = list_or_null(report.has_trips, report.trips, [&](const nfc::DumpTrip& trip) {
    return trip_json(trip, tables.places.get());
  });
  out["journeys"] = list_or_null(report.has_journeys, report.journeys, journey_json);
  out["applications"] = applications_json(report);
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace tidegate::tools
