// SPDX-License-Identifier: Apache-2.0
// What the readers and writers of fare book bytes share. Only for the engine's codec files: the
// only ones that know FlatBuffers.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "fare/engine/book_codec.h"
#include "fare/engine/fare_book_generated.h"

namespace tidegate::fare::codec {

using Builder = flatbuffers::FlatBufferBuilder;
template <class T>
using Offset = flatbuffers::Offset<T>;

inline std::int32_t day_number(ServiceDay day) {
  return static_cast<std::int32_t>(day.get().time_since_epoch().count());
}
inline ServiceDay day_from(std::int32_t number) {
  return ServiceDay{std::chrono::sys_days{std::chrono::days{number}}};
}
inline std::uint32_t fen32(Fen fen) {
  return static_cast<std::uint32_t>(fen.count());
}

/// Nothing at all for an empty list.
template <class T>
Offset<flatbuffers::Vector<Offset<T>>> put_list(Builder& out, const std::vector<Offset<T>>& list) {
  return list.empty() ? Offset<flatbuffers::Vector<Offset<T>>>{} : out.CreateVector(list);
}

template <class E>
Offset<flatbuffers::Vector<std::uint8_t>> put_numbers(Builder& out, const std::vector<E>& values) {
  if (values.empty()) return {};
  std::vector<std::uint8_t> numbers;
  for (const E value : values) numbers.push_back(std::to_underlying(value));
  return out.CreateVector(numbers);
}

/// Offsets may be shared, so a small file can name one long text or matrix a million times: nothing
/// is copied beyond its limit. A text that is cut here is one byte too long for check_book().
inline std::string text(const flatbuffers::String* value) {
  if (value == nullptr) return {};
  return std::string{value->string_view().substr(0, kTextBytesMax + 1)};
}

/// At most one more than `max`: too many for check_book().
template <class E>
std::vector<E> get_numbers(const flatbuffers::Vector<std::uint8_t>* in, std::size_t max) {
  std::vector<E> out;
  if (in == nullptr) return out;
  for (const std::uint8_t number : *in) {
    if (out.size() > max) break;
    out.push_back(static_cast<E>(number));
  }
  return out;
}

template <class Number, class In>
Offset<flatbuffers::Vector<Number>> put_values(Builder& out, const std::vector<In>& values) {
  return values.empty() ? Offset<flatbuffers::Vector<Number>>{} : out.CreateVector(values);
}
/// At most one more than `max`: too many for check_book().
template <class Number>
std::vector<Number> get_values(const flatbuffers::Vector<Number>* in, std::size_t max) {
  std::vector<Number> out;
  if (in == nullptr) return out;
  for (const Number value : *in) {
    if (out.size() > max) break;
    out.push_back(value);
  }
  return out;
}

}  // namespace tidegate::fare::codec
