// SPDX-License-Identifier: Apache-2.0
// What the subcommands of tidegate-sim print: lines for whoever started them, and what went wrong.
#pragma once

#include <cstdio>
#include <string>

#include "base/result.h"

namespace tidegate::sim {

/// One line, whole, at once: whoever started us waits for it.
inline void say(const std::string& line) {
  std::fputs((line + "\n").c_str(), stdout);
  std::fflush(stdout);
}

/// → the exit code.
inline int complain(const std::string& subcommand, const Error& error) {
  std::fputs(("tidegate-sim " + subcommand + ": " + error.message() + "\n").c_str(), stderr);
  return error.code() == Errc::invalid ? 2 : 1;
}

}  // namespace tidegate::sim
