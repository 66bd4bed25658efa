// SPDX-License-Identifier: Apache-2.0
// What must hold after a power cut, learnt from the marks before it; and the look at one state.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "edge/ledger/ledger.h"

namespace tidegate::crash {

class Expectation {
 public:
  /// One word of the workload (workload.h).
  void hear(const std::string& mark);

  /// Opens `root`/ledger as a gate does at start and verifies it. With `append` one more entry is
  /// appended and the ledger verified again. "" or what is wrong.
  [[nodiscard]] std::string check(const std::filesystem::path& root, bool append) const;

 private:
  struct Attempt {
    std::uint64_t number = 0;
    std::uint64_t entries = 0;
  };
  [[nodiscard]] std::string check_entries(const edge::Ledger& ledger) const;
  [[nodiscard]] std::string check_tail(const std::vector<edge::StoredEntry>& tail) const;
  [[nodiscard]] std::string check_new_epoch(const std::filesystem::path& root,
                                            const edge::Ledger& ledger) const;

  bool acknowledged_ = false;      ///< anything at all
  bool new_epoch_ = false;         ///< one was asked for since the last acknowledgement
  edge::LedgerHead head_;          ///< the last one acknowledged
  std::vector<Attempt> attempts_;  ///< since then
};

}  // namespace tidegate::crash
