// SPDX-License-Identifier: Apache-2.0
// Result<T>: an operating error (device gone, disk full, bad bytes) is a value, with what was being
// done added on the way up. Outcomes a passenger sees are not errors: they are fare::RefusalCode.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace tidegate {

/// What kind of thing went wrong; the message says the rest. Numbers are not stored anywhere.
enum class Errc : std::uint8_t {
  invalid,      ///< bytes, text or a value that break a rule of their format
  not_found,    ///< the thing asked for is not there
  exists,       ///< it is there already
  io,           ///< the operating system or a device said no
  timeout,      ///< a deadline passed
  gone,         ///< the peer, card or device went away
  corrupt,      ///< stored data does not match its own checks
  full,         ///< no room left
  refused,      ///< not allowed (realm, permissions, signature)
  unsupported,  ///< known but not handled here
};

/// Short stable name of a code, for logs.
[[nodiscard]] std::string_view errc_name(Errc code) noexcept;

/// One error: a kind and one sentence. A constructor, not an aggregate, on purpose (g++ 12).
class Error {
 public:
  Error(Errc code, std::string message) : code_{code}, message_{std::move(message)} {}

  [[nodiscard]] Errc code() const noexcept { return code_; }
  [[nodiscard]] const std::string& message() const noexcept { return message_; }

  /// Puts "doing: " in front of the message.
  [[nodiscard]] Error with_context(std::string_view doing) && {
    message_.insert(0, ": ").insert(0, doing);
    return std::move(*this);
  }

 private:
  Errc code_;
  std::string message_;
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

/// `return fail(Errc::invalid, "length byte missing");`
[[nodiscard]] inline std::unexpected<Error> fail(Errc code, std::string message) {
  return std::unexpected<Error>{Error{code, std::move(message)}};
}
/// Passes an error on, with context.
[[nodiscard]] inline std::unexpected<Error> fail(Error error, std::string_view doing) {
  return std::unexpected<Error>{std::move(error).with_context(doing)};
}
/// Passes an error on as it is.
[[nodiscard]] inline std::unexpected<Error> fail(Error error) {
  return std::unexpected<Error>{std::move(error)};
}
/// An error from errno (or an explicit number): "doing: No space left on device". ENOSPC, EDQUOT
/// and EFBIG become Errc::full, ENOENT Errc::not_found, EEXIST Errc::exists, EPIPE/ECONNRESET
/// Errc::gone.
[[nodiscard]] std::unexpected<Error> fail_errno(std::string_view doing);
[[nodiscard]] std::unexpected<Error> fail_errno(std::string_view doing, int error_number);

}  // namespace tidegate
