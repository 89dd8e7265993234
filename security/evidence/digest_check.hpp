// Whether a file of an export or the manifest's line about it was changed, where the two do not fit.
//
// Pure.
#pragma once

#include "security/evidence/check.hpp"

namespace hutong::security::evidence {

// `mismatched`: the files. To be called when all else was checked: what the rest of the zip proves of a file
// tells which of the two it is. Where nothing does, both are named.
void check_digests(const std::vector<std::string>& mismatched, Checks& checks);

}  // namespace hutong::security::evidence
