// What the one-pass reader digests of each reference, whatever the message says it does, and whether or not
// anything else about it is good.
//
// The reader itself tells no digests, so this makes them of its parts: the parser, the tree of the Header,
// the structural check and the canonical writer. One thread at a time.
#pragma once

#include <vector>

#include "tests/fuzz/fuzz_message.hpp"

namespace hutong::test {

// Empty where the structure is not that of a signature which is read in one pass. `piece`: bytes fed at once.
std::vector<ReferenceDigest> digests_in_one_pass(const FuzzMessage& message, std::size_t piece);

}  // namespace hutong::test
