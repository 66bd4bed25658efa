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

  /// The offered file when it is good and may replace the last good one, of this number; then it is
  /// kept unless `is_kept` says that it is already.
  [[nodiscard]] Result<Proven<T>> renew(
      std::uint64_t last_number, const std::function<Status(const T& fresh)>& replaces,
      const std::function<bool(const Proven<T>&)>& is_kept) const {
    auto fresh = prove(offered_, last_number);
    if (!fresh) return fresh;
    if (auto may = replaces(fresh->value); !may) return fail(std::move(may.error()));
    if (is_kept(*fresh)) return fresh;
    if (auto kept = keep_file(kept_, fresh->file); !kept)
      return fail(std::move(kept.error()), "keeping " + kept_.string());
    return fresh;
  }

  /// The offered file when it is good (then kept), else the last good one, with an alarm. An error:
  /// there is neither.
  [[nodiscard]] Result<Proven<T>> activate(const Replaces& replaces = {}) const {
    auto last_good = prove(kept_, 0);
    if (!last_good && last_good.error().code() != Errc::not_found)
      log(Priority::alert, "accepted_file_bad", {{"what", what_}, {"error", last_good.error()}});
    auto fresh = renew(
        last_good ? last_good->envelope_number : 0,
        [&](const T& value) {
          return last_good && replaces ? replaces(value, last_good->value) : Status{};
        },
        [&](const Proven<T>& proven) { return last_good && proven.file == last_good->file; });
    if (fresh) return fresh;
    tell_refused(fresh.error());
    if (!last_good) return fail(std::move(fresh.error()));
    tell_last_good(last_good->envelope_number);
    return last_good;
  }

  /// A full disk is no reason to stop the station either: the last good one is proven.
  void tell_refused(const Error& error) const {
    log(Priority::alert, "file_refused", {{"what", what_}, {"error", error}});
  }
  void tell_last_good(std::uint64_t number) const {
    log(Priority::warning, "last_good_stays", {{"what", what_}, {"number", number}});
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
