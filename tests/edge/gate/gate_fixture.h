// SPDX-License-Identifier: Apache-2.0
// A box without its sockets: real ledger, committer, software SAM and pipeline, with simulated
// cards in the field of an entry aisle, an exit aisle and one that leads both ways.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "edge/gate/committer.h"
#include "edge/gate/field_card.h"
#include "edge/gate/gate_link.h"
#include "edge/gate/services.h"
#include "edge/gate/tap.h"
#include "edge/ledger/ledger.h"
#include "fare/engine/book_codec.h"
#include "fare/engine/book_model.h"
#include "nfc/softsam/softsam.h"
#include "simulators/card/card.h"
#include "simulators/card/make_card.h"

namespace tidegate::edge::gate_fixture {

inline constexpr std::array<Byte, 8> kAcquirer{0x12, 0x00, 0x29, 0x00, 0xFF, 0xFF, 0xFF, 0xFF};
inline constexpr std::int64_t kFare = 300;

/// Wall time that only moves when a test says so.
class StillClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override {
    return Timestamp{std::chrono::milliseconds{milliseconds_.load()}};
  }
  [[nodiscard]] SteadyTime steady() const override {
    return std::chrono::steady_clock::now() + std::chrono::milliseconds{passed_.load()};
  }
  [[nodiscard]] ClockTrust trust() const override { return {trusted_.load(), false}; }
  void set_trusted(bool on) { trusted_ = on; }
  void advance(std::chrono::milliseconds by) { milliseconds_ += by.count(); }
  /// Both clocks.
  void pass(std::chrono::milliseconds by) {
    advance(by);
    passed_ += by.count();
  }

 private:
  std::atomic<std::int64_t> milliseconds_{
      parse_iso8601("2026-11-02T08:00:00+08:00").value().time_since_epoch().count()};
  std::atomic<std::int64_t> passed_{0};
  std::atomic<bool> trusted_{ClockTrust{}.trusted};
};

/// What the passenger in front of the aisle sees.
class SeenFront final : public Front {
 public:
  void open(gate_protocol::Direction direction, SequenceNo) override {
    opened.push_back(direction);
  }
  void show(const gate_protocol::Display& display) override { shown.push_back(display); }
  std::vector<gate_protocol::Direction> opened;
  std::vector<gate_protocol::Display> shown;
};

/// When a card leaves the field by itself.
struct Tear {
  unsigned exchange = 0;    ///< from 1; 0: never
  bool after_card = false;  ///< the card has acted, the answer is lost
  bool comes_back = false;  ///< a reselect finds it again
};

/// A simulated card right behind the port, without a reader.
class CardInField final : public FieldCard {
 public:
  explicit CardInField(sim::Card& card, Tear tear = {}) : card_{card}, tear_{tear} {
    card_.power_off();
  }
  ~CardInField() override { card_.power_off(); }

  Result<Bytes> transceive(ByteView command, std::chrono::milliseconds) override {
    if (gone_) return fail(Errc::gone, "no card");
    ++exchanges;
    if (exchanges != tear_.exchange) return card_.transceive(command);
    if (tear_.after_card) static_cast<void>(card_.transceive(command));
    card_.power_off();
    gone_ = true;
    return fail(Errc::gone, "torn");
  }
  Status reselect() override {
    card_.power_off();
    if (gone_ && !tear_.comes_back) return fail(Errc::gone, "no card");
    gone_ = false;
    return {};
  }
  unsigned exchanges = 0;

 private:
  sim::Card& card_;
  Tear tear_;
  bool gone_ = false;
};

/// One stop "a": in and out there costs kFare.
inline fare::BookModel one_stop_model(std::uint64_t number) {
  fare::Network metro{.id = "m",
                      .code = 1,
                      .name_zh = "地铁",
                      .name_en = "Metro",
                      .city = 0x2900,
                      .acquirer = kAcquirer,
                      .industry = 1,
                      .operator_code = 0,
                      .minimum_balance = Fen{200},
                      .stops = {{.code = "a",
                                 .number = 1,
                                 .name_zh = "甲",
                                 .name_en = "A",
                                 .card = {0x18, 0x21},
                                 .line = 0x18}},
                      .versions = {{parse_date("2026-01-01").value(),
                                    fare::MatrixTariff{{static_cast<std::uint32_t>(kFare)}}}}};
  fare::BookModel model{
      .name = "test", .number = number, .valid_from = parse_date("2026-01-01").value()};
  model.networks.push_back(std::move(metro));
  return model;
}
inline ActiveBook one_stop_book() {
  Bytes bytes = fare::encode_book(one_stop_model(7));
  ActiveBook active;
  active.hash = crypto::sha256({bytes});
  active.number = 7;
  active.book = fare::Book::load(std::move(bytes)).value();
  active.here = active.book->stop_on_card(NetworkId{"m"}, StopCode{"a"}).value();
  return active;
}

class TempFolder {
 public:
  TempFolder() {
    std::string pattern = testing::TempDir() + "/gate-XXXXXX";
    path = ::mkdtemp(pattern.data()) == nullptr ? "" : pattern;
    EXPECT_FALSE(path.empty());
  }
  ~TempFolder() { std::filesystem::remove_all(path); }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  std::filesystem::path path;
};

inline LedgerIdentity identity() {
  return {.realm = Realm::test,
          .box = BoxId{"b"},
          .network = NetworkId{"m"},
          .stop = StopCode{"a"},
          .key = crypto::signing_key_from_seed({1, 2, 3})};
}

inline std::unique_ptr<Ledger> open_test_ledger(const std::filesystem::path& folder) {
  auto ledger = Ledger::open(folder, identity(), {.map_bytes = 64UL << 20U, .preallocate = false});
  EXPECT_TRUE(ledger.has_value()) << ledger.error().message();
  return std::move(*ledger);
}

inline constexpr const char* kTerminal = "413100000002";

inline std::unique_ptr<nfc::Sam> open_test_sam(const std::filesystem::path& folder,
                                               const std::string& terminal = kTerminal) {
  std::ofstream{folder / "sam.toml"} << "terminal = \"" << terminal << "\"\nkey_index = 1\n"
                                     << "purchase_key = \"404142434445464748494A4B4C4D4E4F\"\n";
  auto sam = nfc::open_softsam(folder / "sam.toml", Realm::test);
  EXPECT_TRUE(sam.has_value()) << sam.error().message();
  return std::move(*sam);
}

/// Everything of a box but sockets and threads of aisles.
class TestBox {
 public:
  /// `instead` puts something between committer and ledger.
  explicit TestBox(Ledger* instead = nullptr, const std::string& terminal = kTerminal)
      : ledger{open_test_ledger(folder.path / "ledger")},
        sam{open_test_sam(folder.path, terminal)},
        sealer{BoxId{"b"}, {9}, {1, crypto::make_exchange_key().public_key}, 1},
        committer{instead == nullptr ? *ledger : *instead,
                  [this] {
                    return Entry{entry_head(clock, AisleNo{}, {}), Maintenance{"gate", "probe"}};
                  },
                  {.probe_every = std::chrono::milliseconds{20}}} {
    config.network = NetworkId{"m"};
    config.stop = StopCode{"a"};
    config.commit_timeout = std::chrono::milliseconds{30'000};
    memory.terminals.add(this->sam->terminal());
  }

  TapReport tap(sim::Card& card, AisleDirection direction, Tear tear = {}) {
    CardInField field{card, tear};
    return tap(field, direction);
  }
  TapReport tap(CardInField& field, AisleDirection direction) {
    clock.advance(std::chrono::seconds{2});
    const AisleConfig aisle{.number = AisleNo{static_cast<std::uint16_t>(direction)},
                            .direction = direction};
    TapPipeline pipeline{services, aisle, *sam, front};
    return pipeline.run(field);
  }

  /// From the next tap on.
  void change_lists(const std::function<void(CardLists&)>& change) {
    CardLists next = *lists.get();
    change(next);
    lists.put(std::move(next));
  }

  [[nodiscard]] std::vector<StoredEntry> entries() const {
    std::vector<StoredEntry> out;
    const auto read = ledger->read(SequenceNo{0}, [&](const StoredEntry& stored) {
      out.push_back(stored);
      return true;
    });
    EXPECT_TRUE(read.has_value());
    return out;
  }
  template <class Body>
  [[nodiscard]] std::vector<Body> all() const {
    std::vector<Body> out;
    for (const StoredEntry& stored : entries())
      if (const auto* body = std::get_if<Body>(&stored.entry.body)) out.push_back(*body);
    return out;
  }

  TempFolder folder;
  StillClock clock;
  std::unique_ptr<Ledger> ledger;
  std::unique_ptr<nfc::Sam> sam;
  Sealer sealer;
  Committer committer;
  BoxConfig config;
  ActiveBook book = one_stop_book();
  ModeSwitch modes;
  SeenFront front;
  RunMemory memory;
  ListsInForce lists;
  Services services{config, clock, *ledger, committer, sealer, book, modes, memory, lists};
};

/// A passenger's card with a number of its own.
inline sim::CardImageData card_image(unsigned number, std::uint32_t balance = 5000) {
  std::string digits = std::to_string(number);
  digits.insert(0, 11 - digits.size(), '0');
  return sim::make_card({.number = "31047700" + digits, .balance = balance});
}

}  // namespace tidegate::edge::gate_fixture
