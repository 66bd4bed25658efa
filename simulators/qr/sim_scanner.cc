// SPDX-License-Identifier: Apache-2.0
#include "simulators/qr/sim_scanner.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace tidegate::sim {

Result<SimScanner> SimScanner::open(const std::filesystem::path& link, ScannerHabits habits) {
  auto line = pn532::Pty::open(link);
  if (!line) return fail(std::move(line.error()));
  return SimScanner{*std::move(line), std::move(habits)};
}

void SimScanner::show(ByteView code) const {
  Bytes out;
  if (habits_.length_prefix) append_be(out, code.size() & 0xFFFFU, 2);
  append(out, code);
  append(out, habits_.suffix);
  const std::size_t chunk = habits_.chunk == 0 ? out.size() : habits_.chunk;
  for (std::size_t at = 0; at < out.size(); at += chunk) {
    if (at > 0) std::this_thread::sleep_for(habits_.gap);
    line_.write(ByteView{out}.subspan(at, std::min(chunk, out.size() - at)));
  }
}

}  // namespace tidegate::sim
