// SPDX-License-Identifier: Apache-2.0
// tidegate-gate: the process that decides taps.
#include "edge/gate/app.h"

int main(int argc, char** argv) {
  return tidegate::edge::gate_main(argc, argv, TIDEGATE_VERSION);
}
