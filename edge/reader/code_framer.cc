// SPDX-License-Identifier: Apache-2.0
#include "edge/reader/code_framer.h"

#include <algorithm>
#include <utility>

namespace tidegate::edge {
namespace {

// Version, length 0149 to 0169, and the certificate that follows: how a code of version 80 begins.
constexpr std::size_t kHeadBytes = 4;
constexpr std::size_t kLengthBytes = 3;

std::optional<std::size_t> find_code(ByteView bytes) {
  for (std::size_t at = 0; at + kHeadBytes <= bytes.size(); ++at)
    if (bytes[at] == 0x80 && bytes[at + 1] == 0x01 && bytes[at + 2] >= 0x49 &&
        bytes[at + 2] <= 0x69 && bytes[at + 3] == 0x24)
      return at;
  return std::nullopt;
}

void drop(Bytes& bytes, std::size_t size) {
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
}

}  // namespace

std::vector<Bytes> CodeFramer::push(ByteView bytes, SteadyTime now) {
  std::vector<Bytes> out;
  if (bytes.empty()) return out;
  last_byte_ = now;
  append(buffer_, bytes);
  take_codes(out, now);
  return out;
}

void CodeFramer::take_codes(std::vector<Bytes>& out, SteadyTime now) {
  while (true) {
    if (!begins_) {
      begins_ = find_code(buffer_);
      if (!begins_) break;
      drop(buffer_, *begins_);
      begins_ = 0;
    }
    const std::size_t size = kLengthBytes + read_be(ByteView{buffer_}.subspan(1, 2));
    if (buffer_.size() < size) return;
    Bytes code{buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(size)};
    drop(buffer_, size);
    begins_.reset();
    noise_ = true;  // what follows a code is padding, unless it is the next code
    if (!is_repeated(code, now)) out.push_back(std::move(code));
  }
  noise_ = noise_ || buffer_.size() > kBurstMax;
  // Of noise only what may be the beginning of a code is kept.
  if (noise_ && buffer_.size() >= kHeadBytes) drop(buffer_, buffer_.size() - (kHeadBytes - 1));
}

std::optional<Bytes> CodeFramer::idle(SteadyTime now) {
  const auto at = idle_at();
  if (!at || now < *at) return std::nullopt;
  Bytes rest = std::exchange(buffer_, {});
  const bool nothing = std::exchange(noise_, false) && !begins_;
  begins_.reset();
  last_byte_.reset();
  if (nothing || rest.size() < kBurstMin || is_repeated(rest, now)) return std::nullopt;
  return rest;
}

std::optional<SteadyTime> CodeFramer::idle_at() const {
  if (!last_byte_) return std::nullopt;
  return *last_byte_ + kIdle;
}

void CodeFramer::told(ByteView code, SteadyTime now) {
  told_code_ = crypto::sha256({code});
  told_at_ = now;
}

bool CodeFramer::is_repeated(ByteView code, SteadyTime now) const {
  return told_at_ && now - *told_at_ < kSameCode && crypto::sha256({code}) == told_code_;
}

}  // namespace tidegate::edge
