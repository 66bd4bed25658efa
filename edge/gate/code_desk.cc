// SPDX-License-Identifier: Apache-2.0
#include "edge/gate/code_desk.h"

#include <utility>

namespace tidegate::edge {
namespace {

constexpr std::chrono::milliseconds kPatience{200};

}  // namespace

CodeDesk::CodeDesk(ScannerLink& link, Callbacks callbacks)
    : link_{link}, callbacks_{std::move(callbacks)}, thread_{[this] { run(); }} {}

CodeDesk::~CodeDesk() {
  stopping_ = true;
  link_.stop();
  thread_.join();
}

void CodeDesk::run() {
  while (!stopping_) {
    if (link_.wait_connected(kPatience)) {
      if (const auto code = link_.next(kPatience)) {
        callbacks_.present(*code);
        link_.forget();  // what the scanner saw meanwhile was the same telephone
      }
    }
    callbacks_.works(link_.works());
  }
}

}  // namespace tidegate::edge
