// SPDX-License-Identifier: Apache-2.0
// Ride codes through the shipped programs: scanner, tidegate-reader --scanner, gate, ledger; the
// gate killed between two presentations.
#include <gtest/gtest.h>

#include <thread>

#include "base/envelope/envelope.h"
#include "base/posix/fd.h"
#include "edge/ledger/ledger.h"
#include "nfc/tables/issuer_list.h"
#include "simulators/gate/sim_gate.h"
#include "simulators/qr/make_code.h"
#include "simulators/qr/sim_scanner.h"
#include "simulators/station/box_files.h"
#include "simulators/station/supervisor.h"
#include "tests/e2e/programs.h"

namespace tidegate::e2e {
namespace {

using fare::RefusalCode;
using std::chrono::milliseconds;
using std::chrono::seconds;
namespace screen = edge::gate_protocol;

constexpr milliseconds kPatience{60'000};
constexpr AisleNo kAisle{1};

class Codes : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    auto site =
        sim::make_site({.dir = folder() / "box",
                        .tariff = std::filesystem::path{TIDEGATE_SOURCE_DIR} / "tariffs/demo",
                        .network = "shanghai-ferry",
                        .stops = {ferry_stop()},
                        .aisles = 2,
                        .seed = 5});
    ASSERT_TRUE(site.has_value()) << site.error().message();
    files_ = site->boxes.front();
    link_ = files_.run / "scanner";
    write_list();
    auto scanner = sim::SimScanner::open(link_, {.suffix = {0x0D, 0x0A}, .chunk = 64});
    ASSERT_TRUE(scanner.has_value()) << scanner.error().message();
    scanner_.emplace(std::move(*scanner));
    start();
  }

  static std::string ferry_stop() {
    const std::string text =
        read_text(std::filesystem::path{TIDEGATE_SOURCE_DIR} / "tariffs/demo/stops.csv");
    const auto at = text.find("\nshanghai-ferry,") + 16;
    return text.substr(at, text.find(',', at) - at);
  }

  /// An issuer list that knows our authority and issuer, and the lines of box.toml for it.
  void write_list() {
    nfc::IssuerListModel model{.name = "test", .number = 1};
    model.issuers.push_back({.issuer = recipe_.issuer, .iin = {0x31, 0x05, 0x22, 0x80}});
    model.code_issuers.push_back({recipe_.issuer, recipe_.platform});
    // The list has whole points: x and y.
    model.code_keys.push_back({.index = 1, .public_key = whole_point(keys_.ca)});
    const auto list = nfc::IssuerList::make(model);
    ASSERT_TRUE(list.has_value()) << list.error().message();
    const auto signer = crypto::signing_key_from_seed({7});
    EnvelopeHeader header;
    header.kind = FileKind::issuer_list;
    header.number = 1;
    header.created = SystemClock{}.now();
    const Bytes file = seal_envelope(header, (*list)->encode(), std::span{&signer, 1});
    ASSERT_TRUE(posix::write_file_durably(files_.dir / "cards.issuers", file).has_value());
    std::string text = read_text(files_.config);
    text.insert(text.find("\n[[aisle]]"),
                "\n[lists]\nissuers = \"cards.issuers\"\ntrusted_keys = [\"" +
                    to_hex(signer.public_key) + "\"]\n");
    const std::string number = "number = 1\n";
    text.insert(text.find(number) + number.size(), "scanner = \"" + link_.string() + "\"\n");
    ASSERT_TRUE(posix::write_file_durably(files_.config, as_bytes(text)).has_value());
  }

  static std::array<Byte, 64> whole_point(const crypto::Sm2SigningKey& key) {
    return crypto::Sm2PublicKey::parse(key.public_key).value().coordinates();
  }

  void start() {
    const std::string config = files_.config.string();
    auto daemons =
        sim::Supervisor::start({{.name = "gate",
                                 .arguments = {program("tidegate-gate"), "--config", config},
                                 .log = files_.log / "gate.log"},
                                {.name = "scanner",
                                 .arguments = {program("tidegate-reader"), "--config", config,
                                               "--aisle", "1", "--scanner"},
                                 .log = files_.log / "scanner.log"}});
    ASSERT_TRUE(daemons.has_value()) << daemons.error().message();
    daemons_ = std::move(*daemons);
    auto gate = sim::SimGate::start(files_.gate_socket(), kPatience);
    ASSERT_TRUE(gate.has_value()) << gate.error().message();
    gate_ = std::move(*gate);
  }

  Bytes code() {
    const auto now = std::chrono::floor<seconds>(SystemClock{}.now());
    recipe_.made = static_cast<std::uint32_t>(now.time_since_epoch().count());
    recipe_.expiry = recipe_.made + 86'400;
    return sim::make_code(recipe_, keys_);
  }
  /// Shown until the gate says something: right after a start nobody may listen yet.
  std::optional<sim::Seen> show(ByteView code) {
    gate_->arm(kAisle);
    for (int tries = 0; tries < 12; ++tries) {
      scanner_->show(code);
      auto seen = gate_->wait(kAisle, milliseconds{5000});
      if (seen && seen->display.screen != screen::Screen::out_of_service) return seen;
      gate_->arm(kAisle);
    }
    return std::nullopt;
  }
  bool wait_codes_only() { return gate_->wait_screen(kAisle, screen::Screen::ready, kPatience); }

  sim::BoxFiles files_;
  std::filesystem::path link_;
  sim::CodeKeys keys_ = sim::code_keys(3);
  sim::CodeRecipe recipe_;
  std::optional<sim::SimScanner> scanner_;
  std::unique_ptr<sim::Supervisor> daemons_;
  std::unique_ptr<sim::SimGate> gate_;
};

TEST_F(Codes, ACodePaysOnceAlsoWhenTheGateIsKilled) {
  // No reader runs at all: codes are taken all the same, and the display says so.
  ASSERT_TRUE(wait_codes_only());
  const Bytes first = code();
  auto seen = show(first);
  ASSERT_TRUE(seen.has_value());
  EXPECT_EQ(seen->display.screen, screen::Screen::accepted) << seen->display.en;
  EXPECT_EQ(seen->display.fare, Fen{200});
  ASSERT_TRUE(seen->open.has_value());
  EXPECT_EQ(seen->open->direction, screen::Direction::entry);

  const unsigned starts = daemons_->starts("gate");
  daemons_->kill_unit("gate");
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (daemons_->starts("gate") == starts && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(milliseconds{10});
  ASSERT_TRUE(gate_->wait_screen(kAisle, screen::Screen::ready, kPatience));

  // Something else in between, or the scanner takes it for the same presentation.
  seen = show(as_bytes("https://example.org/not-a-ride-code"));
  ASSERT_TRUE(seen.has_value());
  EXPECT_EQ(seen->display.refusal, static_cast<std::uint16_t>(RefusalCode::not_transport_code));
  seen = show(first);
  ASSERT_TRUE(seen.has_value());
  EXPECT_EQ(seen->display.screen, screen::Screen::refused);
  EXPECT_EQ(seen->display.refusal, static_cast<std::uint16_t>(RefusalCode::code_used));
  EXPECT_FALSE(seen->open.has_value());

  EXPECT_TRUE(daemons_->stop(kPatience).empty());
  Fen charged;
  unsigned charges = 0;
  const auto read =
      edge::read_ledger(files_.ledger, SequenceNo{0}, [&](const edge::StoredEntry& stored) {
        if (const auto* charge = std::get_if<edge::AccountCharge>(&stored.entry.body)) {
          charged += charge->amount;
          ++charges;
        }
        return true;
      });
  ASSERT_TRUE(read.has_value()) << read.error().message();
  EXPECT_EQ(charges, 1U);
  EXPECT_EQ(charged, Fen{200});
  const auto verified = edge::verify_ledger(files_.ledger);
  ASSERT_TRUE(verified.has_value());
  EXPECT_FALSE(verified->damaged.has_value()) << verified->what;
}

}  // namespace
}  // namespace tidegate::e2e
