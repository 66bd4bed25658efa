// SPDX-License-Identifier: Apache-2.0
// A vector of plain values and a text that live where they stand: no heap, for what the tap path
// makes anew with every tap. A vector's copy costs what is in it, not what would fit; a text is
// copied whole, which is cheaper than asking how long it is.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/assert.h"

namespace tidegate {

/// At most N values; one more is a bug of the caller.
template <class T, std::size_t N>
class InlineVector {
 public:
  InlineVector() noexcept {}  // values are left as they are until they are pushed
  InlineVector(std::initializer_list<T> values) {
    for (const T& value : values) push_back(value);
  }
  InlineVector(const InlineVector& other) noexcept { *this = other; }
  InlineVector& operator=(const InlineVector& other) noexcept {
    if (this == &other) return *this;
    size_ = other.size_;
    std::uninitialized_copy_n(other.items_, size_, items_);
    return *this;
  }
  ~InlineVector() = default;

  static constexpr std::size_t capacity() noexcept { return N; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] T* begin() noexcept { return items_; }
  [[nodiscard]] T* end() noexcept { return items_ + size_; }
  [[nodiscard]] const T* begin() const noexcept { return items_; }
  [[nodiscard]] const T* end() const noexcept { return items_ + size_; }
  [[nodiscard]] T& operator[](std::size_t i) {
    ASSERT(i < size_);
    return items_[i];
  }
  [[nodiscard]] const T& operator[](std::size_t i) const {
    ASSERT(i < size_);
    return items_[i];
  }
  [[nodiscard]] T& front() { return (*this)[0]; }
  [[nodiscard]] const T& front() const { return (*this)[0]; }
  [[nodiscard]] T& back() { return (*this)[size_ - 1]; }
  [[nodiscard]] const T& back() const { return (*this)[size_ - 1]; }

  T& push_back(const T& value) {
    ASSERT(size_ < N);
    return *std::construct_at(items_ + size_++, value);
  }
  /// Made where it stands: nothing is copied, and nothing zeroed that its constructor leaves alone.
  T& emplace_back() {
    ASSERT(size_ < N);
    return *::new (static_cast<void*>(items_ + size_++)) T;
  }
  template <class... Args>
    requires(sizeof...(Args) > 0)
  T& emplace_back(Args&&... args) {
    ASSERT(size_ < N);
    return *std::construct_at(items_ + size_++, std::forward<Args>(args)...);
  }
  void clear() noexcept { size_ = 0; }

  friend bool operator==(const InlineVector& a, const InlineVector& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  static_assert(std::is_trivially_destructible_v<T>);
  union {
    T items_[N];  // NOLINT(*-avoid-c-arrays): std::array would begin every value
  };
  std::size_t size_ = 0;
};

/// At most N bytes of text; what is longer is cut.
template <std::size_t N>
class InlineText {
 public:
  InlineText() noexcept {}
  InlineText(std::string_view text) noexcept { append(text); }  // NOLINT(*-explicit-*)
  InlineText(const char* text) noexcept
      : InlineText{std::string_view{text}} {}  // NOLINT(*-explicit-*)

  static constexpr std::size_t capacity() noexcept { return N; }
  void append(std::string_view text) noexcept {
    const std::size_t taken = std::min(text.size(), N - size_);
    text.copy(bytes_.data() + size_, taken);
    size_ = static_cast<std::uint8_t>(size_ + taken);
  }
  [[nodiscard]] std::string_view view() const noexcept { return {bytes_.data(), size_}; }
  operator std::string_view() const noexcept { return view(); }  // NOLINT(*-explicit-*)
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

  friend bool operator==(const InlineText& a, const InlineText& b) noexcept {
    return a.view() == b.view();
  }

 private:
  static_assert(N < 256);
  std::array<char, N> bytes_;
  std::uint8_t size_ = 0;
};

}  // namespace tidegate
