// Changes signed messages so that many of them are still good: the text knows XML, the parts are kept, and
// most of the time what was changed is signed again.
//
// One thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "tests/fuzz/fuzz_message.hpp"

namespace hutong::test {

// A message that was accepted: most changes begin with one.
void keep_good(const FuzzMessage& message);

FuzzMessage mutate(const FuzzMessage& message, unsigned number, std::size_t max_size);

}  // namespace hutong::test
