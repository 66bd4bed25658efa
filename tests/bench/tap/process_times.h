// SPDX-License-Identifier: Apache-2.0
// Processor time of the daemons that this program has started, by what they are.
#pragma once

#include <chrono>

namespace tidegate::bench {

struct ProcessTimes {
  std::chrono::milliseconds gate{}, reader_parents{}, reader_children{};
  std::chrono::milliseconds simulators{};  ///< this program
  friend ProcessTimes operator-(const ProcessTimes& a, const ProcessTimes& b) {
    return {a.gate - b.gate, a.reader_parents - b.reader_parents,
            a.reader_children - b.reader_children, a.simulators - b.simulators};
  }
};
/// Until now, of processes that run.
[[nodiscard]] ProcessTimes process_times();

}  // namespace tidegate::bench
