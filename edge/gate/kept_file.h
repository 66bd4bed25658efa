// SPDX-License-Identifier: Apache-2.0
// Brings a signed file from outside into use: verified, proven, copied into accepted/. The last
// good one stays until the next has proven itself; no file stops a station.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "base/envelope/envelope.h"
#include "base/log.h"
#include "base/result.h"

namespace tidegate::edge {

/// What was proven, and the bytes that were.
template <class T>
struct Proven {
  T value;
  std::uint64_t envelope_number = 0;
  Bytes file;
};

/// Reads the whole file first: another process may write to it meanwhile.
[[nodiscard]] Result<std::pair<Envelope, Bytes>> open_signed_file(const std::filesystem::path& file,
                                                                  const EnvelopePolicy& policy);
/// Durable; the folder is the gate's alone.
[[nodiscard]] Status keep_file(const std::filesystem::path& kept, const Bytes& file);

template <class T>
class KeptFile {
 public:
  using Prove = std::function<Result<T>(Envelope)>;
  /// Whether a good new one may replace a good old one.
  using Replaces = std::function<Status(const T& fresh, const T& last_good)>;

  /// `policy`: its number_min is ignored here. `what`: "book", for the log.
  KeptFile(std::filesystem::path offered, std::filesystem::path kept, EnvelopePolicy policy,
           std::string_view what, Prove prove)
      : offered_{std::move(offered)},
        kept_{std::move(kept)},
        policy_{std::move(policy)},
        what_{what},
        prove_{std::move(prove)} {}

  /// Proves the offered file without changing anything.
  [[nodiscard]] Result<Proven<T>> examine() const { return prove(offered_, 0); }

  /// The offered file when it is good (then kept), else the last good one, with an alarm. An error:
  /// there is neither.
  [[nodiscard]] Result<Proven<T>> activate(const Replaces& replaces = {}) const {
    auto last_good = prove(kept_, 0);
    if (!last_good && last_good.error().code() != Errc::not_found)
      log(Priority::alert, "accepted_file_bad", {{"what", what_}, {"error", last_good.error()}});
    auto fresh = prove(offered_, last_good ? last_good->envelope_number : 0);
    if (fresh && last_good && replaces)
      if (auto may = replaces(fresh->value, last_good->value); !may)
        fresh = fail(std::move(may.error()));
    if (!fresh) {
      log(Priority::alert, "file_refused", {{"what", what_}, {"error", fresh.error()}});
      if (!last_good) return fail(std::move(fresh.error()));
      log(Priority::warning, "last_good_stays",
          {{"what", what_}, {"number", last_good->envelope_number}});
      return last_good;
    }
    if (!last_good || last_good->file != fresh->file) {
      if (auto kept = keep_file(kept_, fresh->file); !kept) {
        // A full disk is no reason to stop the station: the last good one is proven.
        log(Priority::alert, "file_not_kept", {{"what", what_}, {"error", kept.error()}});
        if (!last_good) return fail(std::move(kept.error()), "keeping " + kept_.string());
        return last_good;
      }
    }
    return fresh;
  }

 private:
  [[nodiscard]] Result<Proven<T>> prove(const std::filesystem::path& file,
                                        std::uint64_t number_min) const {
    EnvelopePolicy policy = policy_;
    policy.number_min = number_min;
    auto opened = open_signed_file(file, policy);
    if (!opened) return fail(std::move(opened.error()));
    const std::uint64_t number = opened->first.header.number;
    auto value = prove_(std::move(opened->first));
    if (!value) return fail(std::move(value.error()), file.string());
    return Proven<T>{std::move(*value), number, std::move(opened->second)};
  }

  std::filesystem::path offered_, kept_;
  EnvelopePolicy policy_;
  std::string_view what_;
  Prove prove_;
};

}  // namespace tidegate::edge
