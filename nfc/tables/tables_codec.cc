// SPDX-License-Identifier: Apache-2.0
// The FlatBuffers side of the two tables.
#include "nfc/tables/tables_codec.h"

#include <algorithm>
#include <utility>

#include "nfc/tables/tables_generated.h"

namespace tidegate::nfc {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
using Text = flatbuffers::Offset<flatbuffers::String>;

constexpr const char* kPlacesIdentifier = "TGPL";
// List → row; a file that nests more is not ours.
constexpr flatbuffers::uoffset_t kDepthMax = 8;
constexpr flatbuffers::uoffset_t kTablesMax = 1'000'000;

std::uint32_t number_of(const Bcd4& bytes) {
  return static_cast<std::uint32_t>(read_be(bytes));
}
Bcd4 bytes_of(std::uint32_t number) {
  Bcd4 out{};
  write_be(out, number);
  return out;
}

/// Absent when empty; the same text is stored once.
Text put(Builder& out, const std::string& text) {
  return text.empty() ? Text{} : out.CreateSharedString(text);
}

/// Offsets may be shared, so a small file can name one long text a million times: nothing is copied
/// beyond its limit. A text that is cut here is one byte too long for the checks.
std::string get(const flatbuffers::String* text) {
  if (text == nullptr) return {};
  return std::string{text->string_view().substr(0, kTableTextMax + 1)};
}

template <class T>
std::size_t size_of(const flatbuffers::Vector<T>* rows) {
  return rows == nullptr ? 0 : rows->size();
}

bool verified(const Bytes& aligned, const char* identifier, auto root) {
  if (aligned.size() < 16) return false;
  flatbuffers::Verifier verifier{aligned.data(), aligned.size(), kDepthMax, kTablesMax};
  return root(verifier, identifier);
}

}  // namespace

bool is_table_text(std::string_view text) noexcept {
  if (text.size() > kTableTextMax) return false;
  std::size_t rest = 0;  // continuation bytes still to come
  for (const char c : text) {
    const auto b = static_cast<unsigned char>(c);
    if (rest > 0) {
      if ((b & 0xC0U) != 0x80U) return false;
      --rest;
    } else if (b < 0x80) {
      if (b < 0x20 || b == 0x7F) return false;
    } else if (b >= 0xC2 && b <= 0xDF) {
      rest = 1;
    } else if (b >= 0xE0 && b <= 0xEF) {
      rest = 2;
    } else if (b >= 0xF0 && b <= 0xF4) {
      rest = 3;
    } else {
      return false;
    }
  }
  return rest == 0;
}

bool is_bcd(ByteView bytes) noexcept {
  return std::ranges::all_of(bytes, [](Byte b) { return b >> 4U <= 9 && (b & 0x0FU) <= 9; });
}

Bytes encode_model(const IssuerListModel& model) {
  Builder out;
  std::vector<flatbuffers::Offset<fb::Issuer>> issuers;
  for (const IssuerRow& row : model.issuers) {
    const Text zh = put(out, row.name_zh), en = put(out, row.name_en);
    issuers.push_back(fb::CreateIssuer(out, number_of(row.issuer), number_of(row.iin), row.city, zh,
                                       en, row.renewable, row.test));
  }
  std::vector<flatbuffers::Offset<fb::CardKind>> kinds;
  for (const CardKindRow& row : model.kinds)
    kinds.push_back(
        fb::CreateCardKind(out, number_of(row.issuer), row.kind, std::to_underlying(row.rider)));
  std::vector<flatbuffers::Offset<fb::Brand>> brands;
  for (const BrandRow& row : model.brands) {
    const Text prefix = out.CreateSharedString(row.prefix);
    const Text zh = put(out, row.name_zh), en = put(out, row.name_en);
    brands.push_back(fb::CreateBrand(out, prefix, zh, en));
  }
  std::vector<flatbuffers::Offset<fb::CodeIssuer>> code_issuers;
  for (const CodeIssuerRow& row : model.code_issuers)
    code_issuers.push_back(
        fb::CreateCodeIssuer(out, number_of(row.issuer), number_of(row.platform)));
  std::vector<flatbuffers::Offset<fb::CodeKey>> code_keys;
  for (const CodeKeyRow& row : model.code_keys)
    code_keys.push_back(fb::CreateCodeKey(
        out, row.index, out.CreateVector(row.public_key.data(), row.public_key.size())));
  const auto name = out.CreateString(model.name);
  const auto all_issuers = out.CreateVector(issuers);
  const auto all_kinds = out.CreateVector(kinds);
  const auto all_brands = out.CreateVector(brands);
  const auto tests = out.CreateVectorOfStrings(model.test_numbers);
  const auto all_code_issuers = out.CreateVector(code_issuers);
  const auto all_code_keys = out.CreateVector(code_keys);
  fb::FinishIssuerListBuffer(
      out, fb::CreateIssuerList(out, name, model.number, all_issuers, all_kinds, all_brands, tests,
                                all_code_issuers, all_code_keys));
  return {out.GetBufferPointer(), out.GetBufferPointer() + out.GetSize()};
}

Bytes encode_model(const PlacesModel& model) {
  Builder out;
  std::vector<flatbuffers::Offset<fb::City>> cities;
  for (const CityRow& row : model.cities) {
    const Text zh = put(out, row.name_zh), en = put(out, row.name_en);
    cities.push_back(fb::CreateCity(out, row.code, zh, en));
  }
  std::vector<flatbuffers::Offset<fb::Place>> places;
  for (const PlaceRow& row : model.places) {
    const Text code = out.CreateSharedString(row.code), type = put(out, row.type);
    const Text line_zh = put(out, row.line_zh), line_en = put(out, row.line_en);
    const Text station_zh = put(out, row.station_zh), station_en = put(out, row.station_en);
    const Text network = put(out, row.network), stop = put(out, row.stop);
    places.push_back(fb::CreatePlace(out, row.city, code, std::to_underlying(row.mode), type,
                                     line_zh, line_en, station_zh, station_en, network, stop));
  }
  const auto name = out.CreateString(model.name);
  const auto all_cities = out.CreateVector(cities);
  const auto all_places = out.CreateVector(places);
  out.Finish(fb::CreatePlaces(out, name, model.number, all_cities, all_places), kPlacesIdentifier);
  return {out.GetBufferPointer(), out.GetBufferPointer() + out.GetSize()};
}

Result<IssuerListModel> decode_issuer_model(ByteView payload) {
  if (payload.size() > kTableBytesMax) return fail(Errc::invalid, "issuer list: above 32 MiB");
  // A vector's memory is aligned for every type; a view into a file may not be, and the verifier
  // does not notice.
  const Bytes aligned(payload.begin(), payload.end());
  if (!verified(aligned, fb::IssuerListIdentifier(), [](auto& verifier, const char* identifier) {
        return verifier.template VerifyBuffer<fb::IssuerList>(identifier);
      }))
    return fail(Errc::invalid, "not an issuer list, or damaged (identifier TGIL and structure)");
  const fb::IssuerList& in = *fb::GetIssuerList(aligned.data());
  if (in.issuers()->size() > kIssuersMax || size_of(in.kinds()) > kIssuersMax ||
      size_of(in.brands()) > kIssuersMax || size_of(in.test_numbers()) > kIssuersMax ||
      size_of(in.code_issuers()) > kIssuersMax || size_of(in.code_keys()) > 256)
    return fail(Errc::invalid, "issuer list: too many rows");

  IssuerListModel out;
  out.name = get(in.name());
  out.number = in.number();
  for (const auto* row : *in.issuers())
    out.issuers.push_back({bytes_of(row->issuer()), bytes_of(row->iin()), row->city(),
                           get(row->name_zh()), get(row->name_en()), row->renewable(),
                           row->test()});
  for (unsigned i = 0; i < size_of(in.kinds()); ++i) {
    const auto* row = in.kinds()->Get(i);
    out.kinds.push_back(
        {bytes_of(row->issuer()), row->kind(), static_cast<fare::RiderCategory>(row->rider())});
  }
  for (unsigned i = 0; i < size_of(in.brands()); ++i) {
    const auto* row = in.brands()->Get(i);
    out.brands.push_back({get(row->prefix()), get(row->name_zh()), get(row->name_en())});
  }
  for (unsigned i = 0; i < size_of(in.test_numbers()); ++i)
    out.test_numbers.push_back(get(in.test_numbers()->Get(i)));
  for (unsigned i = 0; i < size_of(in.code_issuers()); ++i) {
    const auto* row = in.code_issuers()->Get(i);
    out.code_issuers.push_back({bytes_of(row->issuer()), bytes_of(row->platform())});
  }
  for (unsigned i = 0; i < size_of(in.code_keys()); ++i) {
    const auto* row = in.code_keys()->Get(i);
    CodeKeyRow key{.index = row->index()};
    if (row->public_key()->size() != key.public_key.size())
      return fail(Errc::invalid, "issuer list: a public key is not of 64 bytes");
    std::ranges::copy(*row->public_key(), key.public_key.begin());
    out.code_keys.push_back(key);
  }
  return out;
}

Result<PlacesModel> decode_places_model(ByteView payload) {
  if (payload.size() > kTableBytesMax) return fail(Errc::invalid, "places: above 32 MiB");
  const Bytes aligned(payload.begin(), payload.end());
  if (!verified(aligned, kPlacesIdentifier, [](auto& verifier, const char* identifier) {
        return verifier.template VerifyBuffer<fb::Places>(identifier);
      }))
    return fail(Errc::invalid, "not a table of places, or damaged (identifier TGPL and structure)");
  const fb::Places& in = *flatbuffers::GetRoot<fb::Places>(aligned.data());
  if (in.places()->size() > kPlacesMax || size_of(in.cities()) > 10'000)
    return fail(Errc::invalid, "places: too many rows");

  PlacesModel out;
  out.name = get(in.name());
  out.number = in.number();
  for (unsigned i = 0; i < size_of(in.cities()); ++i) {
    const auto* row = in.cities()->Get(i);
    out.cities.push_back({row->code(), get(row->name_zh()), get(row->name_en())});
  }
  out.places.reserve(in.places()->size());
  for (const auto* row : *in.places())
    out.places.push_back({.city = row->city(),
                          .code = get(row->code()),
                          .mode = static_cast<PlaceMode>(row->mode()),
                          .type = get(row->type()),
                          .line_zh = get(row->line_zh()),
                          .line_en = get(row->line_en()),
                          .station_zh = get(row->station_zh()),
                          .station_en = get(row->station_en()),
                          .network = get(row->network()),
                          .stop = get(row->stop())});
  return out;
}

}  // namespace tidegate::nfc
