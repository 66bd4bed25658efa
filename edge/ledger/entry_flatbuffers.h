// SPDX-License-Identifier: Apache-2.0
// The generated code of entry.fbs with warnings off that are not ours; for the codec files only.
#pragma once

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wshadow"
#include "edge/ledger/entry_generated.h"
#pragma GCC diagnostic pop
