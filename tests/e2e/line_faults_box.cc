// SPDX-License-Identifier: Apache-2.0
// Starting the box, minting its passengers, and a passenger's visit.
#include "tests/e2e/line_faults_box.h"

#include <algorithm>
#include <fstream>
#include <thread>
#include <utility>

#include "simulators/card/make_card.h"
#include "tests/card_on_the_line.h"
#include "tests/e2e/programs.h"

namespace tidegate::e2e {

namespace protocol = edge::gate_protocol;
using protocol::Screen;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

namespace {

constexpr seconds kStartPatience{180};
/// Who has a tap left lifts the card after so long without a word, and lays it down again. Not
/// faster than a hand: the reader must see the card leave.
constexpr seconds kLiftAfter{10};
constexpr milliseconds kHand{400};
constexpr milliseconds kPoll{10};
constexpr std::uint64_t kSeed = 20261102;
constexpr std::uint32_t kBalance = 10'000;
constexpr Byte kDebit = 0x54;

/// An honest card that knows at which exchange of a visit its money moved.
class WatchedCard final : public CardOnTheLine {
 public:
  /// `before_debit` must outlive it.
  WatchedCard(const sim::CardImageData& image, const std::function<void()>& before_debit)
      : CardOnTheLine{card_}, card_{image, {}}, before_debit_{before_debit} {}
  Bytes transceive(ByteView command) override {
    ++exchanges_;
    if (command.size() > 1 && command[1] == kDebit) {
      debit_exchange_ = exchanges_;
      if (before_debit_) before_debit_();
    }
    return card_.transceive(command);
  }
  [[nodiscard]] sim::CardImageData image() const { return card_.image(); }
  [[nodiscard]] unsigned debit_exchange() const noexcept { return debit_exchange_; }

 private:
  sim::TUnionCard card_;
  const std::function<void()>& before_debit_;
  unsigned exchanges_ = 0;
  unsigned debit_exchange_ = 0;
};

[[nodiscard]] std::string digits(std::size_t number, std::size_t width) {
  std::string text = std::to_string(number);
  text.insert(0, width - std::min(text.size(), width), '0');
  return text;
}

/// A reader that answers nothing is waited for often here, so not as long as a station does.
[[nodiscard]] Status shorten_apdu_timeout(const std::filesystem::path& config) {
  const std::string key = "apdu_timeout_ms = ";
  std::string text = read_text(config);
  const std::size_t at = text.find(key);
  if (at == std::string::npos) return fail(Errc::not_found, "box.toml has no " + key);
  const std::size_t value = at + key.size();
  text.replace(value, text.find('\n', value) - value, "1000");
  std::ofstream{config} << text;
  return {};
}

[[nodiscard]] std::vector<sim::Unit> units(const sim::BoxFiles& files) {
  std::vector<sim::Unit> out;
  out.push_back({.name = "gate",
                 .arguments = {program("tidegate-gate"), "--config", files.config},
                 .log = files.log / "gate.log"});
  for (const sim::SimAisle& aisle : files.aisles) {
    const std::string number = std::to_string(aisle.number);
    out.push_back(
        {.name = "reader-" + number,
         .arguments = {program("tidegate-reader"), "--config", files.config, "--aisle", number},
         .log = files.log / ("reader-" + number + ".log")});
  }
  return out;
}

}  // namespace

sim::CardImageData Rider::image() const {
  if (!lie.empty()) return sim::hostile_image(*card);
  return dynamic_cast<const WatchedCard&>(*card).image();
}

Fen Rider::spent() const {
  return Fen{static_cast<std::int64_t>(before.balance) -
             static_cast<std::int64_t>(image().balance)};
}

std::optional<fare::RefusalCode> Shown::refusal() const {
  if (!is(Screen::refused)) return std::nullopt;
  return fare::refusal_from_number(display->refusal);
}

std::string Shown::text() const {
  if (!display) return "nothing";
  std::string out = display->zh + " " + display->en;
  if (const auto code = refusal()) out += " (" + std::string{fare::refusal_name(*code)} + ")";
  return out + (open ? ", open" : ", closed");
}

LineBox::~LineBox() = default;

Result<std::unique_ptr<LineBox>> LineBox::start(Options options) {
  const std::filesystem::path tariff =
      std::filesystem::path{TIDEGATE_SOURCE_DIR} / "tariffs" / "demo";
  const auto table = sim::TariffTable::load(tariff);
  if (!table) return fail(Error{table.error()});
  const std::string here = table->stops().at(0), from = table->stops().at(1);
  const auto fare = table->fare(from, here);
  if (!fare) return fail(Errc::not_found, "the tariff has no fare from " + from);
  auto site = sim::make_site({.dir = {},
                              .tariff = tariff,
                              .network = table->network(),
                              .stops = {here},
                              .aisles = 2,
                              .seed = kSeed});
  if (!site) return fail(std::move(site.error()));
  if (auto ok = shorten_apdu_timeout(site->boxes.front().config); !ok)
    return fail(std::move(ok.error()));
  if (options.prepare)
    if (auto ok = options.prepare(site->boxes.front()); !ok) return fail(std::move(ok.error()));
  std::unique_ptr<LineBox> box{new LineBox{std::move(*site), std::move(options)}};
  box->from_ = from;
  box->fare_ = *fare;
  if (auto ok = box->run(); !ok) return fail(std::move(ok.error()));
  if (auto ok = box->learn_debit_exchange(); !ok) return fail(std::move(ok.error()));
  return box;
}

Status LineBox::run() {
  for (const sim::SimAisle& aisle : files_.aisles) {
    sim::ReaderOptions options;
    options.link = aisle.link;
    auto reader = sim::SimReader::start(std::move(options));
    if (!reader) return fail(std::move(reader.error()));
    readers_.push_back(std::move(*reader));
  }
  std::vector<sim::Unit> all = units(files_);
  if (options_.gate_environment) all.front().environment = options_.gate_environment(files_);
  auto daemons = sim::Supervisor::start(std::move(all));
  if (!daemons) return fail(std::move(daemons.error()));
  daemons_ = std::move(*daemons);
  auto gate = sim::SimGate::start(files_.gate_socket(), kStartPatience);
  if (!gate) return fail(std::move(gate.error()));
  gate_ = std::move(*gate);
  return {};
}

Status LineBox::learn_debit_exchange() {
  Rider& rider = arriving("nothing is wrong");
  if (const std::string wrong = pass(kStruck, rider, 1); !wrong.empty())
    return fail(Errc::invalid, "an undisturbed tap: " + wrong);
  debit_exchange_ = dynamic_cast<const WatchedCard&>(*rider.card).debit_exchange();
  if (debit_exchange_ < 3) return fail(Errc::invalid, "no debit was seen");
  return {};
}

Rider& LineBox::mint(std::string story, bool arriving, const std::string& valid_to) {
  sim::CardSpec spec;
  spec.valid_to = valid_to;
  spec.number = "3104770010000" + digits(riders_.size() + 1, 6);
  spec.balance = kBalance;
  std::ranges::copy(site_.purchase_key, spec.keys.purchase.begin());
  std::ranges::copy(site_.tac_key, spec.keys.tac.begin());
  auto rider = std::make_unique<Rider>();
  rider->story = std::move(story);
  rider->before = sim::make_card(spec);
  rider->before.counter = static_cast<std::uint16_t>(100 + riders_.size());
  if (arriving) {
    const auto stop = site_.book->stop_on_card(NetworkId{"shanghai-metro"}, StopCode{from_});
    ASSERT(stop.has_value());
    sim::OpenEntry entry;
    entry.city = stop->code.city;
    entry.acquirer = stop->code.acquirer;
    entry.station = stop->code.station;
    entry.line = stop->code.line;
    entry.terminal = {0, 0, 0x41, 0x31, 0, 0, 0x09, 0x01};
    entry.at = to_local(SystemClock{}.now() - std::chrono::minutes{20});
    sim::open_entry(rider->before, entry);
    rider->fare = fare_;
  }
  riders_.push_back(std::move(rider));
  return *riders_.back();
}

Rider& LineBox::arriving(std::string story, const std::string& valid_to) {
  Rider& rider = mint(std::move(story), true, valid_to);
  rider.card = std::make_unique<WatchedCard>(rider.before, rider.before_debit);
  return rider;
}

Rider& LineBox::lying(const std::string& lie) {
  Rider& rider = mint(lie, true);
  rider.lie = lie;
  rider.card = sim::make_hostile(lie, rider.before);
  ASSERT(rider.card != nullptr);
  return rider;
}

Rider& LineBox::entering(std::string story) {
  Rider& rider = mint(std::move(story), false);
  rider.card = std::make_unique<WatchedCard>(rider.before, rider.before_debit);
  return rider;
}

bool LineBox::strike_searches(const std::string& fault) {
  if (!line().set_fault(fault)) return false;
  const unsigned before = line().commands();
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (line().commands() == before) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(kPoll);
  }
  return true;
}

bool LineBox::wait_ready(AisleNo aisle) {
  return gate_->wait_ready(aisle, kStartPatience);
}

bool LineBox::wait_closed(AisleNo aisle) {
  return gate_->wait_screen(aisle, Screen::out_of_service, kPatience);
}

Shown LineBox::put(AisleNo aisle, Rider& rider, std::optional<sim::Tear> tear, bool until_served) {
  arm(aisle);
  lay(aisle, rider, tear);
  return watch(aisle, until_served);
}

Shown LineBox::watch(AisleNo aisle, bool until_served, seconds patience) {
  const auto deadline = Clock::now() + patience;
  Shown shown;
  while (Clock::now() < deadline) {
    const auto seen = gate_->wait(aisle, kPoll);
    if (seen) shown = {.display = seen->display, .open = seen->open.has_value()};
    const bool opening = shown.is(Screen::accepted) && !shown.open;
    const bool closed = shown.is(Screen::out_of_service) && until_served;
    if (seen && !opening && !closed) return shown;
    std::this_thread::sleep_for(kPoll);
  }
  return shown;
}

void LineBox::take(AisleNo aisle, Rider& rider, const Shown& shown) {
  if (shown.open) {
    ++rider.passages;
    gate_->report_passage(aisle, true);
  }
  reader_of(aisle).take(*rider.card);
}

std::string LineBox::pass(AisleNo aisle, Rider& rider, unsigned taps) {
  std::string story;
  for (unsigned tap = 1; tap <= taps; ++tap) {
    if (!wait_ready(aisle)) return story + "the aisle did not become ready again";
    if (tap > 1) std::this_thread::sleep_for(kHand);
    arm(aisle);
    lay(aisle, rider, std::nullopt);
    const Shown shown = watch(aisle, true, tap < taps ? kLiftAfter : kPatience);
    take(aisle, rider, shown);
    story += "tap " + std::to_string(tap) + ": " + shown.text() + "; ";
    if (!shown.open) continue;
    if (shown.is(Screen::accepted) && shown.display->fare == rider.fare) return {};
    return story + "expected a fare of " + rider.fare.yuan();
  }
  return story + "the barrier stayed closed";
}

std::vector<std::string> LineBox::deaths() const {
  std::vector<std::string> out = daemons_->surprises();
  for (const sim::Unit& unit : units(files_)) {
    if (const unsigned starts = daemons_->starts(unit.name); starts != 1)
      out.push_back(unit.name + " was started " + std::to_string(starts) + " times");
  }
  return out;
}

std::string LineBox::gate_log() const {
  return read_text(files_.log / "gate.log");
}

unsigned LineBox::children_replaced() const {
  const std::string log = read_text(files_.log / "reader-2.log");
  const std::string event = "event=child_replaced";
  unsigned count = 0;
  for (std::size_t at = log.find(event); at != std::string::npos; at = log.find(event, at + 1))
    ++count;
  return count;
}

}  // namespace tidegate::e2e
