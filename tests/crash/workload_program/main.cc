// SPDX-License-Identifier: Apache-2.0
// tidegate-crash-workload ROOT [GROUPS [SEED]]: the crash test's workload as a program of its own,
// to be run under the preloaded interposer. Not shipped.
#include <cstdio>
#include <cstdlib>

#include "tests/crash/workload.h"

int main(int count, char** words) {
  if (count < 2) {
    std::fputs("usage: tidegate-crash-workload ROOT [GROUPS [SEED]]\n", stderr);
    return 2;
  }
  tidegate::crash::WorkloadOptions options;
  if (count > 2) options.groups = std::atoi(words[2]);
  if (count > 3) options.seed = std::strtoull(words[3], nullptr, 10);
  const auto result = tidegate::crash::run_workload(words[1], options);
  std::printf("%d groups acknowledged, %d failed %s\n", result.acknowledged, result.failed,
              result.first_error.c_str());
  return result.failed == 0 && result.first_error.empty() ? 0 : 1;
}
