// SPDX-License-Identifier: Apache-2.0
// Takes the clearing house's acknowledgement from the file where it is put, and holds it against
// the box's own ledger: the last good one is kept, a fork is kept apart and told.
#pragma once

#include <filesystem>
#include <optional>

#include "base/envelope/envelope.h"
#include "edge/config/box_config.h"
#include "edge/gate/file_look.h"
#include "edge/ledger/acknowledgement.h"
#include "edge/ledger/ledger.h"

namespace tidegate::edge {

class AckInbox {
 public:
  /// Takes up the one that was kept. `ledger` must outlive it.
  AckInbox(const BoxConfig& config, const Ledger& ledger);

  /// Reads the file if it has changed.
  void look();
  /// What may be pruned by; nullopt: nothing is acknowledged, or the newest one is a fork.
  [[nodiscard]] std::optional<Acknowledgement> in_force() const {
    return forked_ ? std::nullopt : good_;
  }

 private:
  enum class Verdict : std::uint8_t { good, backwards, other_epoch, fork };
  struct Read {
    Acknowledgement ack;
    std::uint64_t number = 0;
    Bytes file;
  };
  [[nodiscard]] Result<Read> read(const std::filesystem::path& file) const;
  [[nodiscard]] Result<Verdict> judge(const Acknowledgement& ack) const;
  void take_up();
  void take(Read fresh, Verdict verdict);

  const Ledger& ledger_;
  std::filesystem::path offered_;
  FileLook look_;
  std::filesystem::path kept_, apart_;
  EnvelopePolicy policy_;
  BoxId box_;
  std::optional<Acknowledgement> good_;
  std::optional<Acknowledgement> last_;  ///< with number_: good, or a fork
  std::uint64_t number_ = 0;
  bool forked_ = false;
};

}  // namespace tidegate::edge
