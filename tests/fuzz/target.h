// SPDX-License-Identifier: Apache-2.0
// A fuzz target: a function that any bytes may be given to, and the seeds it begins with. The
// functions ASSERT what must hold, so that a finding is a crash.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "base/bytes.h"

namespace tidegate::fuzz {

struct Target {
  std::string_view name;
  void (*run)(ByteView input);
  std::vector<Bytes> (*seeds)();  ///< made by our own encoders; each takes the target further
};

/// All of them, in a fixed order.
[[nodiscard]] std::span<const Target> targets();
/// nullptr: no such target.
[[nodiscard]] const Target* find_target(std::string_view name);

/// Takes an input apart; an input that is too short goes on with zeros.
class Input {
 public:
  explicit Input(ByteView bytes) : rest_{bytes} {}
  [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }
  [[nodiscard]] Byte byte() {
    if (rest_.empty()) return 0;
    const Byte out = rest_.front();
    rest_ = rest_.subspan(1);
    return out;
  }
  /// At most `size` bytes: as many as there are.
  [[nodiscard]] ByteView take(std::size_t size) {
    const ByteView out = rest_.first(size < rest_.size() ? size : rest_.size());
    rest_ = rest_.subspan(out.size());
    return out;
  }
  [[nodiscard]] ByteView rest() const noexcept { return rest_; }

 private:
  ByteView rest_;
};

/// `head` and then `tail`: a seed that begins with what a target asks for first.
[[nodiscard]] inline Bytes seed(std::initializer_list<Byte> head, ByteView tail) {
  Bytes out{head};
  append(out, tail);
  return out;
}

#define TIDEGATE_FUZZ_TARGET(name) \
  void name##_run(ByteView input); \
  std::vector<Bytes> name##_seeds();
TIDEGATE_FUZZ_TARGET(tlv)
TIDEGATE_FUZZ_TARGET(records)
TIDEGATE_FUZZ_TARGET(card)
TIDEGATE_FUZZ_TARGET(pn532)
TIDEGATE_FUZZ_TARGET(code)
TIDEGATE_FUZZ_TARGET(protocol)
TIDEGATE_FUZZ_TARGET(envelope)
TIDEGATE_FUZZ_TARGET(dump)
TIDEGATE_FUZZ_TARGET(tables)
TIDEGATE_FUZZ_TARGET(book)
TIDEGATE_FUZZ_TARGET(tariff)
TIDEGATE_FUZZ_TARGET(gtfs)
TIDEGATE_FUZZ_TARGET(journey)
TIDEGATE_FUZZ_TARGET(entry)
TIDEGATE_FUZZ_TARGET(framer)
#undef TIDEGATE_FUZZ_TARGET

}  // namespace tidegate::fuzz
