// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

#include <cerrno>
#include <system_error>

namespace tidegate {

std::string_view errc_name(Errc code) noexcept {
  switch (code) {
    case Errc::invalid: return "invalid";
    case Errc::not_found: return "not_found";
    case Errc::exists: return "exists";
    case Errc::io: return "io";
    case Errc::timeout: return "timeout";
    case Errc::gone: return "gone";
    case Errc::corrupt: return "corrupt";
    case Errc::full: return "full";
    case Errc::refused: return "refused";
    case Errc::unsupported: return "unsupported";
  }
  return "unknown";
}

std::unexpected<Error> fail_errno(std::string_view doing) {
  return fail_errno(doing, errno);
}

std::unexpected<Error> fail_errno(std::string_view doing, int error_number) {
  Errc code = Errc::io;
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG: code = Errc::full; break;
    case ENOENT: code = Errc::not_found; break;
    case EEXIST: code = Errc::exists; break;
    case EPIPE:
    case ECONNRESET: code = Errc::gone; break;
    case ETIMEDOUT: code = Errc::timeout; break;
    default: break;
  }
  std::string message{doing};
  message += ": ";
  message += std::generic_category().message(error_number);
  return fail(code, std::move(message));
}

}  // namespace tidegate
