// SPDX-License-Identifier: Apache-2.0
// The gate's ends of reader.sock and gate.sock, and the whole gate behind them.
#include <gtest/gtest.h>

#include <algorithm>
#include <future>

#include "base/envelope/envelope.h"
#include "base/posix/fd.h"
#include "edge/gate/app.h"
#include "edge/gate/gate_link.h"
#include "edge/gate/reader_link.h"
#include "tests/edge/gate/gate_fixture.h"

namespace tidegate::edge {
namespace {

using gate_fixture::TempFolder;
using std::chrono::milliseconds;
using std::chrono::seconds;
namespace rp = reader_protocol;
namespace gp = gate_protocol;

constexpr seconds kPatience{30};

/// A reader by hand.
class HandReader {
 public:
  HandReader(const std::filesystem::path& socket, AisleNo aisle) {
    auto connected = posix::SeqpacketSocket::connect(socket);
    EXPECT_TRUE(connected.has_value());
    socket_ = std::move(*connected);
    say({0, rp::Hello{aisle, 1}});
  }
  void say(const rp::Message& message) {
    EXPECT_TRUE(socket_.send(rp::encode(message), kPatience).has_value());
  }
  rp::Message hear() {
    auto packet = socket_.receive(kPatience);
    EXPECT_TRUE(packet.has_value());
    return rp::decode(packet.value()).value();
  }
  /// The gate closed this connection.
  bool closed() { return socket_.receive(kPatience).error().code() == Errc::gone; }

 private:
  posix::SeqpacketSocket socket_;
};

class ReaderLinkTest : public testing::Test {
 protected:
  void SetUp() override {
    auto started = ReaderServer::start(socket(), {{AisleNo{1}, &link_}});
    ASSERT_TRUE(started.has_value()) << started.error().message();
    server_ = std::move(*started);
  }
  std::filesystem::path socket() const { return folder_.path / "reader.sock"; }
  template <class T>
  T next_is() {
    auto event = link_.next(kPatience);
    EXPECT_TRUE(std::holds_alternative<T>(event)) << event.index();
    return std::holds_alternative<T>(event) ? std::get<T>(event) : T{};
  }
  TempFolder folder_;
  ReaderLink link_{AisleNo{1}};
  std::unique_ptr<ReaderServer> server_;
};

TEST_F(ReaderLinkTest, ATargetIsToldAndACommandAnswered) {
  HandReader reader{socket(), AisleNo{1}};
  ASSERT_TRUE(link_.wait_connected(kPatience));
  reader.say({0, rp::Target{{0, 8}, 0x20, {1, 2, 3, 4}, {}}});
  EXPECT_EQ(next_is<rp::Target>().uid, (Bytes{1, 2, 3, 4}));
  auto answer = std::async(std::launch::async, [&] {
    return link_.transceive(Bytes{0, 0xB2, 1, 0xC4, 0}, milliseconds{5000});
  });
  const rp::Message request = reader.hear();
  EXPECT_EQ(std::get<rp::Apdu>(request.body).command, (Bytes{0, 0xB2, 1, 0xC4, 0}));
  reader.say({request.request + 7, rp::Reply{{0x6F, 0}}});  // stale: must not count
  reader.say({request.request, rp::Reply{{0x90, 0}}});
  const auto got = answer.get();
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(*got, (Bytes{0x90, 0}));
}

TEST_F(ReaderLinkTest, CausesBecomeErrors) {
  HandReader reader{socket(), AisleNo{1}};
  ASSERT_TRUE(link_.wait_connected(kPatience));
  const std::pair<rp::Cause, Errc> cases[] = {{rp::Cause::gone, Errc::gone},
                                              {rp::Cause::timeout, Errc::timeout},
                                              {rp::Cause::reader, Errc::io},
                                              {rp::Cause::invalid, Errc::invalid}};
  for (const auto& [cause, code] : cases) {
    auto answer = std::async(std::launch::async, [&] {
      return link_.transceive(Bytes{0, 0xB2, 1, 0xC4, 0}, milliseconds{5000});
    });
    reader.say({reader.hear().request, rp::Failed{cause, "x"}});
    EXPECT_EQ(answer.get().error().code(), code);
  }
}

TEST_F(ReaderLinkTest, WhatIsToldDuringACommandIsNotLost) {
  HandReader reader{socket(), AisleNo{1}};
  ASSERT_TRUE(link_.wait_connected(kPatience));
  auto answer = std::async(std::launch::async, [&] { return link_.reselect(); });
  const rp::Message request = reader.hear();
  EXPECT_TRUE(std::holds_alternative<rp::Reselect>(request.body));
  reader.say({0, rp::Gone{}});
  reader.say({request.request, rp::Failed{rp::Cause::gone, ""}});
  EXPECT_FALSE(answer.get().has_value());
  next_is<rp::Gone>();
}

TEST_F(ReaderLinkTest, TheNewestHelloWins) {
  HandReader old{socket(), AisleNo{1}};
  ASSERT_TRUE(link_.wait_connected(kPatience));
  HandReader fresh{socket(), AisleNo{1}};
  EXPECT_TRUE(old.closed());
  // The aisle may notice the old connection's end first.
  fresh.say({0, rp::Gone{}});
  ReaderLink::Event event = link_.next(kPatience);
  while (std::holds_alternative<ReaderLink::Lost>(event)) {
    ASSERT_TRUE(link_.wait_connected(kPatience));
    event = link_.next(kPatience);
  }
  EXPECT_TRUE(std::holds_alternative<rp::Gone>(event));
}

TEST_F(ReaderLinkTest, AReaderOfAnUnknownAisleIsSentAway) {
  HandReader reader{socket(), AisleNo{9}};
  EXPECT_TRUE(reader.closed());
}

TEST_F(ReaderLinkTest, ALostReaderIsTold) {
  {
    HandReader reader{socket(), AisleNo{1}};
    ASSERT_TRUE(link_.wait_connected(kPatience));
  }
  next_is<ReaderLink::Lost>();
  EXPECT_FALSE(link_.transceive(Bytes{0, 0, 0, 0}, milliseconds{10}).has_value());
}

/// A controller by hand.
class HandController {
 public:
  HandController(const std::filesystem::path& socket, AisleNo aisle) {
    auto connected = posix::SeqpacketSocket::connect(socket);
    EXPECT_TRUE(connected.has_value());
    socket_ = std::move(*connected);
    say({aisle, gp::Hello{}});
  }
  void say(const gp::Message& message) {
    EXPECT_TRUE(socket_.send(gp::encode(message), kPatience).has_value());
  }
  /// The next message that is not a heartbeat.
  std::optional<gp::Message> hear() {
    while (true) {
      auto packet = socket_.receive(kPatience);
      if (!packet) return std::nullopt;
      gp::Message message = gp::decode(*packet).value();
      if (!std::holds_alternative<gp::Heartbeat>(message.body)) return message;
      ++heartbeats;
    }
  }
  /// Waits for a display with this screen.
  std::optional<gp::Display> see(gp::Screen screen) {
    while (auto message = hear()) {
      const auto* display = std::get_if<gp::Display>(&message->body);
      if (display != nullptr && display->screen == screen) return *display;
      if (std::holds_alternative<gp::Open>(message->body)) ++opened;
    }
    return std::nullopt;
  }
  bool beats() {
    auto packet = socket_.receive(kPatience);
    return packet && std::holds_alternative<gp::Heartbeat>(gp::decode(*packet).value().body);
  }
  const posix::SeqpacketSocket& socket() const { return socket_; }
  int heartbeats = 0;
  int opened = 0;

 private:
  posix::SeqpacketSocket socket_;
};

class GateLinkTest : public testing::Test {
 protected:
  void SetUp() override {
    auto started =
        GateLink::start(folder_.path / "gate.sock",
                        {.passage = [this](AisleNo aisle, bool) { passages_.set_value(aisle); },
                         .fire = [this](bool on) { fire_.set_value(on); }});
    ASSERT_TRUE(started.has_value()) << started.error().message();
    link_ = std::move(*started);
  }
  std::filesystem::path socket() const { return folder_.path / "gate.sock"; }
  TempFolder folder_;
  std::promise<AisleNo> passages_;
  std::promise<bool> fire_;
  std::unique_ptr<GateLink> link_;
};

TEST_F(GateLinkTest, AControllerHearsOfItsOwnAisleAndTheHeartbeat) {
  HandController one{socket(), AisleNo{1}};
  HandController all{socket(), AisleNo{0}};
  EXPECT_TRUE(one.beats());
  EXPECT_TRUE(all.beats());
  link_->send(AisleNo{2}, gp::Open{});
  link_->send(AisleNo{1}, gp::Close{});
  EXPECT_EQ(one.hear()->body, gp::Body{gp::Close{}});
  EXPECT_EQ(all.hear()->aisle, AisleNo{2});
  EXPECT_EQ(all.hear()->aisle, AisleNo{1});
}

TEST_F(GateLinkTest, WhoeverComesLaterIsToldWhatTheDisplayShows) {
  link_->send(AisleNo{1}, gp::Display{.screen = gp::Screen::out_of_service});
  HandController one{socket(), AisleNo{1}};
  EXPECT_TRUE(one.see(gp::Screen::out_of_service).has_value());
}

TEST_F(GateLinkTest, PassagesAndFireAreHeard) {
  HandController all{socket(), AisleNo{0}};
  all.say({AisleNo{3}, gp::Passage{true}});
  EXPECT_EQ(passages_.get_future().get(), AisleNo{3});
  all.say({AisleNo{0}, gp::Fire{true}});
  EXPECT_TRUE(fire_.get_future().get());
}

TEST_F(GateLinkTest, AControllerThatDoesNotDrainIsDropped) {
  HandController deaf{socket(), AisleNo{1}};
  ASSERT_TRUE(deaf.beats());
  const gp::Display large{.screen = gp::Screen::ready, .zh = std::string(20'000, 'x')};
  for (int i = 0; i < 200; ++i) link_->send(AisleNo{1}, large);
  int messages = 0;
  while (deaf.hear()) ++messages;  // ends: the gate has hung up
  EXPECT_LT(messages, 200);
}

/// A folder with everything a box is told, for the whole gate.
struct BoxFolder {
  BoxFolder() {
    signer = crypto::make_signing_key();
    write("box.key", to_hex(crypto::make_signing_key().seed));
    write("handle.key", std::string(64, 'A'));
    write("clearing.pub", "1 " + to_hex(crypto::make_exchange_key().public_key));
    write("sam.toml",
          "terminal = \"413100000002\"\nkey_index = 1\n"
          "purchase_key = \"404142434445464748494A4B4C4D4E4F\"\n");
    write_book(7);
    write("box.toml",
          "[box]\nid = \"b\"\nkind = \"station\"\nrealm = \"test\"\nnetwork = \"m\"\n"
          "stop = \"a\"\n[paths]\nstate = \"state\"\nrun = \".\"\nkeys = \".\"\n"
          "[fares]\nbook = \"fares.book\"\ntrusted_keys = [\"" +
              to_hex(signer.public_key) +
              "\"]\n[tap]\napdu_timeout_ms = 5000\ncommit_timeout_ms = 8000\n"
              "[ledger]\nmap_mib = 16\n[[aisle]]\nnumber = 1\ndirection = \"both\"\n"
              "device = \"none\"\nsam = \"sam.toml\"\n");
  }
  void write(const std::string& name, const std::string& text) {
    std::ofstream{folder.path / name, std::ios::binary} << text;
  }
  void write_book(std::uint64_t number) {
    const Bytes payload = fare::encode_book(gate_fixture::one_stop_model(number));
    const Bytes file =
        seal_envelope({.realm = Realm::test, .number = number}, payload, std::span{&signer, 1});
    write("fares.book", std::string{as_text(file)});
  }
  std::filesystem::path file(const std::string& name) const { return folder.path / name; }
  BoxConfig config() const { return load_box_config(file("box.toml")).value(); }

  TempFolder folder;
  crypto::SigningKey signer;
};

/// A running gate; ends with the scope.
class RunningGate {
 public:
  explicit RunningGate(const BoxFolder& folder)
      : config_{folder.config()}, thread_{[this] {
          status_ = run_gate(config_, "test", [this] {
            ready_.set_value();
            stop_.get_future().wait();
          });
        }} {
    ready_.get_future().wait();
  }
  ~RunningGate() {
    stop_.set_value();
    thread_.join();
    EXPECT_TRUE(status_.has_value()) << status_.error().message();
  }
  RunningGate(const RunningGate&) = delete;
  RunningGate& operator=(const RunningGate&) = delete;

 private:
  BoxConfig config_;
  Status status_;
  std::promise<void> ready_, stop_;
  std::thread thread_;
};

/// Serves commands of the gate with a simulated card until Release.
void serve(HandReader& reader, sim::Card& card) {
  card.power_off();
  reader.say({0, rp::Target{card.atqa(), card.sak(), card.uid(), {}}});
  while (true) {
    const rp::Message message = reader.hear();
    if (std::holds_alternative<rp::Release>(message.body)) break;
    const auto* apdu = std::get_if<rp::Apdu>(&message.body);
    ASSERT_NE(apdu, nullptr);
    reader.say({message.request, rp::Reply{card.transceive(apdu->command)}});
  }
  reader.say({0, rp::Gone{}});
}

std::vector<StoredEntry> ledger_of(const BoxFolder& folder) {
  std::vector<StoredEntry> out;
  EXPECT_TRUE(read_ledger(folder.file("state/ledger"), SequenceNo{0}, [&](const StoredEntry& e) {
                out.push_back(e);
                return true;
              }).has_value());
  return out;
}

TEST(GateTest, APassengerGoesInAndOutAndTheLedgerKnows) {
  const BoxFolder folder;
  sim::TUnionCard card{gate_fixture::card_image(1), {}};
  {
    RunningGate gate{folder};
    HandController controller{folder.file("gate.sock"), AisleNo{0}};
    ASSERT_TRUE(controller.see(gp::Screen::out_of_service));  // no reader yet
    HandReader reader{folder.file("reader.sock"), AisleNo{1}};
    ASSERT_TRUE(controller.see(gp::Screen::ready));
    serve(reader, card);
    const auto in = controller.see(gp::Screen::accepted);
    ASSERT_TRUE(in.has_value());
    EXPECT_EQ(in->fare, Fen{});
    controller.say({AisleNo{1}, gp::Passage{true}});
    ASSERT_TRUE(controller.see(gp::Screen::ready));
    serve(reader, card);
    const auto out = controller.see(gp::Screen::accepted);
    ASSERT_TRUE(out.has_value());
    EXPECT_EQ(out->fare, Fen{gate_fixture::kFare});
    EXPECT_EQ(out->balance, Fen{5000 - gate_fixture::kFare});
    EXPECT_EQ(controller.opened, 2);
  }
  std::vector<std::string> kinds;
  SequenceNo first_outcome;
  for (const StoredEntry& stored : ledger_of(folder)) {
    kinds.emplace_back(kind_name(stored.entry.body));
    if (kinds.back() == "outcome" && first_outcome == SequenceNo{}) first_outcome = stored.sequence;
    if (const auto* passage = std::get_if<Passage>(&stored.entry.body)) {
      EXPECT_EQ(passage->outcome, first_outcome);
      EXPECT_TRUE(passage->passed);
    }
  }
  EXPECT_EQ(std::ranges::count(kinds, "passage"), 1);
  EXPECT_EQ(std::ranges::count(kinds, "intent"), 2);
  EXPECT_EQ(std::ranges::count(kinds, "outcome"), 2);
  EXPECT_EQ(kinds.back(), "maintenance");
}

TEST(GateTest, ACleanStopIsKnownAtTheNextStart) {
  const BoxFolder folder;
  {
    const RunningGate gate{folder};
  }
  {
    const RunningGate gate{folder};
  }
  std::vector<bool> clean;
  for (const StoredEntry& stored : ledger_of(folder))
    if (const auto* boot = std::get_if<Boot>(&stored.entry.body)) clean.push_back(boot->clean_stop);
  EXPECT_EQ(clean, (std::vector<bool>{false, true}));
}

TEST(GateTest, FireIsRecordedAndNoCardIsTaken) {
  const BoxFolder folder;
  sim::TUnionCard card{gate_fixture::card_image(1), {}};
  const auto before = card.image();
  {
    RunningGate gate{folder};
    HandController controller{folder.file("gate.sock"), AisleNo{0}};
    HandReader reader{folder.file("reader.sock"), AisleNo{1}};
    ASSERT_TRUE(controller.see(gp::Screen::ready));
    controller.say({AisleNo{0}, gp::Fire{true}});
    auto display = controller.see(gp::Screen::ready);
    ASSERT_TRUE(display.has_value());
    EXPECT_NE(display->en.find("Emergency"), std::string::npos);
    serve(reader, card);
    controller.say({AisleNo{0}, gp::Fire{false}});
    do {
      display = controller.see(gp::Screen::ready);
      ASSERT_TRUE(display.has_value());
    } while (display->en.find("Emergency") != std::string::npos);
  }
  EXPECT_EQ(card.image(), before);
  std::size_t changes = 0;
  for (const StoredEntry& stored : ledger_of(folder))
    changes += std::holds_alternative<ModeChange>(stored.entry.body) ? 1U : 0U;
  EXPECT_EQ(changes, 2U);
}

TEST(GateTest, TwoCardsAreRefused) {
  const BoxFolder folder;
  {
    RunningGate gate{folder};
    HandController controller{folder.file("gate.sock"), AisleNo{0}};
    HandReader reader{folder.file("reader.sock"), AisleNo{1}};
    ASSERT_TRUE(controller.see(gp::Screen::ready));
    reader.say({0, rp::State{rp::ReaderState::two_cards, "two"}});
    const auto refused = controller.see(gp::Screen::refused);
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->refusal, 200);
    reader.say({0, rp::State{rp::ReaderState::ok, ""}});
    EXPECT_TRUE(controller.see(gp::Screen::ready));
  }
  const auto entries = ledger_of(folder);
  EXPECT_TRUE(std::ranges::any_of(entries, [](const StoredEntry& stored) {
    return std::holds_alternative<Refusal>(stored.entry.body);
  }));
}

TEST(BookStoreTest, ABadBookNeverReplacesTheLastGoodOne) {
  BoxFolder folder;
  const BoxConfig config = folder.config();
  const BookStore store{config};
  const auto first = store.activate();
  ASSERT_TRUE(first.has_value()) << first.error().message();
  folder.write("fares.book", "this is no book");
  EXPECT_FALSE(store.examine().has_value());
  auto still = store.activate();
  ASSERT_TRUE(still.has_value());
  EXPECT_EQ(still->hash, first->hash);
  folder.write_book(6);  // well signed, but older: a replay
  still = store.activate();
  ASSERT_TRUE(still.has_value());
  EXPECT_EQ(still->number, 7U);
  folder.write_book(8);
  EXPECT_EQ(store.activate().value().number, 8U);
  std::filesystem::remove(folder.file("fares.book"));
  EXPECT_EQ(store.activate().value().number, 8U);
}

TEST(BookStoreTest, WithoutAnyBookThereIsNone) {
  BoxFolder folder;
  folder.write("fares.book", "");
  const BoxConfig config = folder.config();
  EXPECT_FALSE(BookStore{config}.activate().has_value());
}

TEST(GateTest, CheckTellsWhetherTheGateWouldStart) {
  BoxFolder folder;
  EXPECT_TRUE(check_gate(folder.file("box.toml")).has_value());
  folder.write("handle.key", "short");
  EXPECT_FALSE(check_gate(folder.file("box.toml")).has_value());
}

}  // namespace
}  // namespace tidegate::edge
