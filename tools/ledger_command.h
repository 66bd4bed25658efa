// SPDX-License-Identifier: Apache-2.0
// What `tidegate ledger` does, apart from reading its command line: plain functions that print and
// return the exit code. tools/commands.h declares how they are added to the program.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

#include "edge/ledger/ledger.h"

namespace tidegate::tools {

/// One line for people: time, number, kind, aisle, the gist.
[[nodiscard]] std::string ledger_line(const edge::StoredEntry& stored);

/// 0: whole. 1: damaged or unreadable, with one sentence on what and on what helps.
int ledger_verify(const std::filesystem::path& folder, bool json, std::ostream& out,
                  std::ostream& err);
struct TailOptions {
  std::uint64_t lines = 10;
  bool follow = false;
  bool json = false;
};
int ledger_tail(const std::filesystem::path& folder, const TailOptions& options, std::ostream& out,
                std::ostream& err);
/// Both ends included.
struct ExplainOptions {
  std::uint64_t sequence = 0;
  std::filesystem::path book;  ///< for names of networks, stations and riders; empty: without
};
/// One entry for people, and the entries it is about: a passage, its outcome, the intent with each
/// step of its price.
int ledger_explain(const std::filesystem::path& folder, const ExplainOptions& options,
                   std::ostream& out, std::ostream& err);
struct ExportRange {
  std::uint64_t from = 0;
  std::uint64_t to = UINT64_MAX;
};
int ledger_export(const std::filesystem::path& folder, const ExportRange& range, std::ostream& out,
                  std::ostream& err);
struct ReadOptions {
  std::filesystem::path socket;
  std::uint64_t from = 0;
  bool follow = false;  ///< go on as entries come
};
/// As ledger_export(), from a running gate over its socket.
int ledger_read(const ReadOptions& options, std::ostream& out, std::ostream& err);
struct AckOptions {
  std::optional<std::uint64_t> through;  ///< nullopt: the head
  std::uint64_t number = 1;              ///< of the file: rises with each
  std::filesystem::path key, out;
};
/// Signs an acknowledgement for what the ledger has, in its realm.
int ledger_ack(const std::filesystem::path& folder, const AckOptions& options, std::ostream& out,
               std::ostream& err);
int ledger_new_epoch(const std::filesystem::path& folder, const std::string& because,
                     const std::filesystem::path& config, std::ostream& out, std::ostream& err);

}  // namespace tidegate::tools
