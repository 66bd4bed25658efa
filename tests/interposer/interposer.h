// SPDX-License-Identifier: Apache-2.0
// Sets the interposer up from within, for a program that is linked with it. A program that it is
// preloaded into (libtidegate_interposer.so) is set up by the environment instead:
//   TIDEGATE_INTERPOSER_FOLDER   the folder that is watched; without it nothing happens
//   TIDEGATE_INTERPOSER_RECORD   file the record is appended to (record.h), outside of the folder
//   TIDEGATE_INTERPOSER_CONTROL  file with the faults (faults.h), read again at each call
#pragma once

namespace tidegate::interposer {

/// Paths must be absolute and without symbolic links; "" switches a part off. Not while other
/// threads write files.
void configure(const char* folder, const char* record, const char* control);

}  // namespace tidegate::interposer
