// SPDX-License-Identifier: Apache-2.0
// Builds the box, starts the daemons, lets the passengers in, stops everything and does the
// account.
#include "simulators/station/station.h"

#include <unistd.h>

#include <memory>

#include "simulators/gate/sim_gate.h"
#include "simulators/pn532/reader.h"
#include "simulators/station/audit.h"
#include "simulators/station/crowd.h"
#include "simulators/station/supervisor.h"

namespace tidegate::sim {

namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

// Generous: under a sanitizer on a loaded machine a start takes its time.
constexpr seconds kStartPatience{180};
constexpr seconds kStopPatience{120};

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

[[nodiscard]] std::vector<Unit> units(const BoxFiles& files, const fs::path& bin) {
  std::vector<Unit> out;
  out.push_back({.name = kGateUnit,
                 .arguments = {bin / "tidegate-gate", "--config", files.config},
                 .log = files.log / "gate.log"});
  for (const SimAisle& aisle : files.aisles) {
    const std::string number = std::to_string(aisle.number);
    out.push_back(
        {.name = reader_unit(aisle.number),
         .arguments = {bin / "tidegate-reader", "--config", files.config, "--aisle", number},
         .log = files.log / ("reader-" + number + ".log")});
  }
  return out;
}

[[nodiscard]] Result<std::vector<std::unique_ptr<SimReader>>> start_readers(const BoxFiles& files) {
  std::vector<std::unique_ptr<SimReader>> out;
  for (const SimAisle& aisle : files.aisles) {
    ReaderOptions options;
    options.link = aisle.link;
    auto reader = SimReader::start(std::move(options));
    if (!reader) {
      return fail(std::move(reader.error()), "starting reader " + std::to_string(aisle.number));
    }
    out.push_back(std::move(*reader));
  }
  return out;
}

[[nodiscard]] Status save_cards(const fs::path& folder, const std::vector<Passenger>& passengers) {
  for (const Passenger& passenger : passengers) {
    const fs::path file = folder / ("card-" + std::to_string(passenger.number) + ".json");
    if (auto ok = save_card_image(file, passenger.before); !ok) return ok;
  }
  return {};
}

[[nodiscard]] Result<CrowdReport> run_day(const BoxFiles& files, const StationOptions& options,
                                          std::vector<Passenger>& passengers,
                                          const std::function<void(const std::string&)>& say,
                                          std::vector<std::string>& complaints) {
  auto readers = start_readers(files);
  if (!readers) return fail(std::move(readers.error()));
  auto daemons = Supervisor::start(units(files, options.bin.empty() ? own_folder() : options.bin));
  if (!daemons) return fail(std::move(daemons.error()));
  auto gate = SimGate::start(files.gate_socket(), kStartPatience);
  if (!gate) {
    return fail(std::move(gate.error()), "waiting for the gate (see " + files.log.string() + ")");
  }
  const Hall hall{.aisles = files.aisles,
                  .readers = *readers,
                  .gate = **gate,
                  .daemons = **daemons,
                  .say = say,
                  .seed = options.seed};
  CrowdReport crowd = run_crowd(hall, passengers);
  complaints = (*daemons)->stop(kStopPatience);
  return crowd;
}

}  // namespace

Result<StationReport> run_station(const StationOptions& options,
                                  const std::function<void(const std::string&)>& say) {
  fs::path tariff = options.tariff;
  if (tariff.empty()) {
    auto found = find_tariff();
    if (!found) return fail(std::move(found.error()), "looking for the demonstration tariff");
    tariff = std::move(*found);
  }
  const auto table = TariffTable::load(tariff);
  if (!table) return fail(Error{table.error()}, "reading the tariff");
  const std::string stop = table->stops()[options.seed % table->stops().size()];
  const auto files = make_box_files({.dir = options.dir,
                                     .tariff = tariff,
                                     .network = table->network(),
                                     .stop = stop,
                                     .aisles = options.aisles,
                                     .seed = options.seed});
  if (!files) return fail(Error{files.error()}, "making the box");
  auto passengers = plan_passengers({.files = *files,
                                     .tariff = *table,
                                     .stop = stop,
                                     .passengers = options.passengers,
                                     .seed = options.seed,
                                     .faults = options.faults,
                                     .now = SystemClock{}.now()});
  if (!passengers) return fail(std::move(passengers.error()), "planning the passengers");
  if (auto ok = save_cards(files->cards_before, *passengers); !ok) {
    return fail(std::move(ok.error()), "saving the cards");
  }
  say("车站 station " + table->network() + " " + stop + ", " + std::to_string(options.aisles) +
      " aisles, " + std::to_string(options.passengers) + " passengers, seed " +
      std::to_string(options.seed) + ", in " + files->dir.string());

  StationReport report;
  auto crowd = run_day(*files, options, *passengers, say, report.complaints);
  if (files->run.parent_path() != files->dir) {
    std::error_code ignored;
    fs::remove_all(files->run, ignored);
  }
  if (!crowd) return fail(std::move(crowd.error()));
  report.taps = crowd->taps;
  report.accepted = crowd->accepted;
  report.refused = std::move(crowd->refused);
  report.complaints.insert(report.complaints.end(), crowd->unexplained.begin(),
                           crowd->unexplained.end());
  if (auto ok = audit(*files, *passengers, report); !ok) return fail(std::move(ok.error()));
  return report;
}

}  // namespace tidegate::sim
