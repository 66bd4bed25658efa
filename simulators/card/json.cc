// SPDX-License-Identifier: Apache-2.0
// Recursive descent with a depth limit, over a text whose size the caller has limited.
#include "simulators/card/json.h"

#include <algorithm>
#include <charconv>

namespace tidegate::sim::json {

namespace {

constexpr unsigned kDepthMax = 8;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_{text} {}

  Result<Value> document() {
    auto value = any(0);
    if (!value) return value;
    skip_blanks();
    if (at_ != text_.size()) return error("more text behind the end");
    return value;
  }

 private:
  std::unexpected<Error> error(std::string_view what) const {
    const auto line =
        1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n');
    return fail(Errc::invalid, "line " + std::to_string(line) + ": " + std::string{what});
  }
  void skip_blanks() {
    while (at_ < text_.size() && std::string_view{" \t\r\n"}.contains(text_[at_])) ++at_;
  }
  bool take(std::string_view token) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  Result<Value> any(unsigned depth) {
    if (depth > kDepthMax) return error("nested too deeply");
    if (take("{")) return object(depth);
    if (take("[")) return array(depth);
    if (take("\"")) {
      auto text = string();
      if (!text) return fail(std::move(text.error()));
      return Value{std::move(*text)};
    }
    if (take("true")) return Value{true};
    if (take("false")) return Value{false};
    return number();
  }

  /// Behind the opening quote. Escapes never occur in an image, so they are refused.
  Result<std::string> string() {
    const std::size_t end = text_.find('"', at_);
    if (end == std::string_view::npos) return error("text without an end");
    const std::string_view out = text_.substr(at_, end - at_);
    if (std::ranges::any_of(out, [](char c) { return c == '\\' || (c >= 0 && c < ' '); }))
      return error("escapes and control characters are not used here");
    at_ = end + 1;
    return std::string{out};
  }

  Result<Value> number() {
    std::uint64_t out = 0;
    const char* first = text_.data() + at_;
    const char* last = text_.data() + text_.size();
    const auto [end, problem] = std::from_chars(first, last, out);
    if (problem != std::errc{}) return error("a value was expected");
    const bool fraction = end != last && std::string_view{".eE"}.contains(*end);
    if (fraction || (*first == '0' && end - first > 1)) return error("not a whole number");
    at_ += static_cast<std::size_t>(end - first);
    return Value{out};
  }

  Result<Value> array(unsigned depth) {
    Array out;
    if (take("]")) return Value{std::move(out)};
    do {
      auto value = any(depth + 1);
      if (!value) return value;
      out.push_back(std::move(*value));
    } while (take(","));
    if (!take("]")) return error("',' or ']' was expected");
    return Value{std::move(out)};
  }

  Result<Value> object(unsigned depth) {
    Object out;
    if (take("}")) return Value{std::move(out)};
    do {
      if (!take("\"")) return error("a field name was expected");
      auto name = string();
      if (!name) return fail(std::move(name.error()));
      if (std::ranges::find(out, *name, &Member::name) != out.end())
        return error("field " + *name + " is there twice");
      if (!take(":")) return error("':' was expected");
      auto value = any(depth + 1);
      if (!value) return value;
      out.push_back({std::move(*name), std::move(*value)});
    } while (take(","));
    if (!take("}")) return error("',' or '}' was expected");
    return Value{std::move(out)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<Value> parse(std::string_view text) {
  return Parser{text}.document();
}

}  // namespace tidegate::sim::json
