// SPDX-License-Identifier: Apache-2.0
// A hash table that is filled when a book is loaded and only read afterwards: one array with the
// keys in it, so that a look-up touches one cache line, not a chain of them. Only for the engine.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace tidegate::fare {

/// Half of splitmix64's last step: every bit of the word moves the lower half of the result, and no
/// two words give the same.
[[nodiscard]] constexpr std::uint64_t scattered(std::uint64_t word) noexcept {
  word = (word ^ (word >> 32U)) * 0x94D049BB133111EBU;
  return word ^ (word >> 32U);
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

/// So many 64-bit numbers.
template <std::size_t N>
struct WordsKey {
  std::array<std::uint64_t, N> words{};
  friend bool operator==(const WordsKey& a, const WordsKey& b) noexcept {
    std::uint64_t difference = 0;  // so few words are not worth a call of memcmp
    for (std::size_t i = 0; i < N; ++i) difference |= a.words[i] ^ b.words[i];
    return difference == 0;
  }
  [[nodiscard]] constexpr std::uint64_t hash() const noexcept {
    std::uint64_t out = 0;
    for (const std::uint64_t word : words) out = scattered(out) ^ word;
    return scattered(out);
  }
};

/// A text below its `owner`. Keys of texts up to kWholeText bytes are equal only where the texts
/// are; whoever finds a longer one compares it.
using TextKey = WordsKey<2>;
inline constexpr std::size_t kWholeText = 8;
[[nodiscard]] inline TextKey text_key(std::uint32_t owner, std::string_view text) noexcept {
  const std::uint64_t size = text.size() & 0xFFFFFFFFU;
  std::uint64_t word = 0;
  for (; text.size() > kWholeText; text.remove_prefix(kWholeText))
    word = scattered(word ^ word_of(text.substr(0, kWholeText)));
  return {{std::uint64_t{owner} << 32U | size, word ^ word_of(text)}};
}

template <class Key, class Value>
class FlatIndex {
 public:
  /// For so many values; before the first.
  void reserve(std::size_t count) {
    slots_.resize(std::bit_ceil(count * 2 + 1));
    mask_ = slots_.size() - 1;
  }

  /// The first of equal keys is found.
  void add(const Key& key, const Value& value) {
    std::size_t at = key.hash();
    while (slots_[at & mask_].used) ++at;
    slots_[at & mask_] = {key, value, true};
  }
  /// nullptr: none. `is_it` says whether a value of the same key is the one.
  template <class IsIt>
  [[nodiscard]] const Value* find(const Key& key, IsIt is_it) const noexcept {
    const Slot* const slots = slots_.data();  // the mask keeps inside
    for (std::size_t at = key.hash(); slots[at & mask_].used; ++at) {
      const Slot& slot = slots[at & mask_];
      if (slot.key == key && is_it(slot.value)) return &slot.value;
    }
    return nullptr;
  }
  [[nodiscard]] const Value* find(const Key& key) const noexcept {
    return find(key, [](const Value&) { return true; });
  }

 private:
  struct Slot {
    Key key{};
    Value value{};
    bool used = false;
  };
  std::vector<Slot> slots_{1};  ///< a power of two, at most half of them used
  std::size_t mask_ = 0;
};

}  // namespace tidegate::fare
