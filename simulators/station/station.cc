// SPDX-License-Identifier: Apache-2.0
// Builds the box, starts the daemons, lets the passengers in, stops everything and does the
// account.
#include "simulators/station/station.h"

#include <deque>
#include <memory>
#include <set>
#include <thread>

#include "nfc/purse/records.h"
#include "simulators/station/audit.h"
#include "simulators/station/crowd.h"
#include "simulators/station/killer.h"

namespace tidegate::sim {

namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

// Generous: under a sanitizer on a loaded machine a start takes its time.
constexpr seconds kStartPatience{180};
constexpr seconds kStopPatience{120};
constexpr std::chrono::milliseconds kLook{2};
/// Another operator's terminal, far from any of ours.
constexpr const char* kForeignNumber = "332099990001";

[[nodiscard]] fs::path own_folder() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::path{"."} : self.parent_path();
}

/// Upwards from the program: the source tree around a build folder, or an installed share/.
[[nodiscard]] Result<fs::path> find_tariff() {
  const fs::path start = own_folder();
  for (fs::path at = start;; at = at.parent_path()) {
    for (const char* place : {"tariffs/demo", "share/tidegate/tariffs/demo"}) {
      if (fs::exists(at / place / "book.toml")) return at / place;
    }
    if (at == at.parent_path()) break;
  }
  // A build folder outside the source tree.
  const fs::path source = fs::path{__FILE__}.parent_path().parent_path().parent_path();
  if (fs::exists(source / "tariffs/demo/book.toml")) return source / "tariffs/demo";
  return fail(Errc::not_found, "no tariffs/demo above " + start.string() + "; name one");
}

/// pcscd and the SAMs in it: the first to come and the last to go.
[[nodiscard]] std::vector<Unit> chip_units(const SiteFiles& site) {
  if (site.pcscd.empty()) return {};
  std::vector<Unit> out{
      {.name = kPcscdUnit, .arguments = site.pcscd, .log = site.dir / "pcsc" / "pcscd.log"}};
  for (const BoxFiles& box : site.boxes) {
    for (const SimAisle& aisle : box.aisles) {
      const std::string number = std::to_string(aisle.number);
      out.push_back({.name = sam_unit(box, aisle),
                     .arguments = {own_folder() / "tidegate-sim", "sam", "--keys",
                                   box.sam_file(aisle), "--terminal", to_hex(aisle.terminal.get()),
                                   "--state", box.sam_file(aisle).string() + ".txn", "--port",
                                   std::to_string(aisle.chip->port)},
                     .log = box.log / ("sam-" + number + ".log")});
    }
  }
  return out;
}

[[nodiscard]] Result<std::vector<Unit>> units(const SiteFiles& site, const fs::path& bin,
                                              bool clocks) {
  std::vector<Unit> out = chip_units(site);
  for (const BoxFiles& box : site.boxes) {
    Unit gate{.name = gate_unit(box),
              .arguments = {bin / "tidegate-gate", "--config", box.config},
              .log = box.log / "gate.log"};
    if (clocks) {
      auto environment = clock_environment(box);
      if (!environment) return fail(std::move(environment.error()));
      gate.environment = std::move(*environment);
      gate.on_end = [](pid_t pid) { remove_clock_leftovers(pid); };
    }
    out.push_back(std::move(gate));
    for (const SimAisle& aisle : box.aisles) {
      const std::string number = std::to_string(aisle.number);
      out.push_back(
          {.name = reader_unit(box, aisle),
           .arguments = {bin / "tidegate-reader", "--config", box.config, "--aisle", number},
           .log = box.log / ("reader-" + number + ".log")});
    }
  }
  return out;
}

/// What stands around the daemons of all boxes, in the order it must go down.
struct Surroundings {
  std::vector<std::unique_ptr<SimReader>> readers;
  std::unique_ptr<Supervisor> daemons;
  std::vector<std::unique_ptr<SimGate>> gates;
  std::vector<Spot> spots;
};

[[nodiscard]] Status start_readers(const SiteFiles& site, Surroundings& around) {
  for (const BoxFiles& box : site.boxes) {
    for (const SimAisle& aisle : box.aisles) {
      ReaderOptions options;
      options.link = aisle.link;
      auto reader = SimReader::start(std::move(options));
      if (!reader) {
        return fail(std::move(reader.error()), "starting reader " + std::to_string(aisle.number));
      }
      around.readers.push_back(std::move(*reader));
    }
  }
  return {};
}

[[nodiscard]] Result<Surroundings> start_all(const SiteFiles& site, const StationOptions& options) {
  Surroundings around;
  if (auto ok = start_readers(site, around); !ok) return fail(std::move(ok.error()));
  const fs::path bin = options.bin.empty() ? own_folder() : options.bin;
  auto programs = units(site, bin, options.faults.clock);
  if (!programs) return fail(std::move(programs.error()));
  auto daemons = Supervisor::start(std::move(*programs));
  if (!daemons) return fail(std::move(daemons.error()));
  around.daemons = std::move(*daemons);
  std::size_t reader = 0;
  for (const BoxFiles& box : site.boxes) {
    auto gate = SimGate::start(box.gate_socket(), kStartPatience);
    if (!gate) {
      return fail(std::move(gate.error()), "waiting for the gate (see " + box.log.string() + ")");
    }
    around.gates.push_back(std::move(*gate));
    for (const SimAisle& aisle : box.aisles) {
      around.spots.push_back({.box = &box,
                              .aisle = &aisle,
                              .reader = around.readers[reader++].get(),
                              .gate = around.gates.back().get()});
    }
  }
  return around;
}

/// People with their cards; more of them can be made while the day runs.
class People {
 public:
  explicit People(const PlanInput& input) : input_{input} {}

  [[nodiscard]] Status mint(unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
      auto passenger = plan_passenger(input_, static_cast<unsigned>(all_.size()) + 1);
      if (!passenger) return fail(std::move(passenger.error()), "planning the passengers");
      const fs::path file = input_.site.cards_before / passenger->file_name();
      if (auto ok = save_card_image(file, passenger->before); !ok) return ok;
      all_.push_back(std::move(*passenger));
    }
    return {};
  }
  [[nodiscard]] std::deque<Passenger>& all() noexcept { return all_; }
  [[nodiscard]] std::vector<Passenger*> from(std::size_t first) {
    std::vector<Passenger*> out;
    for (std::size_t i = first; i < all_.size(); ++i) out.push_back(&all_[i]);
    return out;
  }

 private:
  const PlanInput& input_;
  std::deque<Passenger> all_;
};

/// Where showing a card settles its open intents and charges nothing: somebody inside at an aisle
/// that leads in, everybody else at one that leads out.
[[nodiscard]] AisleUse homely_aisle(const TUnionCard& card) {
  const auto rail = nfc::decode_rail_record(card.image().ef1a_2701);
  return rail && rail->inside() ? AisleUse::entry : AisleUse::exit;
}

/// A gate that was killed in a commit, or met a full disk in it, may make that commit again: before
/// its ledger does not tell of a debit that it will know. A gate whose ledger fails shows no
/// `ready` at the aisle that asked for the commit.
[[nodiscard]] Status wait_for_ledgers(const Surroundings& around,
                                      const std::vector<BoxGate>& gates) {
  const auto deadline = std::chrono::steady_clock::now() + kStartPatience;
  for (const BoxGate& gate : gates) {
    while (!ready_after(*around.daemons, gate)) {
      if (std::chrono::steady_clock::now() > deadline)
        return fail(Errc::timeout, gate_unit(*gate.box) + " did not get ready again");
      std::this_thread::sleep_for(kLook);
    }
  }
  for (const Spot& spot : around.spots) {
    if (!spot.gate->wait_ready(AisleNo{spot.aisle->number}, kStartPatience))
      return fail(Errc::timeout, "aisle " + std::to_string(spot.aisle->number) + " of box " +
                                     std::to_string(spot.box->number) + " did not get ready again");
  }
  return {};
}

/// Whoever has a debit that its box knows no end of shows the card there once more.
[[nodiscard]] Status come_home(const Hall& hall, const SiteFiles& site, People& people,
                               CrowdReport& report) {
  const auto account = read_site(site, people.all());
  if (!account) return fail(Error{account.error()});
  const auto balance = [](const Passenger& passenger) {
    return Fen{static_cast<std::int64_t>(passenger.card->image().balance)};
  };
  std::set<Passenger*> guests;
  for (const auto& [number, box] : open_at_home(*account, people.all())) {
    Passenger& passenger = people.all()[number - 1];
    if (!guests.contains(&passenger) && passenger.settled < passenger.visits.size()) continue;
    Visit visit;
    visit.home_box = box;
    visit.direction = homely_aisle(*passenger.card);
    passenger.visits.push_back(visit);
    if (guests.insert(&passenger).second) passenger.paid_at_home += balance(passenger);
  }
  if (!guests.empty()) hall.say("回访 " + std::to_string(guests.size()) + " come home");
  run_crowd(hall, {guests.begin(), guests.end()}, report);
  for (Passenger* passenger : guests) passenger->paid_at_home -= balance(*passenger);
  return {};
}

[[nodiscard]] Status run_day(const SiteFiles& site, const StationOptions& options, People& people,
                             ForeignTerminal& foreign, const Say& say, StationReport& report) {
  auto around = start_all(site, options);
  if (!around) return fail(std::move(around.error()));
  Mischief mischief{*around->daemons};
  std::vector<BoxGate> gates;
  for (std::size_t i = 0; i < site.boxes.size(); ++i) {
    gates.push_back({&site.boxes[i], around->gates[i].get()});
  }
  CrowdReport crowd;
  Hall hall{.spots = around->spots,
            .daemons = *around->daemons,
            .mischief = mischief,
            .foreign = foreign,
            .say = say,
            .seed = options.seed,
            .faults = options.faults,
            .more = {}};
  {
    Killer killer{*around->daemons, gates, options.kills, options.seed};
    hall.more = [&]() -> std::vector<Passenger*> {
      if (killer.done()) return {};
      const std::size_t first = people.all().size();
      if (auto ok = people.mint(options.passengers); !ok) {
        report.complaints.push_back(ok.error().message());
        return {};
      }
      return people.from(first);
    };
    run_crowd(hall, people.from(0), crowd);
    report.kills = killer.report();
  }
  hall.more = {};
  mischief.calm();
  if (auto ok = wait_for_ledgers(*around, gates); !ok) {
    report.complaints.push_back(ok.error().message());
  } else if (ok = come_home(hall, site, people, crowd); !ok) {
    return ok;
  }
  const auto surprises = around->daemons->stop(kStopPatience);
  report.complaints.insert(report.complaints.end(), surprises.begin(), surprises.end());
  report.complaints.insert(report.complaints.end(), crowd.unexplained.begin(),
                           crowd.unexplained.end());
  report.taps = crowd.taps;
  report.accepted = crowd.accepted;
  report.refused = std::move(crowd.refused);
  return {};
}

/// Boxes 1 to N - 1 stand in one station and the last in another; two boxes stand in the same.
[[nodiscard]] std::vector<std::string> stops_of(const StationOptions& options,
                                                const TariffTable& table) {
  const auto& stops = table.stops();
  std::vector<std::string> out(options.boxes, stops[options.seed % stops.size()]);
  if (options.boxes >= 3) out.back() = stops[(options.seed + 1) % stops.size()];
  return out;
}

/// A clock that cannot be stepped in this build is left alone, and that is told.
[[nodiscard]] Status settle_clock(StationOptions& options, const Say& say) {
  if (!options.faults.clock) return {};
  const ClockTools tools = clock_tools();
  if (tools.possible) return {};
  if (!tools.sanitizer) return fail(Errc::unsupported, tools.why_not);
  options.faults.clock = false;
  say("时钟 clock: not stepped in this run: " + tools.why_not);
  return {};
}

void remove_far_folders(const SiteFiles& site) {
  for (const BoxFiles& box : site.boxes) {
    if (box.run.parent_path() == box.dir) continue;
    std::error_code ignored;
    fs::remove_all(box.run, ignored);
  }
}

}  // namespace

Result<StationReport> run_station(const StationOptions& wanted, const Say& say) {
  StationOptions options = wanted;
  if (auto ok = settle_clock(options, say); !ok) return fail(std::move(ok.error()));
  if (options.tariff.empty()) {
    auto found = find_tariff();
    if (!found) return fail(std::move(found.error()), "looking for the demonstration tariff");
    options.tariff = std::move(*found);
  }
  const auto table = TariffTable::load(options.tariff);
  if (!table) return fail(Error{table.error()}, "reading the tariff");
  const std::vector<std::string> stops = stops_of(options, *table);
  const auto site = make_site({.dir = options.dir,
                               .tariff = options.tariff,
                               .network = table->network(),
                               .stops = stops,
                               .aisles = options.aisles,
                               .pcsc = options.pcsc,
                               .seed = options.seed});
  if (!site) return fail(Error{site.error()}, "making the box");
  const PlanInput plan{.site = *site,
                       .tariff = *table,
                       .seed = options.seed,
                       .faults = options.faults,
                       .now = SystemClock{}.now()};
  People people{plan};
  if (auto ok = people.mint(options.passengers); !ok) return fail(std::move(ok.error()));
  say("车站 station " + table->network() + " " + stops.front() +
      (stops.back() == stops.front() ? "" : " and " + stops.back()) + ", " +
      (options.boxes > 1 ? std::to_string(options.boxes) + " boxes of " : "") +
      std::to_string(options.aisles) + " aisles, " + std::to_string(options.passengers) +
      " passengers, seed " + std::to_string(options.seed) + ", in " + site->dir.string());

  ForeignTerminal foreign{TerminalNo{to_array<6>(bcd_bytes(kForeignNumber))}, site->purchase_key};
  StationReport report;
  const Status ran = run_day(*site, options, people, foreign, say, report);
  remove_far_folders(*site);
  if (!ran) return fail(Error{ran.error()});
  if (auto ok = audit(*site, people.all(), foreign.number(), report); !ok) {
    return fail(std::move(ok.error()));
  }
  return report;
}

}  // namespace tidegate::sim
