// SPDX-License-Identifier: Apache-2.0
// The two small classes that read and write the fields of a card image, and its optional fields.
// For the card image's own source files only.
#pragma once

#include <algorithm>
#include <string>

#include "simulators/card/card.h"
#include "simulators/card/json.h"

namespace tidegate::sim::image_json {

/// Takes fields out of an object; remembers the first error and which fields nobody asked for.
class Fields {
 public:
  explicit Fields(const json::Value& value) {
    if (const auto* object = std::get_if<json::Object>(&value.is)) {
      fields_ = object;
    } else {
      set_error("an object was expected");
    }
  }

  const json::Value* value(std::string_view name) {
    if (fields_ == nullptr) return nullptr;
    ++taken_;
    const auto found = std::ranges::find(*fields_, name, &json::Member::name);
    if (found != fields_->end()) return &found->value;
    set_error("field " + std::string{name} + " is missing");
    return nullptr;
  }
  template <class T>
  const T* take(std::string_view name) {
    const json::Value* found = value(name);
    if (found == nullptr) return nullptr;
    const T* out = std::get_if<T>(&found->is);
    if (out == nullptr) set_error("field " + std::string{name} + " is of the wrong kind");
    return out;
  }
  template <class T>
  void number(std::string_view name, T& out, std::uint64_t max) {
    const auto* value = take<std::uint64_t>(name);
    if (value == nullptr) return;
    if (*value > max) return set_error("field " + std::string{name} + " is too large");
    out = static_cast<T>(*value);
  }
  /// Whether an optional field is there; when it is not, it is not missed.
  [[nodiscard]] bool has(std::string_view name) const {
    return fields_ != nullptr &&
           std::ranges::find(*fields_, name, &json::Member::name) != fields_->end();
  }
  /// Calls `read` with each value of a list.
  template <class Read>
  void list(std::string_view name, std::size_t max, Read read) {
    const auto* values = take<json::Array>(name);
    if (values == nullptr) return;
    if (values->size() > max) return set_error("field " + std::string{name} + " is too long");
    for (const json::Value& value : *values)
      if (Status done = read(value); !done)
        return set_error(std::string{name} + ": " + done.error().message());
  }
  /// Printable, and nothing that JSON would have to escape.
  void plain_text(std::string_view name, std::string& out, std::size_t max) {
    text(name, out);
    if (out.size() > max || std::ranges::any_of(out, [](char c) { return c < ' ' || c > '~'; }))
      set_error("field " + std::string{name} + " is no short plain text");
  }
  void boolean(std::string_view name, bool& out) {
    if (const auto* value = take<bool>(name)) out = *value;
  }
  void text(std::string_view name, std::string& out) {
    if (const auto* value = take<std::string>(name)) out = *value;
  }
  /// Hex text of `min` to `max` bytes.
  void bytes(std::string_view name, Bytes& out, std::size_t min, std::size_t max) {
    if (const auto* value = take<std::string>(name)) out = hex(name, *value, min, max);
  }
  template <std::size_t N>
  void bytes(std::string_view name, std::array<Byte, N>& out) {
    Bytes value;
    bytes(name, value, N, N);
    if (value.size() == N) out = to_array<N>(value);
  }
  template <std::size_t N>
  void records(std::string_view name, std::vector<std::array<Byte, N>>& out, std::size_t max) {
    const auto* list = take<json::Array>(name);
    if (list == nullptr) return;
    if (list->size() > max)
      return set_error("field " + std::string{name} + " has too many records");
    for (const json::Value& value : *list) {
      const auto* record = std::get_if<std::string>(&value.is);
      const Bytes read = hex(name, record == nullptr ? "" : *record, N, N);
      if (read.size() == N) out.push_back(to_array<N>(read));
    }
  }
  void set_error(std::string what) {
    if (error_.empty()) error_ = std::move(what);
  }
  Status done() {
    if (error_.empty() && fields_->size() != taken_) set_error("there are unknown fields");
    if (!error_.empty()) return fail(Errc::invalid, error_);
    return {};
  }

 private:
  Bytes hex(std::string_view name, const std::string& value, std::size_t min, std::size_t max) {
    auto out = from_hex(value);
    if (!out || out->size() < min || out->size() > max) {
      set_error("field " + std::string{name} + " is not hex text of the right length");
      return {};
    }
    return std::move(*out);
  }

  const json::Object* fields_ = nullptr;
  std::size_t taken_ = 0;
  std::string error_;
};

class Writer {
 public:
  void field(std::string_view name, std::string_view value) {
    text_ += text_.empty() ? "{\n  \"" : ",\n  \"";
    text_.append(name).append("\": ").append(value);
  }
  void hex(std::string_view name, ByteView value) { field(name, quoted(value)); }
  template <class Records>
  void records(std::string_view name, const Records& records) {
    std::string list;
    for (const auto& record : records) {
      list += list.empty() ? "\n    " : ",\n    ";
      list += quoted(record);
    }
    field(name, list.empty() ? "[]" : "[" + list + "\n  ]");
  }
  /// Values that are JSON already.
  void list(std::string_view name, const std::vector<std::string>& values) {
    std::string all;
    for (const std::string& value : values) all += (all.empty() ? "\n    " : ",\n    ") + value;
    field(name, all.empty() ? "[]" : "[" + all + "\n  ]");
  }
  [[nodiscard]] std::string finish() const { return text_ + "\n}\n"; }

  static std::string quoted(ByteView value) { return '"' + to_hex(value) + '"'; }
  static std::string quoted(std::string_view value) { return '"' + std::string{value} + '"'; }

 private:
  std::string text_;
};

/// The fields only some images have.
void read_optional(Fields& fields, CardImageData& out);
void write_optional(Writer& out, const CardImageData& image);

}  // namespace tidegate::sim::image_json
