// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/tap/box_run.h"

#include <stdlib.h>

#include <cstdio>
#include <fstream>
#include <mutex>
#include <sstream>
#include <stop_token>
#include <thread>

#include "base/lmdb/lmdb.h"
#include "simulators/card/make_card.h"
#include "simulators/gate/sim_gate.h"
#include "simulators/pn532/reader.h"
#include "simulators/station/box_files.h"
#include "simulators/station/passengers.h"
#include "simulators/station/supervisor.h"

namespace tidegate::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr seconds kStartPatience{60}, kTapPatience{30}, kStopPatience{60};
constexpr std::chrono::milliseconds kNap{10};
constexpr std::uint64_t kSeed = 1;
/// A busy machine may tear a card by itself, now and then.
constexpr std::size_t kTapsForAFailure = 1000;

fs::path own_folder() {
  return fs::read_symlink("/proc/self/exe").parent_path();
}

/// Not on the disk that is measured: a box's log goes to the journal.
fs::path log_folder(const fs::path& otherwise) {
  std::string name = "/dev/shm/tidegate-bench-XXXXXX";
  return ::mkdtemp(name.data()) != nullptr ? fs::path{name} : otherwise;
}

/// Every aisle both ways, and room for all taps.
Status adapt_config(const fs::path& file) {
  std::ostringstream all;
  all << std::ifstream{file}.rdbuf();
  std::string text = all.str();
  const std::pair<std::string, std::string> changes[] = {
      {"direction = \"entry\"", "direction = \"both\""},
      {"direction = \"exit\"", "direction = \"both\""},
      {"map_mib = 64", "map_mib = 512"}};
  for (const auto& [from, to] : changes)
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at))
      text.replace(at, from.size(), to);
  std::ofstream out{file, std::ios::trunc};
  if (!(out << text).flush()) return fail(Errc::io, "writing " + file.string());
  return {};
}

Result<std::uint64_t> commits_of(const fs::path& ledger) {
  auto env = lmdb::Environment::open(ledger, {.read_only = true});
  if (!env) return fail(std::move(env.error()));
  MDB_envinfo info{};
  mdb_env_info(env->raw(), &info);
  return info.me_last_txnid;
}

/// Sleeps until it is to stop; how much later than it asked for it was woken each time.
std::vector<std::int64_t> late_naps(const std::stop_token& stop) {
  std::vector<std::int64_t> late_ns;
  do {
    const auto asked = Clock::now() + kNap;
    std::this_thread::sleep_until(asked);
    late_ns.push_back((Clock::now() - asked).count());
  } while (!stop.stop_requested());
  return late_ns;
}

class BoxRun {
 public:
  explicit BoxRun(const BoxRunOptions& options) : options_{options} {}
  ~BoxRun() {
    if (logs_.empty()) return;
    std::error_code ignored;
    fs::remove_all(logs_, ignored);
  }
  BoxRun(const BoxRun&) = delete;
  BoxRun& operator=(const BoxRun&) = delete;

  Result<BoxRunResult> run() {
    if (auto made = make(); !made) return fail(std::move(made.error()));
    if (auto started = start(); !started) return fail(std::move(started.error()));
    const auto device = BlockDevice::of(options_.dir);
    if (device) {
      const DiskCounts before = device->counts();
      std::this_thread::sleep_for(seconds{1});
      out_.background = device->counts() - before;
    }
    if (auto done = tap_all(device); !done) return fail(std::move(done.error()));
    gate_.reset();
    if (const auto bad = daemons_->stop(kStopPatience); !bad.empty())
      return fail(Errc::io, bad.front());
    out_.taps = read_tap_log(logs_ / "gate.log");
    if (out_.taps.size() != out_.felt_us.size())
      return fail(Errc::io, "the gate's log has " + std::to_string(out_.taps.size()) + " taps");
    return std::move(out_);
  }

 private:
  Status make() {
    const fs::path tariff = fs::path{TIDEGATE_SOURCE_DIR} / "tariffs/demo";
    auto table = sim::TariffTable::load(tariff);
    if (!table) return fail(std::move(table.error()));
    auto site = sim::make_site({.dir = options_.dir,
                                .tariff = tariff,
                                .network = table->network(),
                                .stops = {table->stops().front()},
                                .aisles = options_.aisles,
                                .seed = kSeed});
    if (!site) return fail(std::move(site.error()));
    site_ = std::move(*site);
    const auto from =
        site_.book->stop_on_card(NetworkId{table->network()}, StopCode{table->stops().back()});
    if (!from) return fail(Errc::not_found, "the book does not know its last stop");
    entered_.city = from->code.city;
    entered_.acquirer = from->code.acquirer;
    entered_.station = from->code.station;
    entered_.line = from->code.line;
    entered_.terminal = {0, 0, 0x41, 0x31, 0, 0, 0x09, 0x09};
    logs_ = log_folder(box().log);
    return adapt_config(box().config);
  }

  Status start() {
    for (const sim::SimAisle& aisle : box().aisles) {
      auto reader = sim::SimReader::start(reader_options(aisle.link));
      if (!reader) return fail(std::move(reader.error()));
      readers_.push_back(std::move(*reader));
    }
    auto daemons = sim::Supervisor::start(units());
    if (!daemons) return fail(std::move(daemons.error()));
    daemons_ = std::move(*daemons);
    auto gate = sim::SimGate::start(box().gate_socket(), kStartPatience);
    if (!gate) return fail(std::move(gate.error()));
    gate_ = std::move(*gate);
    for (const sim::SimAisle& aisle : box().aisles)
      if (!gate_->wait_ready(AisleNo{aisle.number}, kStartPatience))
        return fail(Errc::timeout, "aisle " + std::to_string(aisle.number) + " is not ready");
    return {};
  }

  [[nodiscard]] sim::ReaderOptions reader_options(const fs::path& link) const {
    sim::ReaderOptions out;
    out.link = link;
    out.baud = options_.baud;
    out.card_time = options_.card_time;
    return out;
  }

  [[nodiscard]] std::vector<sim::Unit> units() const {
    const fs::path bin = own_folder();
    std::vector<sim::Unit> out{{.name = "gate",
                                .arguments = {bin / "tidegate-gate", "--config", box().config},
                                .log = logs_ / "gate.log"}};
    if (options_.flush.count() > 0)
      out[0].environment = {"LD_PRELOAD=" + (bin / "libtidegate_slow_disk.so").string(),
                            "TIDEGATE_BENCH_FLUSH_MS=" + std::to_string(options_.flush.count())};
    for (const sim::SimAisle& aisle : box().aisles) {
      const std::string number = std::to_string(aisle.number);
      out.push_back(
          {.name = "reader " + number,
           .arguments = {bin / "tidegate-reader", "--config", box().config, "--aisle", number},
           .log = logs_ / ("reader-" + number + ".log")});
    }
    return out;
  }

  Status tap_all(const std::optional<BlockDevice>& device) {
    const auto commits = commits_of(box().ledger);
    if (!commits) return fail(Error{commits.error()});
    const ProcessTimes used = process_times();
    const DiskCounts disk = device ? device->counts() : DiskCounts{};
    const auto began = Clock::now();
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < readers_.size(); ++i) threads.emplace_back([this, i] { work(i); });
    std::vector<std::int64_t> late_ns;
    std::jthread sleeper{[&](const std::stop_token& stop) { late_ns = late_naps(stop); }};
    for (std::thread& thread : threads) thread.join();
    out_.took = Clock::now() - began;
    sleeper.request_stop();
    sleeper.join();
    out_.woken = distribution_of(late_ns);
    if (device) out_.disk = device->counts() - disk;
    out_.used = process_times() - used;
    const auto after = commits_of(box().ledger);
    if (!after) return fail(Error{after.error()});
    out_.commits = *after - *commits;
    if (problem_) return fail(Error{*problem_});
    return {};
  }

  void work(std::size_t aisle) {
    while (true) {
      std::size_t number = 0;
      {
        const std::lock_guard lock{mutex_};
        if (problem_ || begun_ >= options_.taps) return;
        number = begun_++;
      }
      if (auto done = one_tap(aisle, number); !done) {
        const std::lock_guard lock{mutex_};
        std::fprintf(stderr, "tap: %s\n", done.error().message().c_str());
        if (++failed_ > 1 + options_.taps / kTapsForAFailure) problem_ = std::move(done.error());
      }
    }
  }

  Status one_tap(std::size_t at, std::size_t number) {
    const AisleNo aisle{box().aisles[at].number};
    if (!gate_->wait_ready(aisle, kTapPatience)) return fail(Errc::timeout, "aisle not ready");
    const sim::CardImageData image = card_image(number);
    RecordingCard card{image, {}};
    gate_->arm(aisle);
    const auto began = Clock::now();
    readers_[at]->put(card, std::nullopt);
    const auto seen = gate_->wait(aisle, kTapPatience);
    readers_[at]->take(card);
    if (!seen || !seen->open)
      return fail(Errc::refused, "passenger " + std::to_string(number) + " was not let through: " +
                                     (seen ? seen->display.en : std::string{"no answer"}));
    gate_->report_passage(aisle, true);
    const std::lock_guard lock{mutex_};
    out_.felt_us.push_back(
        std::chrono::duration_cast<std::chrono::microseconds>(seen->at - began).count());
    out_.card_thinking += card.thinking();
    out_.card = image;
    out_.exchange = card.exchange();
    return {};
  }

  /// A new card for each tap. Every second one comes from another station and pays.
  [[nodiscard]] sim::CardImageData card_image(std::size_t number) const {
    std::string digits = std::to_string(number);
    digits.insert(0, 11 - digits.size(), '0');
    sim::CardSpec spec;
    spec.number = "31047700" + digits;
    spec.balance = 10'000;
    std::ranges::copy(site_.purchase_key, spec.keys.purchase.begin());
    std::ranges::copy(site_.tac_key, spec.keys.tac.begin());
    sim::CardImageData image = sim::make_card(spec);
    if (number % 2 == 0) return image;
    sim::OpenEntry entry = entered_;
    entry.at = to_local(SystemClock{}.now() - std::chrono::minutes{25});
    sim::open_entry(image, entry);
    return image;
  }

  [[nodiscard]] const sim::BoxFiles& box() const { return site_.boxes.front(); }

  const BoxRunOptions& options_;
  sim::SiteFiles site_;
  sim::OpenEntry entered_;
  fs::path logs_;
  std::vector<std::unique_ptr<sim::SimReader>> readers_;
  std::unique_ptr<sim::Supervisor> daemons_;
  std::unique_ptr<sim::SimGate> gate_;
  std::mutex mutex_;  ///< guards all below
  std::size_t begun_ = 0, failed_ = 0;
  std::optional<Error> problem_;
  BoxRunResult out_;
};

}  // namespace

Result<BoxRunResult> run_box(const BoxRunOptions& options) {
  return BoxRun{options}.run();
}

}  // namespace tidegate::bench
