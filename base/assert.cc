// SPDX-License-Identifier: Apache-2.0
#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace tidegate {

void assertion_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "<2>event=bug assertion=\"%s\" at=%s:%d\n", expression, file, line);
  std::abort();
}

}  // namespace tidegate
