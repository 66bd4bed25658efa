// SPDX-License-Identifier: Apache-2.0
// All aisles of a box with their readers and scanners, and whose passage a controller reports.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "edge/gate/aisle.h"
#include "edge/gate/code_desk.h"
#include "edge/gate/code_tap.h"
#include "edge/gate/gate_link.h"
#include "edge/gate/reader_link.h"
#include "edge/gate/services.h"

namespace tidegate::edge {

class Hall {
 public:
  explicit Hall(const Services& services) : services_{services} {}
  /// Listens for readers and starts a thread for each aisle.
  [[nodiscard]] Status open(GateLink& gate);
  /// Ends the taps, then the aisles.
  void close();
  /// A controller says whether somebody went through. Any thread, also before open().
  void passage(AisleNo number, bool passed);

 private:
  const Services& services_;
  CodeTrust trust_;
  std::map<AisleNo, std::unique_ptr<ReaderLink>> links_;
  std::map<AisleNo, std::unique_ptr<ScannerLink>> scanners_;
  std::unique_ptr<ReaderServer> readers_;
  std::mutex mutex_;
  std::map<AisleNo, std::unique_ptr<Aisle>> aisles_;
  std::vector<std::unique_ptr<CodeDesk>> desks_;  ///< they call aisles
};

}  // namespace tidegate::edge
