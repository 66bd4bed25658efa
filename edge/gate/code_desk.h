// SPDX-License-Identifier: Apache-2.0
// The thread that takes codes from one aisle's scanner to its aisle.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

#include "edge/gate/scanner_link.h"

namespace tidegate::edge {

class CodeDesk {
 public:
  struct Callbacks {
    std::function<void(ByteView)> present;  ///< a code was shown
    std::function<void(bool)> works;        ///< whether there is a scanner that works
  };
  CodeDesk(ScannerLink& link, Callbacks callbacks);
  /// A code that is being served comes to its end.
  ~CodeDesk();
  CodeDesk(const CodeDesk&) = delete;
  CodeDesk& operator=(const CodeDesk&) = delete;

 private:
  void run();

  ScannerLink& link_;
  Callbacks callbacks_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace tidegate::edge
