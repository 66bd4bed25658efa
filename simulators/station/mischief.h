// SPDX-License-Identifier: Apache-2.0
// What goes wrong at a box, brought about from outside: processes killed, a full disk (a limit on
// the gate's file sizes), a SAM pulled out (its key file renamed, or its process killed), a clock
// that steps (libfaketime in the gate). Everything but a death is undone after a while.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "simulators/station/hall.h"
#include "simulators/station/passengers.h"
#include "simulators/station/supervisor.h"

namespace tidegate::sim {

class Mischief {
 public:
  explicit Mischief(Supervisor& daemons);
  ~Mischief();
  Mischief(const Mischief&) = delete;
  Mischief& operator=(const Mischief&) = delete;

  /// Strikes the box (or the aisle) now. `draw` decides how long, or how far. Any thread.
  void strike(const BoxFiles& box, const SimAisle& aisle, Fault fault, unsigned draw);
  /// Undoes what is not undone yet: SAMs are in, disks have room. Clocks stay where they are.
  void calm();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Whether a gate's clock can be stepped here.
struct ClockTools {
  bool possible = false;
  bool sanitizer = false;  ///< not possible because of how this program was built
  std::string why_not;
};
[[nodiscard]] ClockTools clock_tools();
/// Writes the file that the gate's clock is read from and returns the gate's environment.
[[nodiscard]] Result<std::vector<std::string>> clock_environment(const BoxFiles& box);
/// What libfaketime leaves in /dev/shm of a process that was killed.
void remove_clock_leftovers(int pid);

}  // namespace tidegate::sim
