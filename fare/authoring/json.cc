// SPDX-License-Identifier: Apache-2.0
// The strict JSON reader and writer.
#include "fare/authoring/json.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>

namespace tidegate::fare {
namespace {

/// Appends a code point as UTF-8.
void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0U | code >> 6U);
    put(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0U | code >> 12U);
    put(0x80U | (code >> 6U & 0x3FU));
    put(0x80U | (code & 0x3FU));
  } else {
    put(0xF0U | code >> 18U);
    put(0x80U | (code >> 12U & 0x3FU));
    put(0x80U | (code >> 6U & 0x3FU));
    put(0x80U | (code & 0x3FU));
  }
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_{text} {}

  Result<Json> document() {
    auto value = this->value(0);
    if (!value) return value;
    blanks();
    if (at_ != text_.size()) return bad("text after the value");
    return value;
  }

 private:
  [[nodiscard]] std::unexpected<Error> bad(std::string_view what) const {
    return fail(Errc::invalid, "column " + std::to_string(at_ + 1) + ": " + std::string{what});
  }
  [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char wanted) noexcept {
    if (peek() != wanted || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) noexcept {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  void blanks() noexcept {
    while (at_ < text_.size() && std::string_view{" \t\r\n"}.contains(text_[at_])) ++at_;
  }

  Result<Json> value(int depth) {
    if (depth > kJsonDepthMax) return bad("nested too deeply");
    blanks();
    switch (peek()) {
      case '{': return object(depth);
      case '[': return array(depth);
      case '"': {
        auto out = string();
        if (!out) return fail(std::move(out.error()));
        return Json{*std::move(out)};
      }
      default: break;
    }
    if (take_word("true")) return Json{true};
    if (take_word("false")) return Json{false};
    if (take_word("null")) return Json{};
    return number();
  }

  Result<Json> object(int depth) {
    ++at_;
    JsonObject out;
    blanks();
    if (take('}')) return Json{std::move(out)};
    do {
      blanks();
      if (peek() != '"') return bad("a key in quotes was expected");
      auto key = string();
      if (!key) return fail(std::move(key.error()));
      if (std::ranges::find(out, *key, &JsonObject::value_type::first) != out.end())
        return bad("key \"" + *key + "\" is there twice");
      blanks();
      if (!take(':')) return bad("':' was expected");
      auto member = value(depth + 1);
      if (!member) return member;
      out.emplace_back(*std::move(key), *std::move(member));
      blanks();
    } while (take(','));
    if (!take('}')) return bad("',' or '}' was expected");
    return Json{std::move(out)};
  }

  Result<Json> array(int depth) {
    ++at_;
    JsonArray out;
    blanks();
    if (take(']')) return Json{std::move(out)};
    do {
      auto item = value(depth + 1);
      if (!item) return item;
      out.push_back(*std::move(item));
      blanks();
    } while (take(','));
    if (!take(']')) return bad("',' or ']' was expected");
    return Json{std::move(out)};
  }

  Result<Json> number() {
    const std::size_t begin = at_;
    std::size_t end = at_;
    if (end < text_.size() && text_[end] == '-') ++end;
    const std::size_t digits = end;
    while (end < text_.size() && text_[end] >= '0' && text_[end] <= '9') ++end;
    if (end == digits) return bad("a value was expected");
    if (text_[digits] == '0' && end > digits + 1) return bad("a number with a leading zero");
    if (end < text_.size() && std::string_view{".eE"}.contains(text_[end]))
      return bad("only whole numbers are allowed: amounts are fen, so 1.50 yuan is 150");
    std::int64_t value = 0;
    const auto parsed = std::from_chars(text_.data() + begin, text_.data() + end, value);
    if (parsed.ec != std::errc{}) return bad("number is too large");
    at_ = end;
    return Json{value};
  }

  Result<std::string> string() {
    ++at_;
    std::string out;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return out;
      }
      if (static_cast<unsigned char>(c) < 0x20) return bad("control character in a string");
      if (c == '\\') {
        if (auto ok = escape(out); !ok) return fail(std::move(ok.error()));
      } else if (static_cast<unsigned char>(c) < 0x80) {
        out.push_back(c);
        ++at_;
      } else if (!utf8(out)) {
        return bad("not UTF-8");
      }
    }
    return bad("string without its end");
  }

  /// Copies one well-formed multi-byte character.
  bool utf8(std::string& out) {
    const auto byte = [this](std::size_t i) {
      return at_ + i < text_.size() ? static_cast<unsigned char>(text_[at_ + i]) : 0U;
    };
    const unsigned lead = byte(0);
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4) return false;
    std::uint32_t code = lead & (0x7FU >> size);
    for (std::size_t i = 1; i < size; ++i) {
      if ((byte(i) & 0xC0U) != 0x80) return false;
      code = code << 6U | (byte(i) & 0x3FU);
    }
    const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
    if (overlong || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
    out.append(text_.substr(at_, size));
    at_ += size;
    return true;
  }

  std::optional<std::uint32_t> hex4() {
    if (at_ + 4 > text_.size()) return std::nullopt;
    std::uint32_t code = 0;
    const char* const end = text_.data() + at_ + 4;
    const auto parsed = std::from_chars(text_.data() + at_, end, code, 16);
    if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
    at_ += 4;
    return code;
  }

  Status escape(std::string& out) {
    ++at_;
    const char kind = peek();
    ++at_;
    constexpr std::string_view kShort = "\"\\/bfnrt", kMeaning = "\"\\/\b\f\n\r\t";
    if (const auto i = kShort.find(kind); kind != '\0' && i != std::string_view::npos) {
      out.push_back(kMeaning[i]);
      return {};
    }
    if (kind != 'u') return bad("unknown escape");
    auto code = hex4();
    if (!code) return bad("\\u needs four hex digits");
    if (*code >= 0xD800 && *code <= 0xDBFF) {
      if (!take_word("\\u")) return bad("half a surrogate pair");
      const auto low = hex4();
      if (!low || *low < 0xDC00 || *low > 0xDFFF) return bad("half a surrogate pair");
      code = 0x10000 + ((*code - 0xD800) << 10U) + (*low - 0xDC00);
    } else if (*code >= 0xDC00 && *code <= 0xDFFF) {
      return bad("half a surrogate pair");
    }
    append_utf8(out, *code);
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

void write_string(std::string& out, std::string_view value) {
  out.push_back('"');
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
      out.append(escaped);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

void write(std::string& out, const Json& json);

template <class Items, class WriteItem>
void write_list(std::string& out, char open, char close, const Items& items, WriteItem write_item) {
  out.push_back(open);
  bool first = true;
  for (const auto& item : items) {
    if (!std::exchange(first, false)) out.push_back(',');
    write_item(item);
  }
  out.push_back(close);
}

void write(std::string& out, const Json& json) {
  if (const auto* flag = json.get_if<bool>()) {
    out.append(*flag ? "true" : "false");
  } else if (const auto* number = json.get_if<std::int64_t>()) {
    out.append(std::to_string(*number));
  } else if (const auto* string = json.get_if<std::string>()) {
    write_string(out, *string);
  } else if (const auto* array = json.get_if<JsonArray>()) {
    write_list(out, '[', ']', *array, [&out](const Json& item) { write(out, item); });
  } else if (const auto* object = json.get_if<JsonObject>()) {
    write_list(out, '{', '}', *object, [&out](const auto& member) {
      write_string(out, member.first);
      out.push_back(':');
      write(out, member.second);
    });
  } else {
    out.append("null");
  }
}

}  // namespace

const Json* Json::find(std::string_view key) const noexcept {
  const auto* const object = get_if<JsonObject>();
  if (object == nullptr) return nullptr;
  for (const auto& [name, value] : *object)
    if (name == key) return &value;
  return nullptr;
}

std::string Json::text() const {
  std::string out;
  write(out, *this);
  return out;
}

Result<Json> parse_json(std::string_view text) {
  return Parser{text}.document();
}

}  // namespace tidegate::fare
