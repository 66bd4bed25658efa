// SPDX-License-Identifier: Apache-2.0
// Plays the service manager for a simulated station: starts the shipped daemons with their logs in
// files, starts again what died, stops them all in the end.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace tidegate::sim {

struct Unit {
  std::string name;                        ///< "gate", "reader-2"
  std::vector<std::string> arguments;      ///< program first, with its path
  std::filesystem::path log;               ///< stdout and stderr are appended
  std::vector<std::string> environment{};  ///< "NAME=value", on top of ours
  std::function<void(pid_t)> on_end{};     ///< after each end, in the supervisor's thread
};

class Supervisor {
 public:
  /// Starts every unit. Errc::not_found: a program is not there.
  [[nodiscard]] static Result<std::unique_ptr<Supervisor>> start(std::vector<Unit> units);
  /// Kills what still runs.
  virtual ~Supervisor() = default;

  /// Sends SIGKILL to a unit, or to its child process; it comes back by itself.
  virtual void kill_unit(const std::string& name) = 0;
  virtual void kill_child_of(const std::string& name) = 0;
  /// Kills a unit that does not come back until it is let go.
  virtual void hold(const std::string& name, bool held) = 0;
  /// Every write of this process to a file fails with EFBIG, as on a full disk, or no more. It ends
  /// with the process.
  virtual void limit_files(const std::string& name, bool limited) = 0;
  /// When the process that runs now was started; nullopt: none runs, or it was just killed.
  [[nodiscard]] virtual std::optional<std::chrono::steady_clock::time_point> running_since(
      const std::string& name) const = 0;
  /// How often a unit was started: a caller that saw n and sees more knows that it died between.
  [[nodiscard]] virtual unsigned starts(const std::string& name) const = 0;
  /// Units that ended without having been killed by us: "gate: exit status 1".
  [[nodiscard]] virtual std::vector<std::string> surprises() const = 0;
  /// SIGTERM to all units, the last started first; waits for each, kills after `patience`. Returns
  /// what did not end well, as surprises() does. A unit that was started a moment before and
  /// neither blocks nor catches SIGTERM yet ends by it, and well.
  [[nodiscard]] virtual std::vector<std::string> stop(std::chrono::milliseconds patience) = 0;
};

}  // namespace tidegate::sim
