// SPDX-License-Identifier: Apache-2.0
// A hash table that is filled when a book is loaded and only read afterwards: one array, so that a
// look-up touches one cache line, not a chain of them. Only for the engine.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace tidegate::fare {

/// splitmix64's last step: every bit of the word moves every bit of the result, and no two words
/// give the same.
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t word) noexcept {
  word = (word ^ (word >> 30U)) * 0xBF58476D1CE4E5B9U;
  word = (word ^ (word >> 27U)) * 0x94D049BB133111EBU;
  return word ^ (word >> 31U);
}

/// At most 8 bytes as a number; texts of one length differ in it.
[[nodiscard]] inline std::uint64_t word_of(std::string_view text) noexcept {
  const auto load = [](const char* from) {
    std::uint32_t out = 0;
    std::memcpy(&out, from, sizeof out);
    return std::uint64_t{out};
  };
  const char* const begin = text.data();
  const std::size_t size = text.size();
  if (size >= 4) return load(begin) << 32U | load(begin + size - 4);
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < size; ++i) out = out << 8U | static_cast<unsigned char>(begin[i]);
  return out;
}

/// The same text below another `owner` never has the same hash.
[[nodiscard]] inline std::uint64_t text_hash(std::uint64_t owner, std::string_view text) noexcept {
  std::uint64_t hash = owner << 32U | text.size();
  for (; text.size() > 8; text.remove_prefix(8)) hash = mixed(hash) ^ word_of(text.substr(0, 8));
  return mixed(mixed(hash) ^ word_of(text));
}

template <class Value>
class FlatIndex {
 public:
  /// For so many values; before the first.
  void reserve(std::size_t count) { slots_.resize(std::bit_ceil(count * 2 + 1)); }

  /// The first of equal keys is found.
  void add(std::uint64_t hash, const Value& value) {
    std::size_t at = hash;
    while (slot(at).used) ++at;
    slot(at) = {hash, true, value};
  }
  /// nullptr: none. `is_it` says whether a value of the same hash has the very key.
  template <class IsIt>
  [[nodiscard]] const Value* find(std::uint64_t hash, IsIt is_it) const noexcept {
    for (std::size_t at = hash; slot(at).used; ++at)
      if (slot(at).hash == hash && is_it(slot(at).value)) return &slot(at).value;
    return nullptr;
  }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    bool used = false;
    Value value{};
  };
  [[nodiscard]] const Slot& slot(std::size_t at) const { return slots_[at & (slots_.size() - 1)]; }
  [[nodiscard]] Slot& slot(std::size_t at) { return slots_[at & (slots_.size() - 1)]; }

  std::vector<Slot> slots_{1};  ///< a power of two, at most half of them used
};

}  // namespace tidegate::fare
