// SPDX-License-Identifier: Apache-2.0
// Lists of a region at boxes of its stations: a book of three stops, and a box that can be taken
// from one to another.
#pragma once

#include "edge/gate/list_store.h"
#include "tests/edge/gate/gate_fixture.h"

namespace tidegate::edge::gate_fixture {

inline constexpr crypto::Key16 kListKey{7, 7, 7};

inline CardNumber number_of(const sim::CardImageData& image) {
  return CardNumber{to_array<10>(ByteView{image.ef15}.subspan(10, 10))};
}
inline nfc::ListHandle handle_of(const sim::CardImageData& image,
                                 const crypto::Key16& key = kListKey) {
  return nfc::list_handle(key, number_of(image));
}

/// Stops a, b and s of network m; every ride costs kFare, a senior's 100.
inline fare::BookModel three_stop_model() {
  fare::BookModel model = one_stop_model(7);
  fare::Network& metro = model.networks[0];
  std::uint16_t number = 1;
  for (const char* code : {"b", "s"}) {
    fare::Stop stop = metro.stops[0];
    stop.code = code;
    stop.number = ++number;
    stop.card.station = static_cast<std::uint16_t>(0x21 + number);
    metro.stops.push_back(std::move(stop));
  }
  const auto table = [](std::uint32_t fen) {
    return fare::MatrixTariff{std::vector<std::uint32_t>(9, fen)};
  };
  fare::TariffVersion& version = metro.versions[0];
  version.tariff = table(kFare);
  version.classes = {
      {.name = "senior", .riders = {fare::RiderCategory::senior}, .tariff = table(100)}};
  return model;
}

/// The boxes of a region's stations one after another: what a card meets is the same lists and book
/// at each.
class RegionBox {
 public:
  explicit RegionBox(const fare::BookModel& model = three_stop_model()) {
    box.book.book = fare::Book::load(fare::encode_book(model)).value();
    box.change_lists([](CardLists& lists) { lists.list_key = kListKey; });
  }
  TapReport tap(const char* stop, sim::Card& card, AisleDirection direction) {
    box.config.stop = StopCode{stop};
    box.book.here = box.book.book->stop_on_card(NetworkId{"m"}, box.config.stop).value();
    return box.tap(card, direction);
  }
  void wait_until(const std::string& time) {
    box.clock.advance(parse_iso8601(time + "+08:00").value() - box.clock.now());
  }
  /// Of the last intent, which must price to the same again.
  [[nodiscard]] Intent last_intent() const {
    const Intent out = box.all<Intent>().back();
    EXPECT_EQ(fare::price(*box.book.book, out.medium, out.context, out.tap), out.decision);
    return out;
  }
  TestBox box;
};

/// Signed files of a region in a folder, and a box that is told of them.
struct RegionFiles {
  RegionFiles() {
    config.state_dir = folder.path / "state";
    config.keys_dir = folder.path;
    keys.list = kListKey;
  }
  /// `list` has number() and encode().
  template <class List>
  void offer(ListFile& file, FileKind kind, const List& list, Realm realm = Realm::test) const {
    file = {folder.path / file_kind_name(kind), {signer.public_key}};
    const Bytes bytes = seal_envelope({.kind = kind, .realm = realm, .number = list.number()},
                                      list.encode(), std::span{&signer, 1});
    put(file, as_text(bytes));
  }
  /// As files are put: beside the old one, and then in its place.
  void put(const ListFile& file, std::string_view content) const {
    const auto beside = folder.path / "beside";
    std::ofstream{beside, std::ios::binary} << content;
    std::filesystem::rename(beside, file.file);
  }
  [[nodiscard]] std::string error() const {
    const auto lists = ListStore{config, keys}.examine();
    return lists ? "taken" : lists.error().message();
  }

  TempFolder folder;
  crypto::SigningKey signer = crypto::make_signing_key();
  BoxConfig config;
  BoxKeys keys;
};

}  // namespace tidegate::edge::gate_fixture
