// SPDX-License-Identifier: Apache-2.0
// Runs a station, exports the ledger of every box, lets money_check.py count.
#include "tests/e2e/station_run.h"

#include <fstream>
#include <random>

namespace tidegate::e2e {

StationRun StationRunTest::run_in(const std::string& name,
                                  const std::vector<std::string>& arguments) const {
  std::vector<std::string> command{program("tidegate-sim"), "station", "--json", "--dir",
                                   folder() / name};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const Ended ended = run(command, folder());
  StationRun out{.out = ended.out, .wrong = {}};
  for (const char* wanted : {"\"equal\":true", "\"unconfirmed\":0,", "\"verified\":true"}) {
    if (ended.status != 0 || ended.out.find(wanted) == std::string::npos) {
      out.wrong = ended.err + ended.out;
      return out;
    }
  }
  const Ended counted = count_again(name);
  if (counted.status != 0) out.wrong = counted.out + counted.err;
  return out;
}

Ended StationRunTest::count_again(const std::string& name) const {
  const std::filesystem::path site = folder() / name;
  std::vector<std::filesystem::path> boxes;
  if (std::filesystem::exists(site / "state")) boxes.push_back(site);
  for (unsigned i = 1; std::filesystem::exists(site / ("box-" + std::to_string(i))); ++i) {
    boxes.push_back(site / ("box-" + std::to_string(i)));
  }
  const std::filesystem::path source{TIDEGATE_SOURCE_DIR};
  std::vector<std::string> check{"python3", source / "tests" / "e2e" / "money_check.py",
                                 site / "cards" / "before", site / "cards" / "after"};
  for (const auto& box : boxes) {
    const Ended exported =
        run({program("tidegate"), "ledger", "export", box / "state" / "ledger"}, folder());
    if (exported.status != 0) return exported;
    const std::filesystem::path file = box / "export.jsonl";
    std::ofstream{file} << exported.out;
    check.insert(check.end(), {"--box", file, box / "keys" / "handle.key"});
  }
  check.insert(check.end(),
               {"--foreign", site / "foreign.jsonl", "--never", site / "never-returned"});
  return run(check, folder());
}

std::string StationRunTest::expect_exact(const std::vector<std::string>& arguments) {
  const StationRun done = run_in("box", arguments);
  EXPECT_TRUE(done.wrong.empty()) << done.wrong;
  return done.out;
}

std::string fresh_seed() {
  const std::string seed = std::to_string(std::random_device{}());
  std::printf("seed %s\n", seed.c_str());
  return seed;
}

}  // namespace tidegate::e2e
